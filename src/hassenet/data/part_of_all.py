"""What is asked of all rows together, and cannot be asked of a part of them, as whether a time ends with an event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_part: ContextVar[bool] = ContextVar("is_part", default=False)


def is_a_part() -> bool:
    """Return whether this thread looks at rows that are a part of all."""
    return _is_part.get()


@contextmanager
def a_part_of_all() -> Iterator[None]:
    """Let rows that are looked at inside, in this thread, be a part of all.

    Examples
    --------
    >>> with a_part_of_all():
    ...     is_a_part()
    True
    >>> is_a_part()
    False
    """
    before = _is_part.set(True)
    try:
        yield
    finally:
        _is_part.reset(before)
