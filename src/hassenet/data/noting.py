"""Notes of what steps see in rows, which are told, or collected where these may be no examples."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import TypeVar

from hassenet.errors import HassenetWarning

T = TypeVar("T")

_collected: ContextVar[list[str] | None] = ContextVar("collected", default=None)


def note(message: str, stacklevel: int) -> None:
    """Tell a note, as a warning of the caller so many calls above, unless this thread collects them."""
    notes = _collected.get()
    if notes is None:
        warnings.warn(message, HassenetWarning, stacklevel=stacklevel + 1)
    else:
        notes.append(message)


def collected() -> AbstractContextManager[list[str]]:
    """Collect what this thread notes inside, and tell none of it; other threads tell theirs.

    Examples
    --------
    >>> with collected() as notes:
    ...     note("values are missing", 1)
    >>> notes
    ['values are missing']
    """
    return collecting(_collected)


@contextmanager
def collecting(place: ContextVar[list[T] | None]) -> Iterator[list[T]]:
    """Yield a list that is, inside and in this thread, what a variable holds."""
    found: list[T] = []
    before = place.set(found)
    try:
        yield found
    finally:
        place.reset(before)
