"""What is drawn are numbers that a picture has room for."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hassenet.errors import ParameterError

Floats = NDArray[np.float64]

# matplotlib adds a margin to the range of what it draws, and this has to be finite too.
LARGEST = 1e300


def vector(what: str, values: ArrayLike) -> Floats:
    """Return numbers that can be drawn, one after the other.

    Raises
    ------
    ParameterError
        If they are not numbers, stand in no or in several dimensions, or one of them is not finite.
    """
    array = numbers(what, values)
    if np.isnan(array).any():
        raise ParameterError(f"what is drawn is finite; {what!r} holds NaN; leave those rows out")
    return array


def numbers(what: str, values: ArrayLike) -> Floats:
    """Return numbers, one after the other; NaN stands where there is none, so it may be among them.

    Raises
    ------
    ParameterError
        If they are not numbers, stand in no or in several dimensions, or one of them is infinite.
    """
    try:
        array = np.asarray(values, float)
    except (TypeError, ValueError):
        raise ParameterError(f"what is drawn are numbers; {what!r} holds others; convert them") from None
    if array.ndim != 1:
        raise ParameterError(
            f"what is drawn are numbers one after the other; {what!r} has the shape {array.shape}; give a list of them"
        )
    if (np.abs(array) > LARGEST).any():
        raise ParameterError(
            f"what is drawn is finite, of a size up to {LARGEST:g}; {what!r} holds infinite or larger values; "
            "leave those rows out"
        )
    return array


def columns(
    names: Sequence[Hashable], groups: Sequence[str] | None, values: Mapping[str, ArrayLike]
) -> dict[str, Floats]:
    """Return columns of numbers, a row a name.

    Raises
    ------
    ParameterError
        If there is no row, a column has another length, or its numbers cannot be drawn.
    """
    found = {what: vector(what, column) for what, column in values.items()}
    lengths = {what: len(column) for what, column in found.items()}
    lengths |= {} if groups is None else {"groups": len(groups)}
    wrong = [f"{n:,} of {what!r}" for what, n in lengths.items() if n != len(names)]
    if wrong or not len(names):
        raise ParameterError(
            f"every row has its own values, and there is one row at least; got {len(names):,} names"
            + (f", and {wrong[0]}; give as many" if wrong else "; give one")
        )
    return found
