"""Offsets: what is known to be added to the signals of the outputs, as the logarithm of an exposure."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import check_finite, check_numbers, check_range, unmasked
from hassenet.errors import DataError, ParameterError, ShapeError

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
    o = np.asarray(unmasked("offset", offset))
    if o.shape not in ((m,), (m, 1), (m, k)):
        raise ShapeError(
            f"there is one offset an example, {m:,} of them, or one for each of its {k} outputs; got the shape "
            f"{o.shape}; reshape it"
        )
    check_numbers("offset", o)
    check_finite("offset", o)
    check_range("offset", o, dtype)
    return o.astype(float).reshape(m, -1)


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
    if offset is not None:
        raise ParameterError("an exposure is an offset, log(exposure); got both; give one")
    e = np.asarray(unmasked("exposure", exposure))
    check_numbers("exposure", e)
    check_finite("exposure", e)
    if (e <= 0).any():
        raise DataError(f"an exposure is above 0; the least is {e.min():g}; leave out examples without one")
    return np.log(e)
