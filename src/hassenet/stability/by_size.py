"""Mean and deviation of what chance gives elements of like size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FEWEST = 50  # draws of a deviation that is good to a tenth
_MOST_GROUPS = 10


def by_size(null: Floats, sizes: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return mean and deviation, each (n,), of the draws (k, n) of those elements that are of like size.

    Elements of one size are together, and so are neighbouring sizes until there are enough draws. Where all draws are
    alike the deviation is 1.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> null = rng.standard_normal((40, 4)) * [1, 1, 3, 3]
    >>> by_size(null, np.array([5, 5, 80, 80]))[1].round(1)
    array([0.9, 0.9, 3.1, 3.1])
    """
    group = _groups(sizes, len(null))
    mean, deviation = np.empty(len(sizes)), np.empty(len(sizes))
    for g in np.unique(group):
        of = null[:, group == g]
        mean[group == g], deviation[group == g] = of.mean(), of.std() or 1.0
    return mean, deviation


def _groups(sizes: NDArray[np.int64], draws: int) -> NDArray[np.int64]:
    """Return the group of each element: groups of about as many elements, cut between sizes."""
    n = min(_MOST_GROUPS, max(1, len(sizes) * draws // _FEWEST))
    edges = np.quantile(sizes, np.arange(1, n) / n, method="lower") if n > 1 else np.empty(0)
    return np.searchsorted(np.unique(edges), sizes, side="left").astype(np.int64)
