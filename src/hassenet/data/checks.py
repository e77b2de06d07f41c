"""The rules for numbers: a network takes those that are real, finite, and no greater than its own type can hold."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.data.rows_called import row_name
from hassenet.errors import DataError, NotFiniteError, ShapeError, counted, listing

Array = NDArray[Any]

NUMBERS = "biuf"  # kinds of dtype: bool, int, unsigned, float
_TIMES = {"m": "durations", "M": "dates"}


def unmasked(what: str, values: Any) -> Any:
    """Return the values, of which none may be masked, in the rows of a list neither."""
    if np.ma.is_masked(values) or (isinstance(values, list | tuple) and any(map(_is_masked, values))):
        raise DataError(f"{what} has masked values, which a network cannot leave out; fill or drop them")
    return values


def _is_masked(row: Any) -> bool:
    """Return whether a row of a list, or a value in it, is masked."""
    if isinstance(row, list | tuple):
        return any(value is np.ma.masked or isinstance(value, np.ma.MaskedArray) for value in row)
    return bool(np.ma.is_masked(row))


def unmasked_numbers(values: Any) -> NDArray[np.float64]:
    """Return features as numbers of float64 in a dense array, of which none may be masked."""
    if issparse(values):
        values = values.toarray()
    return np.asarray(unmasked("X", values), np.float64)


def check_one_each(what: str, shape: tuple[int, ...], m: int, place: str = "") -> None:
    """Refuse values of this shape, which belong to examples, if there is not one for each of m.

    Raises
    ------
    ShapeError

    Examples
    --------
    >>> check_one_each("offset", (9,), 60)
    Traceback (most recent call last):
    hassenet.errors.ShapeError: there is one offset an example, 60 of them; got the shape (9,); give as many
    """
    if shape[:1] != (m,):
        raise ShapeError(
            f"there is one {what} an example, {m:,} of them{place}; got the shape {shape}; give as many"
        )


def check_as_many(Y: Array, prediction: Array) -> None:
    """Refuse targets of other columns than there are predictions of.

    Raises
    ------
    ShapeError

    Examples
    --------
    >>> check_as_many(np.ones((5, 3)), np.ones(5))
    Traceback (most recent call last):
    hassenet.errors.ShapeError: a score is that of the targets that were learned, 1 of them; y has 3; give those
    """
    given, known = (int(np.prod(values.shape[1:])) for values in (Y, prediction))
    if given != known:
        raise ShapeError(
            f"a score is that of the targets that were learned, {known} of them; y has {given}; give those"
        )


def check_numbers(what: str, values: Array) -> None:
    """Refuse an array of another type than real numbers."""
    if values.dtype.kind not in NUMBERS:
        raise DataError(f"{what} holds real numbers; its type is {values.dtype}; convert or encode it")


def check_no_times(what: str, values: Any) -> None:
    """Refuse dates, durations, periods and times of day where numbers are meant: NumPy would make microseconds of some.

    Raises
    ------
    DataError

    Examples
    --------
    >>> check_no_times("y", np.array([5, 7], "m8[D]"))
    Traceback (most recent call last):
    hassenet.errors.DataError: y holds real numbers; these are durations; give numbers of a unit, as days
    """
    kind = _kind_of_times(np.asarray(values))
    if kind:
        raise DataError(f"{what} holds real numbers; these are {kind}; give numbers of a unit, as days")


def _kind_of_times(values: Array) -> str:
    """Return the word for dates, durations and their like, of NumPy, Python or pandas; nothing for anything else."""
    if values.dtype.kind in _TIMES:
        return _TIMES[values.dtype.kind]
    first = next((v for v in values.flat if v is not None), None) if values.dtype == object else None
    if isinstance(first, timedelta):
        return "durations"
    if isinstance(first, time):
        return "times of day"
    return "dates" if isinstance(first, date) or type(first).__name__ == "Period" else ""


def check_finite(what: str, X: Any, names: Sequence[Hashable] = ()) -> None:
    """Refuse NaN and infinity, and say in which columns they stand."""
    values = X.data if issparse(X) else X
    if is_finite(values):
        return
    bad = ~np.isfinite(values)
    where = "" if issparse(X) else f", the first at {tuple(map(int, np.argwhere(bad)[0]))}"
    raise NotFiniteError(
        f"{what} is finite; it holds {bad.sum():,} NaN or infinite values{_columns(X, bad, names)}{where}; "
        "fill or drop them"
    )


def check_not_infinite(what: str, values: Array) -> None:
    """Refuse infinity, where NaN marks what is missing."""
    if is_finite(values) or not (bad := np.isinf(values)).any():
        return
    raise NotFiniteError(
        f"{what} is finite, or NaN where a value is missing; it holds {counted(int(bad.sum()), 'infinite value')}, the "
        f"first at {tuple(map(int, np.argwhere(bad)[0]))}; correct them, or put NaN"
    )


def check_range(what: str, X: Any, dtype: np.dtype[Any], names: Sequence[Hashable] = ()) -> None:
    """Refuse numbers that are finite, and no longer so in the type of the network."""
    values = X.data if issparse(X) else X
    if is_within(values, dtype):
        return
    size = np.abs(values)
    beyond = size > np.finfo(dtype).max
    raise NotFiniteError(
        f"{what} holds {np.nanmax(size):g}{_columns(X, beyond, names)}, beyond {dtype}; "
        "scale it, or take a network with dtype='float64'"
    )


def is_finite(values: Array) -> bool:
    """Return whether all values are finite; a finite sum, which needs no second array, settles most cases.

    It is of their own type, as conversion takes longer than adding up: one that overflows is not finite either.
    """
    if values.dtype.kind != "f":
        return True
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(np.sum(values)) or np.isfinite(values).all())


def is_within(values: Array, dtype: np.dtype[Any]) -> bool:
    """Return whether values that are finite, or NaN, stay so in another type."""
    if values.dtype.kind != "f" or values.dtype.itemsize <= dtype.itemsize or not values.size:
        return True
    ends = np.fmin.reduce(values, axis=None), np.fmax.reduce(values, axis=None)
    return not max(abs(float(end)) for end in ends) > float(np.finfo(dtype).max)


def where(bad: Array, names: Sequence[Hashable]) -> list[Hashable]:
    """Return the names of the columns of a matrix in which something is marked, their numbers without names."""
    return [names[k] if names else k for k in np.flatnonzero(bad.any(axis=0)).tolist()]


def first_places(bad: Array, X: Array, names: Sequence[Hashable]) -> str:
    """Return the columns of a matrix in which something is marked, each with its first value and row, from 1.

    Examples
    --------
    >>> X = np.array([[1.0, 2.0], [np.nan, 4.0], [np.inf, 5.0]])
    >>> first_places(~np.isfinite(X), X, ["age", "height"])
    "'age' (2 rows, the first row 2: nan)"
    """
    rows, counts = bad.argmax(axis=0).tolist(), bad.sum(axis=0).tolist()
    found = [
        f"{repr(names[k]) if names else k} ({counted(n, 'row')}, the first row {row_name(rows[k])}: "
        f"{X[rows[k], k]:g})"
        for k, n in enumerate(counts)
        if n
    ]
    return ", ".join(found[:5]) + (f" and {len(found) - 5:,} more" if len(found) > 5 else "")


def _columns(X: Any, bad: Array, names: Sequence[Hashable]) -> str:
    """Return the part of a message that names the columns of what is marked among the values of X."""
    if not names:
        return ""
    found = [names[k] for k in np.unique(X.indices[bad])] if issparse(X) else where(bad, names)
    return f" in {listing(found, 3)}"
