"""Trainings side by side: in processes, or in threads on the same data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import copy_context
from functools import partial
from pickle import PicklingError
from typing import Any, TypeVar

from hassenet._checks import is_whole_number
from hassenet.checkpoints import CheckpointFolder
from hassenet.engines.threads import limited, usable
from hassenet.errors import ParameterError
from hassenet.training.interrupt import Interrupt
from hassenet.training.results import NOT_KEPT, Results
from hassenet.training.under_way import kept_in

R = TypeVar("R")
Arguments = tuple[Any, ...]

# joblib and tqdm are imported where they are needed: who trains one network does without.


def side_by_side(
    function: Callable[..., R],
    tasks: Sequence[Arguments],
    n_jobs: int | None,
    *,
    progress: bool,
    kept: Results[R] = NOT_KEPT,
) -> Iterator[R]:
    """Yield function(*task) of each task, in their order, by joblib: n_jobs, or what its parallel_config says.

    Each training computes with one thread, so that processes do not fight for the cores. What is kept is not computed
    again, and what is computed is kept as soon as it is there, by this process, whichever is done first.
    """
    _check_jobs("processes", n_jobs, "one or what a surrounding joblib.parallel_config says")
    return _in_order(function, tasks, n_jobs, progress, kept)


def in_threads(
    function: Callable[..., R],
    tasks: Sequence[Arguments],
    n_jobs: int | None = None,
    *,
    progress: bool = False,
    unit: str = " trainings",
) -> tuple[R | None, ...]:
    """Return function(*task) of each task, in their order, from threads of this process: nothing is copied for them.

    It is for what the compiled engine does, which lets go of the GIL. Each training computes with one thread, and looks
    for Ctrl-C: those under way hand back what they have, marked as "interrupted", and those not begun are None.

    Inside a ``joblib.parallel_config`` that sends tasks to other machines, as those of Dask and Ray, they go there.

    Parameters
    ----------
    function : callable
    tasks : sequence of tuples
        The arguments of each call.
    n_jobs : int, optional
        How many at a time, −1 for one a processor; by default as many as threads may be used here.
    progress : bool
        Whether to show a bar on standard error.
    unit : str
        What the bar counts.

    Raises
    ------
    ParameterError
        If n_jobs is neither None nor a whole number but 0.

    Examples
    --------
    >>> in_threads(pow, [(2, 3), (3, 2)])
    (8, 9)
    """
    from joblib import Parallel, delayed

    check_threads_of(n_jobs)
    if _goes_elsewhere():
        return tuple(side_by_side(function, tasks, n_jobs, progress=progress))
    n = min(usable(), max(len(tasks), 1)) if n_jobs is None else n_jobs
    with Interrupt() as interrupt:
        # Each in a context as that of who asks: what is told once is told once by all of them.
        calls = [(delayed(copy_context().run), task) for task in tasks]
        own = partial(_unless_interrupted, interrupt, function)
        # One task at a time: of few trainings a batch would leave a core without work.
        parallel = Parallel(n, require="sharedmem", batch_size=1, return_as="generator")
        running = parallel(call(own, *task) for call, task in calls)
        return tuple(_shown(running, len(tasks), unit, progress))


def check_threads_of(n_jobs: int | None) -> None:
    """Raise ParameterError unless n_jobs is what :func:`in_threads` takes."""
    _check_jobs("trainings side by side", n_jobs, "as many as threads may be used here")


def _check_jobs(what: str, n_jobs: int | None, otherwise: str) -> None:
    if n_jobs is not None and not (is_whole_number(n_jobs) and n_jobs):
        raise ParameterError(
            f"n_jobs is a number of {what}, −1 for one a processor, or None for {otherwise}; got {n_jobs!r}"
        )


def _in_order(
    function: Callable[..., R],
    tasks: Sequence[Arguments],
    n_jobs: int | None,
    progress: bool,
    kept: Results[R],
) -> Iterator[R]:
    there = {k: result for k in range(len(tasks)) if (result := kept.get(k)) is not None}
    missing = [(k, tasks[k]) for k in range(len(tasks)) if k not in there]
    computed = _shown(
        _computed(function, missing, n_jobs, kept), len(tasks), " trainings", progress, len(there)
    )
    arriving = iter(computed)
    for k in range(len(tasks)):
        while k not in there:
            done, result = next(arriving)
            kept.put(done, result)
            there[done] = result
        yield there.pop(k)
    next(arriving, None)  # that the bar is closed


def _computed(
    function: Callable[..., R],
    numbered: Sequence[tuple[int, Arguments]],
    n_jobs: int | None,
    kept: Results[R],
) -> Iterator[tuple[int, R]]:
    """Yield the number and the result of each task, whichever is done first."""
    from joblib import delayed

    call = delayed(partial(_numbered, function))
    calls = [call(*one, kept.place(one[0])) for one in numbered]
    try:
        if _backend() == "joblib._dask":
            _try_to_pickle(calls[:1])
        yield from _arriving(calls, n_jobs)
    except PicklingError as error:
        raise ParameterError(
            f"what another process is to call can be pickled; {_reason(error)}; define functions at the top "
            "level of a module, without open files or locks, or take n_jobs=1 or "
            "joblib.parallel_config(backend='threading')"
        ) from error


def _try_to_pickle(calls: Sequence[Any]) -> None:
    """Pickle what goes to Dask, as Dask does: joblib's backend for it says nothing of an error, and waits for ever.

    Arrays are left where they lie, so that no copy of the data is made.
    """
    from cloudpickle import dumps

    try:
        dumps(calls, protocol=5, buffer_callback=lambda _: None)
    except Exception as error:  # objects may raise what they like
        raise PicklingError(f"{type(error).__name__}: {error}") from None


def _reason(error: PicklingError) -> str:
    """Return what stood in the way: the last line that the process says."""
    lines = str(error.__cause__ or error).strip().strip('"').splitlines()
    return lines[-1] if lines else "something cannot"


def _arriving(calls: Sequence[Any], n_jobs: int | None) -> Iterator[Any]:
    """Yield results as they come; a backend that gives all at the end is handed a few calls at a time."""
    from joblib import Parallel

    if not calls:
        return
    try:
        parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    except ValueError:
        yield from _in_portions(Parallel(n_jobs=n_jobs), calls)
    else:
        yield from parallel(calls)


def _in_portions(parallel: Any, calls: Sequence[Any]) -> Iterator[Any]:
    from joblib import effective_n_jobs

    at_once = effective_n_jobs(parallel.n_jobs)
    for first in range(0, len(calls), at_once):
        yield from parallel(calls[first : first + at_once])


def _shown(results: Iterable[R], n: int, unit: str, progress: bool, already: int = 0) -> Iterator[R]:
    from tqdm import tqdm

    # The bar is made when the first result is asked for: one that nobody asks would stay on the screen.
    yield from tqdm(results, total=n, unit=unit, disable=not progress, initial=already)


def _numbered(
    function: Callable[..., R], number: int, task: Arguments, place: CheckpointFolder | None
) -> tuple[int, R]:
    with kept_in(place):
        return number, _alone(function, task)


def _with_one_thread(function: Callable[..., R], task: Arguments) -> R:
    with limited(1):
        return function(*task)


def _alone(function: Callable[..., R], task: Arguments) -> R:
    """Call the function in the task that it is: what it does side by side stays in it, one after the other."""
    from joblib import parallel_config

    with parallel_config(backend="sequential"):
        return _with_one_thread(function, task)


def _goes_elsewhere() -> bool:
    """Return whether a surrounding joblib.parallel_config has a backend that is not one of joblib's own processes."""
    return _backend() != "joblib._parallel_backends"


def _backend() -> str:
    """Return the module of the backend that a surrounding joblib.parallel_config has."""
    from joblib.parallel import get_active_backend

    return type(get_active_backend()[0]).__module__


def _unless_interrupted(interrupt: Interrupt, function: Callable[..., R], *task: Any) -> R | None:
    """Call the function, unless Ctrl-C was pressed; where it fails, ask the others to end too."""
    if interrupt.requested:
        return None
    try:
        with interrupt.shared():
            return _with_one_thread(function, task)
    except BaseException:
        interrupt.request()
        raise
