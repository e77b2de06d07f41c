"""The score of each element of a rank measured by the draws of its own, and p by those of all together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def excess(observed: Floats, null: Floats) -> Floats:
    """Return (observed − mean) / (deviation + median of the deviations), for each of n elements."""
    if len(null) < 2:
        return np.full(len(observed), np.nan)
    start = null[0]  # taken away first, so that scores that are all alike differ by exactly 0 from their mean
    deviation = (null - start).std(axis=0, ddof=1)
    return _ratio(observed - start - (null - start).mean(axis=0), deviation + np.median(deviation))


def pooled_p(observed: Floats, null: Floats) -> Floats:
    """Return (1 + how many t of the null are as high as the element's t) / (1 + k·n), for each of n elements.

    t is a score less the mean, in deviations, of the k draws of its element; of a draw, of the k − 1 others.
    """
    k = len(null)
    if k < 3:  # two others are needed for a deviation
        return np.ones(len(observed))
    start = null[0]  # taken away first, so that scores that are all alike differ by exactly 0 from their mean
    centre = (null - start).mean(axis=0)
    deviation = (null - start).std(axis=0, ddof=1)
    t = _ratio(observed - start - centre, deviation * np.sqrt(1 + 1 / k))
    pool = np.sort(_left_out(null - start - centre), axis=None)
    reach = pool.size - np.searchsorted(pool, t, side="left")
    return np.asarray((1 + reach) / (1 + pool.size))


def _left_out(c: Floats) -> Floats:
    """Return t of each draw among the others: the externally studentised residuals of centred draws, (k, n)."""
    k = len(c)
    squares = (c**2).sum(axis=0) - k / (k - 1) * c**2  # of the others, about their own mean
    return _ratio(np.sqrt(k / (k - 1)) * c, np.sqrt(np.maximum(squares, 0) / (k - 2)))


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Return the ratio, with 0/0 = 0: who is as all others are stands out by nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(numerator == 0, 0.0, numerator / denominator)
