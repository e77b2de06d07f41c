"""How many threads the calls of an engine may use, for a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from hassenet._checks import require_whole_number_between

# 0 stands for the number that the environment gives. Of its own in each Python thread, so that two trainings side by
# side do not change each other's.
n_threads: ContextVar[int] = ContextVar("n_threads", default=0)


@contextmanager
def limited(n: int | None) -> Iterator[None]:
    """Let the engine's calls inside use n threads; None leaves things as they are.

    Raises
    ------
    ParameterError
        If n is neither None nor a whole number from 1 to 1024.

    Examples
    --------
    >>> with limited(1):
    ...     n_threads.get()
    1
    """
    if n is not None:
        check_threads(n)
    token = n_threads.set(n_threads.get() if n is None else int(n))
    try:
        yield
    finally:
        n_threads.reset(token)


def check_threads(n: object) -> None:
    """Raise ParameterError unless n is a number of threads."""
    require_whole_number_between("the number of threads", n, 1, 1024)


def usable() -> int:
    """Return how many threads may be used here: as many as :func:`limited` says, else what the environment says."""
    return n_threads.get() or default_threads()


def default_threads() -> int:
    """Return HASSENET_NUM_THREADS, else OMP_NUM_THREADS, else the processors that this process may use."""
    for variable in ("HASSENET_NUM_THREADS", "OMP_NUM_THREADS"):
        value = os.environ.get(variable, "")
        if value.isdecimal() and 1 <= int(value) <= 1024:
            return int(value)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
