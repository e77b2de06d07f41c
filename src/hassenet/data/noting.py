"""Notes of what steps see in rows, which are told, or collected where these may be no examples."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from hassenet.errors import HassenetWarning

_collected: ContextVar[list[str] | None] = ContextVar("collected", default=None)


def note(message: str, stacklevel: int) -> None:
    """Tell a note, as a warning of the caller so many calls above, unless this thread collects them."""
    notes = _collected.get()
    if notes is None:
        warnings.warn(message, HassenetWarning, stacklevel=stacklevel + 1)
    else:
        notes.append(message)


@contextmanager
def collected() -> Iterator[list[str]]:
    """Collect what this thread notes inside, and tell none of it; other threads tell theirs.

    Examples
    --------
    >>> with collected() as notes:
    ...     note("values are missing", 1)
    >>> notes
    ['values are missing']
    """
    notes: list[str] = []
    before = _collected.set(notes)
    try:
        yield notes
    finally:
        _collected.reset(before)
