"""Notes of what steps see in rows, which are told, or collected where these are a part of all, or no examples."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, Self, TypeVar, final

from hassenet.errors import HassenetWarning

S = TypeVar("S")
T = TypeVar("T")
_END: Any = object()


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
_told: ContextVar[set[str] | None] = ContextVar("told", default=None)


def note(one: Note, stacklevel: int) -> None:
    """Tell a note, as a warning of the caller so many calls above, unless this thread collects them."""
    notes = _collected.get()
    if notes is not None:
        notes.append(one)
        return
    told = _told.get()
    for message in one.messages:
        if told is None or message not in told:
            warnings.warn(message, HassenetWarning, stacklevel=stacklevel + 1)
        if told is not None:
            told.add(message)


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


@contextmanager
def told_once() -> Iterator[None]:
    """Tell inside, in this thread, no message a second time: rows may be read again, as in each epoch.

    Examples
    --------
    >>> from hassenet.data.unseen import Unseen
    >>> with warnings.catch_warnings(record=True) as told, told_once():
    ...     warnings.simplefilter("always")
    ...     note(Unseen(gaps={"age": 2}), 1)
    ...     note(Unseen(gaps={"age": 2}), 1)
    >>> len(told)
    1
    """
    outer = _told.get()
    before = _told.set(set() if outer is None else outer)
    try:
        yield
    finally:
        _told.reset(before)


@final
class Together:
    """What was noted of parts of the rows, joined.

    Examples
    --------
    >>> from hassenet.data.unseen import Unseen
    >>> both = Together()
    >>> both.add([Unseen(gaps={"age": 2})])
    >>> both.add([Unseen(gaps={"age": 1})])
    >>> with collected() as notes:
    ...     both.tell(1)
    >>> notes[0].gaps
    {'age': 3}
    """

    def __init__(self) -> None:
        self._found: dict[Any, Note] = {}

    def add(self, notes: Iterable[Note]) -> None:
        """Join notes of other rows to those that there are."""
        for one in notes:
            before = self._found.get(one.about)
            self._found[one.about] = one if before is None else before.joined(one)

    def tell(self, stacklevel: int) -> None:
        """Tell them, as :func:`note` does."""
        for one in self._found.values():
            note(one, stacklevel + 1)


def noted_once(function: Callable[[S], T], parts: Iterable[S]) -> Iterator[T]:
    """Yield what a function makes of each part of the rows; what is noted of them is told once, of all, at the end.

    Examples
    --------
    >>> from hassenet.data.unseen import Unseen
    >>> with collected() as notes:
    ...     made = list(noted_once(lambda n: note(Unseen(gaps={"age": n}), 1), [1, 2]))
    >>> [one.gaps for one in notes]
    [{'age': 3}]
    """
    found, every = Together(), map(function, parts)
    while True:
        with collected() as notes:
            made = next(every, _END)
        found.add(notes)
        if made is _END:
            break
        yield made
    found.tell(2)


@contextmanager
def each_noted_once(function: Callable[[S], T]) -> Iterator[Callable[[S], T]]:
    """Yield a function of parts of the rows that tells what it notes at the end, of all; of one given twice once.

    Examples
    --------
    >>> from hassenet.data.unseen import Unseen
    >>> with collected() as notes, each_noted_once(lambda n: note(Unseen(gaps={"age": n}), 1)) as of_part:
    ...     made = [of_part(n) for n in (1, 2, 1)]
    >>> [one.gaps for one in notes]
    [{'age': 3}]
    """
    found, seen = Together(), set()

    def of_part(part: S) -> T:
        with collected() as notes:
            made = function(part)
        found.add(notes if part not in seen else ())
        seen.add(part)
        return made

    try:
        yield of_part
    finally:  # rows that were read were, also where others no longer are
        found.tell(2)


@contextmanager
def collecting(place: ContextVar[list[T] | None]) -> Iterator[list[T]]:
    """Yield a list that is, inside and in this thread, what a variable holds."""
    found: list[T] = []
    before = place.set(found)
    try:
        yield found
    finally:
        place.reset(before)
