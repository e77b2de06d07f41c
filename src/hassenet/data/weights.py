"""Sample weights as an engine takes them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import check_finite, check_numbers, unmasked
from hassenet.errors import DataError, ShapeError


def as_weights(weight: Any, m: int) -> NDArray[np.float64] | None:
    """Return sample weights as a checked (m,) array of float64, None for all equal.

    Raises
    ------
    ShapeError, NotFiniteError, DataError
        If they are not m finite numbers ≥ 0 with a sum above 0.

    Examples
    --------
    >>> as_weights([2, 0, 1], 3)
    array([2., 0., 1.])
    """
    if weight is None:
        return None
    w = np.asarray(unmasked("sample_weight", weight))
    check_numbers("sample_weight", w)
    check_finite("sample_weight", w)
    w = w.astype(float)
    if w.shape != (m,):
        raise ShapeError(f"there is one sample weight an example, {m:,} of them; got shape {w.shape}")
    if (w < 0).any() or not 0 < w.sum() < np.inf:
        raise DataError(
            f"sample weights are ≥ 0, not all 0 and of finite sum; the smallest is {w.min():g}, their sum {w.sum():g}; "
            "correct them"
        )
    return w
