"""The score of each element of a rank measured by the draws of its own, and p by those of all together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def excess(observed: Floats, null: Floats) -> Floats:
    """Return (observed − mean) / (deviation + median of the deviations that are not 0), for each of n elements."""
    if len(null) < 2:
        return np.full(len(observed), np.nan)
    start = null[0]  # taken away first, so that scores that are all alike differ by exactly 0 from their mean
    deviation = (null - start).std(axis=0, ddof=1)
    return _ratio(observed - start - (null - start).mean(axis=0), deviation + _usual(deviation))


def _usual(deviation: Floats) -> float:
    """Return the median of the deviations of the elements that chance moves at all, 0 where it moves none."""
    moved = deviation[deviation > 0]
    return float(np.median(moved)) if moved.size else 0.0


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
    spread = np.where(_others_alike(null), 0.0, _deviation_of_others(null - start - centre))
    pool = np.sort(_ratio(np.sqrt(k / (k - 1)) * (null - start - centre), spread), axis=None)
    reach = pool.size - np.searchsorted(pool, t, side="left")
    return np.asarray((1 + reach) / (1 + pool.size))


def _deviation_of_others(c: Floats) -> Floats:
    """Return the deviation of the other draws for each of the centred draws, (k, n): t is externally studentised."""
    k = len(c)
    squares = (c**2).sum(axis=0) - k / (k - 1) * c**2  # of the others, about their own mean
    return np.asarray(np.sqrt(np.maximum(squares, 0) / (k - 2)))


def _others_alike(null: Floats) -> NDArray[np.bool_]:
    """Return for each draw whether all others are one number, (k, n): their squares have rounding left there."""
    least, second, *_ = np.partition(null, 1, axis=0)
    *_, next_to, most = np.partition(null, len(null) - 2, axis=0)
    lowest = np.where(null == least, second, least)
    highest = np.where(null == most, next_to, most)
    return np.asarray(lowest == highest)


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Return the ratio, with 0/0 = 0: an element like all others does not stand out."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(numerator == 0, 0.0, numerator / denominator)
