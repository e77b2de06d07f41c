"""Numbers that are held as Python objects."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from reprlib import Repr
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import NUMBERS

Array = NDArray[Any]

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 60


def as_numbers(values: Array) -> Array:
    """Return objects that are numbers as float64, NaN where one is missing; any other array as it is.

    Text is not a number, though it may be spelled like one.

    Examples
    --------
    >>> as_numbers(np.array([1, True, None], object))
    array([ 1.,  1., nan])
    >>> as_numbers(np.array([1, "2"], object))
    array([1, '2'], dtype=object)
    """
    if values.dtype != object or not all(map(_is_number, values.flat)):
        return values
    return np.where(values == None, np.nan, values).astype(float)  # noqa: E711 - element by element


def first_other(values: Array) -> object:
    """Return the first value that is not a number, None where each is one.

    Examples
    --------
    >>> first_other(np.array([1, None, "tall"], object))
    'tall'
    """
    if values.dtype != object:
        return _of_python(values.flat[0]) if values.size else None
    return next((v for v in values.flat if not _is_number(v)), None)


def _of_python(value: Any) -> object:
    """Return a value as Python has it; times in nanoseconds stay NumPy's, since Python makes whole numbers of them."""
    item = value.item()
    return value if item is None or isinstance(item, int) else item


def instance(value: object) -> str:
    """Return the part of a sentence that shows a value, shortened; nothing for None.

    Examples
    --------
    >>> instance("tall")
    " (for instance 'tall')"
    """
    return "" if value is None else f" (for instance {_SHORT.repr(value)})"


def of_one_type(columns: Sequence[Array]) -> Sequence[Array]:
    """Return columns that all hold numbers as they are, others as objects: text and dates have no type in common."""
    return columns if all(c.dtype.kind in NUMBERS for c in columns) else [c.astype(object) for c in columns]


def _is_number(value: object) -> bool:
    return value is None or isinstance(value, Real | Decimal | np.bool_)
