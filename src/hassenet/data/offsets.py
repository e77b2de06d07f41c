"""Offsets: what is known to be added to the signals of the outputs, as the logarithm of an exposure."""

from __future__ import annotations

import warnings
from reprlib import repr as short
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.arrow import as_cells, is_text, trimmed
from hassenet.data.checks import NUMBERS, check_finite, check_numbers, check_range, unmasked
from hassenet.data.levels import Levels
from hassenet.data.objects import as_numbers, is_spelled_like_a_number
from hassenet.errors import DataError, HassenetWarning, ParameterError, ShapeError, first_of

Array = NDArray[Any]


def as_offsets(offset: Any, m: int, k: int, dtype: np.dtype[Any]) -> Array | None:
    """Return offsets as a checked (m, 1) array, of all outputs, or (m, k); None for none.

    Raises
    ------
    ShapeError, NotFiniteError, DataError
        If they are not one finite number an example, or one for each of the k outputs, that the type can hold.

    Examples
    --------
    >>> as_offsets([0.5, 1.0], 2, 3, np.dtype("float64"))
    array([[0.5],
           [1. ]])
    """
    if offset is None:
        return None
    o = numbers_given("offset", offset)
    if o.shape not in ((m,), (m, 1), (m, k)):
        raise ShapeError(
            f"there is one offset an example, {m:,} of them, or one for each of its {k} outputs; got the shape "
            f"{o.shape}; reshape it"
        )
    check_numbers("offset", o)
    check_finite("offset", o)
    check_range("offset", o, dtype)
    return o.astype(float).reshape(m, -1)


def check_one_of(offset: Any, exposure: Any) -> None:
    """Refuse an offset and an exposure together.

    Raises
    ------
    ParameterError
    """
    if offset is not None and exposure is not None:
        raise ParameterError("an exposure is an offset, log(exposure); got both; give one")


def offset_of(offset: Any, exposure: Any) -> Any:
    """Return the offset, or the one that an exposure is: its logarithm, as counts grow with it under the output exp.

    Raises
    ------
    ParameterError, DataError
        If both are given, or an exposure is not above 0.

    Examples
    --------
    >>> offset_of(None, [1.0, 2.0]).round(4)
    array([0.    , 0.6931])
    """
    if exposure is None:
        return offset
    check_one_of(offset, exposure)
    e = numbers_given("exposure", exposure)
    check_numbers("exposure", e)
    check_finite("exposure", e)
    if (bad := e <= 0).any():
        raise DataError(
            f"an exposure is above 0; that at {_first(bad)} is {e[_first(bad)]:g}"
            f"{first_of(int(bad.sum()), 'exposure')}; leave out examples without one"
        )
    return np.log(e)


def numbers_given(what: str, values: Any) -> Array:
    """Return an array of the numbers that are given, or that text spells as that of a table may.

    Raises
    ------
    DataError
        If values are masked, or text that spells something else.

    Examples
    --------
    >>> numbers_given("exposure", ["1.5", "2"])
    array([1.5, 2. ])
    """
    found = as_numbers(np.asarray(unmasked(what, values)))
    if found.dtype.kind in NUMBERS or not found.ndim or not any(isinstance(v, str) for v in found.flat):
        return found
    columns = found.reshape(len(found), -1).astype(object).T
    return np.column_stack([_spelled(what, column, found) for column in columns]).reshape(found.shape)


def _spelled(what: str, values: Array, given: Array) -> Array:
    """Return the numbers of a column of what is given as text, of which a note says how they were read."""
    from hassenet.data.amounts import amounts_of, why_none  # slow to import, and seldom needed

    cells = trimmed(as_cells(values))
    levels = Levels.of(cells, what)
    amounts = amounts_of(levels) if is_text(cells.type) else None
    if amounts is None:
        raise DataError(
            f"{what} holds real numbers; it holds text, {_first_text(given)}; "
            f"{why_none(cells.type, lambda: levels)}"
        )
    for note in amounts.notes(what):
        warnings.warn(note, HassenetWarning, stacklevel=4)
    return amounts.numbers


def _first_text(values: Array) -> str:
    """Return the first text, of such as is not spelled like a number where there is some, and its place."""
    texts = np.array([isinstance(v, str) for v in values.flat])
    others = np.array([not is_spelled_like_a_number(v) for v in values.flat]) & texts
    place = _first((others if others.any() else texts).reshape(values.shape))
    return f"{short(str(values[place]))} at {place}"


def _first(bad: Array) -> tuple[int, ...]:
    """Return the place of the first value that is true."""
    return tuple(map(int, np.argwhere(bad)[0]))
