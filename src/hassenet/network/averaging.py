"""The mean of what several networks give for the same examples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.activations.rank import RankActivation

Array = NDArray[Any]
Floats = NDArray[np.float64]


def averaged(activation: RankActivation, weighted: Iterable[tuple[float, Array]]) -> Floats:
    """Return Σᵢ wᵢ Ŷᵢ, and for outputs whose activation is exp the mean of their signals, exp Σᵢ wᵢ log Ŷᵢ.

    A signal that is too large by s multiplies such an output by eˢ, and one network of many would decide their mean.
    The loss of a count is convex in its signal too, so that here as there the loss of the mean is at most the weighted
    mean of the losses.

    Parameters
    ----------
    activation : RankActivation
        That of the outputs.
    weighted : iterable of (float, (m, k) array)
        wᵢ > 0, whose sum is 1, and Ŷᵢ.

    Examples
    --------
    >>> one, other = np.array([[1.0, 1.0]]), np.array([[4.0, 4.0]])
    >>> averaged(RankActivation.of(["identity", "exp"]), [(0.5, one), (0.5, other)]).round(3)
    array([[2.5, 2. ]])
    """
    of_exp = np.array([name == "exp" for name in activation.names], bool)
    each = iter(weighted)  # one at a time: all together might not fit
    w, Y = next(each)
    mean = w * _with_logs(Y, of_exp)
    for w, Y in each:
        mean += w * _with_logs(Y, of_exp)
    mean[:, of_exp] = np.exp(mean[:, of_exp])
    return mean


def _with_logs(Y: Array, of_exp: NDArray[np.bool_]) -> Floats:
    found = Y.astype(np.float64)
    with np.errstate(divide="ignore"):  # an output that is 0 has the signal −∞
        found[:, of_exp] = np.log(found[:, of_exp])
    return found
