"""What is made on a thread while what was made before is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from queue import Full, Queue
from threading import Event, Thread
from time import perf_counter
from typing import Any, Generic, NamedTuple, TypeVar, final

from hassenet.data.noting import Note, collected, note

T = TypeVar("T")
_LOOK = 0.05  # seconds between two looks at whether anybody still waits


class _Made(NamedTuple):
    """An item, an error in its place, or the end."""

    item: Any = None
    error: BaseException | None = None
    is_end: bool = False
    notes: tuple[Note, ...] = ()


@final
class Ahead(Generic[T]):
    """The items of an iterator in their order, of which some are made ahead on a thread.

    Which are made when changes nothing of what they are. An error comes where its item would, and what is noted while
    an item is made is noted, where it is asked for, by the thread that asks; of what is noted at the end that is
    on leaving.

    Parameters
    ----------
    items : iterator
        Is used on the thread, and closed there.
    depth : int
        How many items may wait, made; with 0 each is made when it is asked for, and there is no thread.

    Attributes
    ----------
    waited : float
        The seconds for which items were waited for.

    Examples
    --------
    >>> with Ahead((n * n for n in range(4)), depth=2) as squares:
    ...     list(squares)
    [0, 1, 4, 9]
    """

    def __init__(self, items: Iterator[T], depth: int) -> None:
        self._items, self._made = items, Queue[_Made](max(depth, 1))
        self._left = Event()
        self._last: tuple[Note, ...] = ()
        self._thread = Thread(target=self._make, name="read ahead", daemon=True) if depth else None
        self.waited = 0.0

    def __enter__(self) -> Ahead[T]:
        if self._thread is not None:
            self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        """End the thread, which leaves the iterator closed."""
        self._left.set()
        if self._thread is not None:
            self._thread.join()
        else:
            self._close()
        _tell(self._last)

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        began = perf_counter()
        made = self._made.get() if self._thread is not None else self._one()
        self.waited += perf_counter() - began
        _tell(made.notes)
        if made.is_end or made.error is not None:
            self._made.put(_Made(is_end=True))  # asked again, it is over again
        if made.error is not None:
            raise made.error
        if made.is_end:
            raise StopIteration
        item: T = made.item
        return item

    def _one(self) -> _Made:
        with collected() as notes:
            made = self._next()
        return made._replace(notes=tuple(notes))

    def _next(self) -> _Made:
        try:
            return _Made(next(self._items))
        except StopIteration:
            return _Made(is_end=True)
        except BaseException as error:  # whatever it is, it is raised where its item is asked for
            return _Made(error=error)

    def _make(self) -> None:
        made = _Made()
        while not (self._left.is_set() or made.is_end or made.error):
            made = self._one()
            self._hand_over(made._replace(notes=()) if made.is_end else made)
        self._close(made.notes if made.is_end else ())

    def _hand_over(self, made: _Made) -> None:
        while not self._left.is_set():
            with suppress(Full):
                self._made.put(made, timeout=_LOOK)
                break

    def _close(self, notes: tuple[Note, ...] = ()) -> None:
        """Close the iterator, and keep what is noted at its end, of which something may be known."""
        with collected() as last:
            if hasattr(self._items, "close"):
                self._items.close()
        self._last = (*notes, *last)


def _tell(notes: Iterable[Note]) -> None:
    for one in notes:
        note(one, 3)
