"""Trainings side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pickle import PicklingError
from typing import Any, TypeVar

import numpy as np
from joblib import Parallel, delayed
from tqdm import tqdm

from hassenet._checks import is_whole_number, require_seed
from hassenet.engines.threads import limited
from hassenet.errors import ParameterError

R = TypeVar("R")
Arguments = tuple[Any, ...]


def side_by_side(
    function: Callable[..., R], tasks: Iterable[Arguments], n: int, n_jobs: int | None, *, progress: bool
) -> Iterator[R]:
    """Yield function(*task) of each of n tasks, in their order, by joblib: n_jobs, or what its parallel_config says.

    Each training computes with one thread, so that processes do not fight for the cores.
    """
    if n_jobs is not None and not (is_whole_number(n_jobs) and n_jobs):
        raise ParameterError(
            f"n_jobs is a number of processes, −1 for one a processor, or None for one or what a surrounding "
            f"joblib.parallel_config says; got {n_jobs!r}"
        )
    return _results(function, tasks, n, n_jobs, progress)


def _results(
    function: Callable[..., R], tasks: Iterable[Arguments], n: int, n_jobs: int | None, progress: bool
) -> Iterator[R]:
    try:
        running = _parallel(n_jobs)(delayed(_with_one_thread)(function, task) for task in tasks)
        yield from tqdm(running, total=n, unit=" trainings", disable=not progress)
    except PicklingError as error:
        raise ParameterError(
            f"what another process is to call can be pickled; {_reason(error)}; define functions at the top "
            "level of a module, without open files or locks, or take n_jobs=1 or "
            "joblib.parallel_config(backend='threading')"
        ) from error


def _reason(error: PicklingError) -> str:
    """Return what stood in the way: the last line that the process says."""
    lines = str(error.__cause__ or error).strip().strip('"').splitlines()
    return lines[-1] if lines else "something cannot"


def _parallel(n_jobs: int | None) -> Any:
    """Return a Parallel that hands over each result as it comes; all at the end where its backend can do no other."""
    try:
        return Parallel(n_jobs=n_jobs, return_as="generator")
    except ValueError:
        return Parallel(n_jobs=n_jobs)


def _with_one_thread(function: Callable[..., R], task: Arguments) -> R:
    with limited(1):
        return function(*task)


def seeds(purpose: str, seed: int, n: int) -> list[int]:
    """Return n seeds that have nothing to do with each other, nor with those for another purpose."""
    require_seed(seed)
    tag = int.from_bytes(purpose.encode(), "big")
    return [int(s) for s in np.random.SeedSequence([seed, tag]).generate_state(n)]


def check_functions(**given: Any) -> None:
    """Raise ParameterError unless all are functions."""
    for name, value in given.items():
        if not callable(value):
            raise ParameterError(f"{name} is a function; got {value!r}; give {_EXAMPLES[name]}")


_EXAMPLES = {
    "train": "a Recipe(), or (H, X, Y, seed) ↦ network",
    "explain": "explain.deeplift, or another (network, X) ↦ Relevance",
    "statistic": "share or magnitude, or another Relevance ↦ a number an element",
    "judge": "accuracy or r_squared, or another (network, X, Y) ↦ number; None for the usual one",
    "null": "permuted_labels or rewired_covers, or another (H, Y, seed) ↦ (H, Y)",
}
