"""Which rows are held out together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def folds(strata: NDArray[Any], k: int, seed: int | Sequence[int]) -> NDArray[np.int64]:
    """Return the fold of each row, 0 to k − 1: of equal size up to one row, overall and up to one in each stratum.

    Parameters
    ----------
    strata : (m,) array
        What is to be spread evenly, as the class of each row; all alike for folds by chance alone.
    k : int
    seed : int or sequence of int

    Examples
    --------
    >>> fold = folds(np.array([0, 0, 0, 0, 1, 1]), 2, seed=0)
    >>> [int(np.sum((fold == 0) & (np.array([0, 0, 0, 0, 1, 1]) == c))) for c in (0, 1)]
    [2, 1]
    """
    chance = np.random.default_rng(seed).permutation(len(strata))
    # like cards: stratum after stratum, one to each fold
    dealt = chance[np.argsort(strata[chance], kind="stable")]
    fold = np.empty(len(strata), np.int64)
    fold[dealt] = np.arange(len(strata)) % k
    return fold
