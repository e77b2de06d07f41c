"""How many threads the calls of an engine may use, for a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hassenet._checks import require_whole_number_between
from hassenet.data.threads import default_threads, n_threads, usable

__all__ = ["check_threads", "default_threads", "limited", "n_threads", "usable"]


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
