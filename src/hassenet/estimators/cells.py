"""What the cells of a target may be: numbers where amounts are learned, else labels of one kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.data.checks import NUMBERS, check_no_times
from hassenet.data.missing_targets import is_missing
from hassenet.data.objects import is_spelled_like_a_number
from hassenet.data.table import columns_of, is_table
from hassenet.errors import DataError

Array = NDArray[Any]

_TEXT = "OSU"
_TIMES = "mM"
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

    What is text and more, as the members of an enum of text, is its text.

    Raises
    ------
    DataError
        If they are other objects, as dates, or text in some rows and numbers in others, of which NumPy makes text.

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
    is_list = isinstance(y, list | tuple) and values.ndim == 1 and len(values) == len(y)
    if values.dtype.kind in _TIMES and values.size:
        raise _of_no_kind(values.flat[0], 0)
    if values.ndim > 2 or not (values.size and (is_list or values.dtype.kind in "OS")):
        return y
    columns = [list(y)] if is_list else [column.tolist() for column in values.reshape(len(values), -1).T]
    made = [_of_one_kind(cells) for cells in columns]
    found = [one for one in made if one is not None]
    return np.stack(found, axis=1).reshape(values.shape) if len(found) == len(made) else y


def check_are_of_one_kind(first: Any, other: Any) -> None:
    """Refuse two labels of which one is text and one a number.

    Raises
    ------
    DataError
    """
    if _kind(first) != _kind(other):
        raise DataError(
            f"classes are text, or they are numbers; y holds {first!r} elsewhere, and here {other!r}; {_AS_TEXT}"
        )


def _of_one_kind(cells: Sequence[Any]) -> Array | None:
    """Return labels of one column as NumPy has them; None of those that are text already, or have gaps."""
    if set(map(type, cells)) <= {str, np.str_} or any(map(is_missing, cells)):
        return None
    kinds = [_kind(cell) for cell in cells]
    if "" in kinds:
        row = kinds.index("")
        raise _of_no_kind(cells[row], row)
    if len(set(kinds)) > 1:
        other = next(row for row, kind in enumerate(kinds) if kind != kinds[0])
        raise DataError(
            f"classes are text, or they are numbers; y holds {_plain(cells[0])!r} in row 0 and "
            f"{_plain(cells[other])!r} in row {other:,}; {_AS_TEXT}"
        )
    if kinds[0] == "numbers":
        return _numbers(cells)
    return np.array([str.__str__(cell) for cell in cells], object)


def _numbers(cells: Sequence[Any]) -> Array:
    """Return numbers in the type that NumPy finds for them, in which each has to stay what it is."""
    found = np.asarray(cells)
    for row, (cell, value) in enumerate(zip(cells, found.tolist(), strict=True)):
        own = _plain(cell)
        if own != value:
            raise DataError(
                f"classes stay apart; y holds {own!r} in row {row:,}, of which numbers with a point in other rows make "
                f"{value!r}; {_AS_TEXT}"
            )
    return found


def _kind(cell: Any) -> str:
    """Return whether a label is text or a number, which NumPy has a type for; nothing for anything else."""
    if isinstance(cell, str):
        return "text"
    if isinstance(cell, np.generic):
        return "numbers" if cell.dtype.kind in NUMBERS else ""
    is_number = isinstance(cell, float) or (isinstance(cell, int) and -(2**63) <= cell < 2**64)
    return "numbers" if is_number else ""


def _of_no_kind(cell: Any, row: int) -> DataError:
    """Return the refusal of a label that is neither text nor a number."""
    return DataError(
        f"classes are text, numbers or truth values; y holds {_said(cell)}, in row {row:,}; {_AS_TEXT}"
    )


def _said(cell: Any) -> str:
    """Return a label, and what it is."""
    if isinstance(cell, np.datetime64 | np.timedelta64):
        return f"{cell}, a {'date' if isinstance(cell, np.datetime64) else 'duration'}"
    what = {bytes: "bytes", int: "a whole number beyond 64 bits"}.get(type(cell), f"a {type(cell).__name__}")
    return f"{cell!r}, {what}"


def _plain(cell: Any) -> Any:
    """Return text and numbers of NumPy as those of Python."""
    return cell.item() if isinstance(cell, np.generic) else cell


def _as_array(y: Any) -> Array:
    """Return targets as an array; nothing of those that are sparse, and of rows of several lengths."""
    try:
        values = np.zeros(0) if issparse(y) else np.asarray(y)
    except ValueError:
        return np.zeros(0)
    return values if values.ndim else np.zeros(0)
