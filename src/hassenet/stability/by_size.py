"""Scores in deviations of what chance gives elements of like size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FEWEST = 50  # draws of a deviation that is good to a tenth
_MOST_GROUPS = 10


def in_deviations(observed: Floats, null: Floats, sizes: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return (score − mean) / deviation of the observed scores (n,), and of the draws (k, n).

    Mean and deviation are those of the draws of elements of like size: of one size, and of neighbouring sizes until
    there are enough. A draw is measured by the k − 1 others, as the observed scores are by k draws that they have no
    part in: were it among those that it is measured by, it would stand nearer to their mean than observed scores do,
    and these would seem to be high. Where all draws are alike the deviation is 1.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> null = rng.standard_normal((40, 4)) * [1, 1, 3, 3]
    >>> in_deviations(np.full(4, 3.0), null, np.array([5, 5, 80, 80]))[0].round(0)
    array([3., 3., 1., 1.])
    """
    group = _groups(sizes, len(null))
    t, drawn = np.empty(observed.shape), np.empty(null.shape)
    for g in np.unique(group):
        of = group == g
        start = null[0, of].mean()  # taken away first, so that equal numbers have exactly no deviation
        t[of], drawn[:, of] = _measured(observed[of] - start, null[:, of] - start)
    return t, drawn


def _measured(observed: Floats, null: Floats) -> tuple[Floats, Floats]:
    """Return the scores of a group in deviations of the draws, and each draw in those of the others."""
    sums, squares = null.sum(axis=1, keepdims=True), (null**2).sum(axis=1, keepdims=True)
    n = null.shape[1]
    mean, deviation = _moments(sums.sum(), squares.sum(), null.size)
    of_others = _moments(sums.sum() - sums, squares.sum() - squares, null.size - n)
    return (observed - mean) / deviation, (null - of_others[0]) / of_others[1]


def _moments(total: Floats, squares: Floats, n: int) -> tuple[Floats, Floats]:
    """Return the mean of n numbers and their deviation, 1 where that is 0."""
    mean = total / n
    variance = squares / n - mean**2
    is_rounding = variance <= np.finfo(float).eps * squares / n
    return mean, np.where(is_rounding, 1.0, np.sqrt(np.maximum(variance, 0.0)))


def _groups(sizes: NDArray[np.int64], draws: int) -> NDArray[np.int64]:
    """Return the group of each element: groups of about as many elements, cut between sizes."""
    n = min(_MOST_GROUPS, max(1, len(sizes) * draws // _FEWEST))
    edges = np.quantile(sizes, np.arange(1, n) / n, method="lower") if n > 1 else np.empty(0)
    return np.searchsorted(np.unique(edges), sizes, side="left").astype(np.int64)
