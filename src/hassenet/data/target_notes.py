"""What of targets may be meant otherwise than it is learned: it stays as it is, and a warning says so."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterable, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any, NamedTuple, final

from numpy.typing import NDArray

from hassenet.data.alike import notes_of_alike
from hassenet.data.dates_of_digits import notes_of_days
from hassenet.data.doubts import Doubt
from hassenet.data.noting import collecting
from hassenet.data.sentinels import Ends, notes_of_sentinels
from hassenet.data.stand_ins import notes_of_words
from hassenet.errors import TargetWarning


@final
class Noted(NamedTuple):
    """What is known of one target, of all rows or of a part of them, before a warning.

    Attributes
    ----------
    name : Hashable
    classes : tuple of labels, or None
        The classes that there are; None of numbers.
    doubt : Doubt
    """

    name: Hashable
    classes: tuple[object, ...] | None
    doubt: Doubt

    @staticmethod
    def joined(some: Sequence[Noted]) -> Noted:
        """Return what is known of the rows of all."""
        first = some[0]
        doubt = Doubt.joined([one.doubt for one in some])
        if all(one.classes == first.classes for one in some):
            return first._replace(doubt=doubt)
        every = {label: None for one in some for label in one.classes or ()}
        return first._replace(classes=tuple(sorted(every, key=_order)), doubt=doubt)

    def warn(self) -> None:
        """Warn of what may be meant otherwise."""
        if self.classes is None:
            notes = notes_of_days(self.name, self.doubt.days)
        else:
            alike = notes_of_alike("classes", {self.name: self.classes})
            notes = alike + notes_of_words(self.name, self.classes)
        for note in notes + notes_of_sentinels([(self.name, self.doubt.ends.sentinels)]):
            warnings.warn(note, TargetWarning, stacklevel=5)


def _order(label: Any) -> tuple[str, Any]:
    """Return what labels are sorted by, also those of several types."""
    return (type(label).__name__, label)


_COLLECTED: ContextVar[list[Noted] | None] = ContextVar("_COLLECTED", default=None)


def collected() -> AbstractContextManager[list[Noted]]:
    """Collect inside, in this thread, what else would be warned of.

    It is so where the rows are a part of all: of these, together, it is to be told, once.

    Examples
    --------
    >>> import numpy as np
    >>> with collected() as noted:
    ...     note_numbers("dose", np.array([31.0, 64.0]))
    >>> [one.name for one in noted]
    ['dose']
    """
    return collecting(_COLLECTED)


def note_joined(parts: Sequence[Sequence[Noted]]) -> None:
    """Warn of what was collected in parts of the rows, each of which noted the same targets in one order.

    Warns
    -----
    TargetWarning
    """
    for each in zip(*parts, strict=True):
        _tell(Noted.joined(each))


def note_classes(
    name: Hashable, classes: Iterable[object], labels: NDArray[Any], rows: NDArray[Any] | None = None
) -> None:
    """Warn of classes that may be one, and of words and numbers that stand for nothing.

    Parameters
    ----------
    name : str
    classes : iterable of labels
    labels : (m,) array
        The class of each row.
    rows : (m,) array of int, optional
        How many rows have each of the labels; by default one.

    Warns
    -----
    TargetWarning
        If some differ in capitals or blanks alone, are one truth value or number, or look like a missing value.
    """
    _tell(Noted(name, tuple(classes), Doubt(Ends.of(labels, rows), None)))


def note_numbers(name: Hashable, values: NDArray[Any]) -> None:
    """Warn of numbers that are all dates of digits, and of such as look like missing values.

    Warns
    -----
    TargetWarning
    """
    _tell(Noted(name, None, Doubt.of(values)))


def note_each(Y: NDArray[Any], names: Sequence[Hashable] | None = None) -> None:
    """Warn as :func:`note_numbers` does of each column of (m, k) numbers, or of (m,) ones, called y without names.

    Warns
    -----
    TargetWarning
    """
    columns = Y.reshape(len(Y), -1).T
    own = ["y"] if len(columns) == 1 else [f"y{k}" for k in range(len(columns))]
    called = names if names is not None and len(names) == len(columns) else own
    for name, values in zip(called, columns, strict=True):
        note_numbers(name, values)


def _tell(one: Noted) -> None:
    place = _COLLECTED.get()
    if place is None:
        one.warn()
    else:
        place.append(one)
