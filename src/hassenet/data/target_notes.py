"""What of targets may be meant otherwise than it is learned: it stays as it is, and a warning says so."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from numpy.typing import NDArray

from hassenet.data.alike import notes_of_alike
from hassenet.data.dates_of_digits import notes_of_dates
from hassenet.data.sentinels import notes_of_sentinels, sentinels_in
from hassenet.data.stand_ins import notes_of_words
from hassenet.errors import TargetWarning


def note_classes(name: Hashable, classes: Iterable[object], labels: NDArray[Any]) -> None:
    """Warn of classes that may be one, and of words and numbers that stand for nothing.

    Parameters
    ----------
    name : str
    classes : iterable of labels
    labels : (m,) array
        The class of each row.

    Warns
    -----
    TargetWarning
        If some differ in capitals or blanks alone, are one truth value or number, or look like a missing value.
    """
    there = list(classes)
    alike, words = notes_of_alike("classes", {name: there}), notes_of_words(name, there)
    _warn(alike + words + notes_of_sentinels([(name, sentinels_in(labels))]))


def note_numbers(name: Hashable, values: NDArray[Any]) -> None:
    """Warn of numbers that are all dates of digits, and of such as look like missing values.

    Warns
    -----
    TargetWarning
    """
    _warn(notes_of_dates(name, values) + notes_of_sentinels([(name, sentinels_in(values))]))


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


def _warn(notes: Iterable[str]) -> None:
    for note in notes:
        warnings.warn(note, TargetWarning, stacklevel=4)
