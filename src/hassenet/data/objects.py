"""Numbers that are held as Python objects."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from numbers import Real
from reprlib import Repr
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import NUMBERS
from hassenet.data.rows_called import row_name

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


class Other(NamedTuple):
    """A value that is not a number, and its row, counted from 1."""

    value: object
    row: int


def first_other(values: Array) -> Other | None:
    """Return the first value that is not a number, also not by its spelling if there is such; None where each is one.

    Examples
    --------
    >>> first_other(np.array([1, None, "tall"], object))
    Other(value='tall', row=3)
    >>> first_other(np.array(["1.5", "<0.5"], object))
    Other(value='<0.5', row=2)
    """
    if values.dtype != object:
        return Other(_of_python(values.flat[0]), 1) if values.size else None
    width = max(values.size // max(len(values), 1), 1)
    others = [Other(v, k // width + 1) for k, v in enumerate(values.flat) if not _is_number(v)]
    return next(
        (other for other in others if not is_spelled_like_a_number(other.value)), next(iter(others), None)
    )


def is_spelled_like_a_number(value: object) -> bool:
    """Return whether a value is a number, or text that Python would make one of."""
    try:
        float(value)  # type: ignore[arg-type]  # whatever float takes is one
    except (TypeError, ValueError):
        return False
    return True


def _of_python(value: Any) -> object:
    """Return a value as Python has it; times in nanoseconds stay NumPy's, since Python makes whole numbers of them."""
    item = value.item()
    return value if item is None or isinstance(item, int) else item


def instance(other: Other | None) -> str:
    """Return the part of a sentence that shows a value and its row, shortened; nothing for None.

    Examples
    --------
    >>> instance(Other("tall", 3))
    " (for instance 'tall' in row 3)"
    """
    return "" if other is None or other.value is None else f" (for instance {_shown(other)})"


def shown_others(others: Mapping[Hashable, Other | None], most: int = 5) -> str:
    """Return the part of a sentence that shows a value of each column and its row; of one column its name is left out.

    Examples
    --------
    >>> shown_others({"city": Other("Bonn", 1), "crp": Other("<0.5", 17)})
    " (for instance 'Bonn' in row 1 of 'city', '<0.5' in row 17 of 'crp')"
    """
    found = {n: other for n, other in others.items() if other is not None and other.value is not None}
    if len(others) < 2:
        return instance(next(iter(found.values()), None))
    shown = [f"{_shown(other)} of {name!r}" for name, other in islice(found.items(), most)]
    return f" (for instance {', '.join(shown)})" if shown else ""


def _shown(other: Other) -> str:
    return f"{_SHORT.repr(other.value)} in row {row_name(other.row - 1)}"


def of_one_type(columns: Sequence[Array]) -> Sequence[Array]:
    """Return columns that all hold numbers as they are, others as objects: text and dates have no type in common."""
    return columns if all(c.dtype.kind in NUMBERS for c in columns) else [c.astype(object) for c in columns]


def _is_number(value: object) -> bool:
    return value is None or isinstance(value, Real | Decimal | np.bool_)
