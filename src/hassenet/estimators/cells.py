"""What the cells of a target may be: numbers where amounts are learned, else labels of one kind."""

from __future__ import annotations

import re
from numbers import Number
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.data.checks import check_no_times
from hassenet.data.objects import is_spelled_like_a_number
from hassenet.data.table import columns_of, is_table
from hassenet.errors import DataError

Array = NDArray[Any]

_TEXT = "OSU"
_WITH_MARKS = re.compile(r"\s*[+-]?\d[\d.,' ]*\s*")
_AS_TEXT = "make text of them: [str(label) for label in y]"


def check_are_numbers(y: Any) -> None:
    """Refuse targets that are dates or durations, of which scikit-learn makes numbers, and text that spells none.

    Raises
    ------
    DataError

    Examples
    --------
    >>> check_are_numbers(["1.5", "2,5"])
    Traceback (most recent call last):
    hassenet.errors.DataError: y holds real numbers; row 1 has '2,5'; write numbers with a decimal point, and nothing
    between thousands
    """
    if not is_table(y):
        _check_numbers("y", _as_array(y))
        return
    columns = columns_of(y)
    for name in columns.names:
        _check_numbers(f"the target {name!r}", columns.column(name))


def _check_numbers(what: str, values: Array) -> None:
    check_no_times(what, values)
    cells = values.ravel().tolist() if values.dtype.kind in _TEXT else ()
    for place, value in enumerate(cells):
        if not (value is None or type(value).__name__ == "NAType" or is_spelled_like_a_number(value)):
            row = place // (values.size // len(values))
            raise DataError(f"{what} holds real numbers; row {row:,} has {value!r}; {_remedy(value)}")


def _remedy(value: Any) -> str:
    if isinstance(value, str) and _WITH_MARKS.fullmatch(value):
        return "write numbers with a decimal point, and nothing between thousands"
    return "correct it, or leave the row out; of classes take a classifier"


def as_labels(y: Any) -> Any:
    """Return labels, those that are numbers held as objects as numbers; anything that is none of ours as it is.

    Raises
    ------
    DataError
        If they are other objects, or text in some rows and numbers in others, of which NumPy makes text.

    Examples
    --------
    >>> as_labels(np.array([2, 1], object))
    array([2, 1])
    >>> as_labels(["a", 1])
    Traceback (most recent call last):
    hassenet.errors.DataError: classes are text, or they are numbers; y holds 'a' in row 0 and 1 in row 1; make text of
    them: [str(label) for label in y]
    """
    values = _as_array(y)
    is_of_objects = values.dtype.kind in "OS" or (isinstance(y, list | tuple) and values.dtype.kind == "U")
    if values.size != len(values) or not is_of_objects:
        return y
    cells = list(y) if isinstance(y, list | tuple) and values.ndim == 1 else values.ravel().tolist()
    kinds = [_kind(cell) for cell in cells]
    if "" in kinds:
        row = kinds.index("")
        raise DataError(
            f"classes are text, numbers or truth values; y holds {_said(cells[row])} in row {row:,}; {_AS_TEXT}"
        )
    if len(set(kinds)) > 1:
        other = next(row for row, kind in enumerate(kinds) if kind != kinds[0])
        raise DataError(
            f"classes are text, or they are numbers; y holds {cells[0]!r} in row 0 and {cells[other]!r} in row "
            f"{other:,}; {_AS_TEXT}"
        )
    return y if kinds[0] == "text" else np.asarray(cells).reshape(values.shape)


def _kind(cell: Any) -> str:
    """Return whether a label is text or a number, which NumPy has a type for; nothing for anything else."""
    if isinstance(cell, str):
        return "text"
    is_number = isinstance(cell, Number | np.bool_) and np.asarray(cell).dtype.kind in "biuf"
    return "numbers" if is_number else ""


def _said(cell: Any) -> str:
    return f"{cell!r}, {'bytes' if isinstance(cell, bytes) else f'a {type(cell).__name__}'},"


def _as_array(y: Any) -> Array:
    """Return targets as an array; nothing of those that are sparse, and of rows of several lengths."""
    try:
        values = np.zeros(0) if issparse(y) else np.asarray(y)
    except ValueError:
        return np.zeros(0)
    return values if values.ndim else np.zeros(0)
