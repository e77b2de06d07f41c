"""Whether a type of numbers is fine enough for what varies far from 0."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.elsewhere import Elsewhere
from hassenet.data.examples import Examples
from hassenet.data.targets_elsewhere import TargetsElsewhere
from hassenet.errors import HassenetWarning, listing

Array = NDArray[Any]

_STEPS = 4096  # so many values a column's range shall hold at least


def blurred(values: Any, dtype: np.dtype[Any]) -> NDArray[np.bool_]:
    """Return which columns of (m, n) keep fewer than 4,096 values between their least and largest in a type.

    A column that lies a times its range from 0 has a ulp of a ε of the range. Sparse arrays, class numbers and
    constant columns have none that do.

    Examples
    --------
    >>> years = np.array([[1e6, 0.1, 7.0], [1e6 + 1, 0.7, 7.0]])
    >>> blurred(years, np.dtype("float32")), blurred(years, np.dtype("float64"))
    (array([ True, False, False]), array([False, False, False]))
    """
    if isinstance(values, Elsewhere | TargetsElsewhere):
        return _is_blurred(*values.bounds, dtype)
    if not isinstance(values, np.ndarray) or not len(values) or values.dtype.kind == "b":
        return np.zeros(values.shape[1], bool)
    low, high = (np.asarray(f.reduce(values, axis=0), np.float64) for f in (np.fmin, np.fmax))
    return _is_blurred(low, high, dtype)


def _is_blurred(low: Array, high: Array, dtype: np.dtype[Any]) -> NDArray[np.bool_]:
    width, ulp = high / 2 - low / 2, np.finfo(dtype).eps * np.maximum(abs(low), abs(high))
    found: NDArray[np.bool_] = (width > 0) & (ulp * _STEPS / 2 > width)
    return found


def warn_of_offsets(
    data: Examples, inputs: Sequence[Hashable], outputs: Sequence[Hashable], dtype: Any
) -> None:
    """Warn of features and targets that vary too little, for their distance from 0, to be told apart in a type.

    Without outputs of features alone: then the targets are not compared in that type.
    """
    X, Y = data.X, data.Y
    names = [name for name, bad in zip(inputs, blurred(X, dtype), strict=True) if bad]
    if outputs:
        names += [name for name, bad in zip(outputs[-Y.shape[1] :], blurred(Y, dtype), strict=True) if bad]
    if names:
        wider = "" if dtype == np.float64 else ", or take a network with dtype='float64'"
        warnings.warn(
            f"numbers far from 0 keep few digits for what varies; in {dtype} so do {listing(names, 3)}; subtract their "
            f"mean, as StandardScaler does{wider}",
            HassenetWarning,
            stacklevel=2,
        )
