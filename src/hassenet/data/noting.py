"""Notes of what steps see in rows, which are told, or collected where these are a part of all, or no examples."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, Self, TypeVar

from hassenet.errors import HassenetWarning

S = TypeVar("S")
T = TypeVar("T")


class Note(ABC):
    """What is noted of some rows; two of one kind make that of the rows of both."""

    @property
    @abstractmethod
    def about(self) -> Any:
        """What is the same in notes of one kind."""

    @property
    @abstractmethod
    def messages(self) -> Sequence[str]:
        """What is told."""

    @abstractmethod
    def joined(self, other: Self) -> Self:
        """Return that of the rows of both."""


_collected: ContextVar[list[Note] | None] = ContextVar("collected", default=None)


def note(one: Note, stacklevel: int) -> None:
    """Tell a note, as a warning of the caller so many calls above, unless this thread collects them."""
    notes = _collected.get()
    if notes is not None:
        notes.append(one)
        return
    for message in one.messages:
        warnings.warn(message, HassenetWarning, stacklevel=stacklevel + 1)


def collected() -> AbstractContextManager[list[Note]]:
    """Collect what this thread notes inside, and tell none of it; other threads tell theirs.

    Examples
    --------
    >>> from hassenet.data.unseen import Unseen
    >>> with collected() as notes:
    ...     note(Unseen(gaps={"age": 2}), 1)
    >>> notes[0].gaps
    {'age': 2}
    """
    return collecting(_collected)


def noted_once(function: Callable[[S], T], parts: Iterable[S]) -> Iterator[T]:
    """Yield what a function makes of each part of the rows; what it notes is told once, of all, behind the last.

    Examples
    --------
    >>> from hassenet.data.unseen import Unseen
    >>> with collected() as notes:
    ...     made = list(noted_once(lambda n: note(Unseen(gaps={"age": n}), 1), [1, 2]))
    >>> [one.gaps for one in notes]
    [{'age': 3}]
    """
    found: dict[Any, Note] = {}
    for part in parts:
        with collected() as notes:
            made = function(part)
        for one in notes:
            before = found.get(one.about)
            found[one.about] = one if before is None else before.joined(one)
        yield made
    for one in found.values():
        note(one, 2)


@contextmanager
def collecting(place: ContextVar[list[T] | None]) -> Iterator[list[T]]:
    """Yield a list that is, inside and in this thread, what a variable holds."""
    found: list[T] = []
    before = place.set(found)
    try:
        yield found
    finally:
        place.reset(before)
