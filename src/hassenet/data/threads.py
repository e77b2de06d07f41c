"""How many threads may be used, and columns of a table looked at side by side."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import TypeVar

from hassenet._checks import require_whole_number_between

T = TypeVar("T")
R = TypeVar("R")

# 0 stands for the number that the environment gives. Of its own in each Python thread, so that two trainings side by
# side do not change each other's.
n_threads: ContextVar[int] = ContextVar("n_threads", default=0)

_FEW = 100_000  # cells that one thread has done before others have begun


def each(compute: Callable[[T], R], things: Sequence[T], cells: int) -> list[R]:
    """Return what is computed of each thing, in their order, by as many threads as may be used where it is worth it.

    Parameters
    ----------
    compute : callable
        Mostly of NumPy and Arrow, which let go of the interpreter while they compute.
    things : sequence
    cells : int
        How many cells of a table the things have together.

    Examples
    --------
    >>> each(abs, [-1, 2], 1_000_000)
    [1, 2]
    """
    n = min(usable(), len(things)) if cells > _FEW else 1
    if n < 2:
        return [compute(thing) for thing in things]
    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(compute, things))


def runs(n: int, size: int) -> list[slice]:
    """Return the numbers below n in runs of a size, at least 1; the last may be shorter.

    >>> runs(5, 2)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    size = max(size, 1)
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def usable() -> int:
    """Return how many threads may be used here: as many as ``engines.threads.limited`` says, else the environment."""
    return n_threads.get() or default_threads()


def default_threads() -> int:
    """Return HASSENET_NUM_THREADS, else OMP_NUM_THREADS, else the processors that this process may use."""
    ours, openmp = (_first_number(name) for name in ("HASSENET_NUM_THREADS", "OMP_NUM_THREADS"))
    if ours is not None:
        return require_whole_number_between("HASSENET_NUM_THREADS", ours, 1, 1024)
    if openmp is not None:
        return _as_openmp_says(openmp)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _first_number(variable: str) -> int | str | None:
    """Return what the environment says: of a list, a number for each level of nested teams, the first."""
    value = os.environ.get(variable, "").partition(",")[0].strip()
    return int(value) if value.isdecimal() else value or None


def _as_openmp_says(value: int | str) -> int:
    """Return a number of threads; 1 where it is not one, as that variable is for other libraries too."""
    if isinstance(value, int) and 1 <= value <= 1024:
        return value
    warnings.warn(
        f"OMP_NUM_THREADS is a whole number from 1 to 1024, or a list of them; it begins with {value!r}, so one thread "
        f"is used; correct it, or set HASSENET_NUM_THREADS",
        stacklevel=2,
    )
    return 1
