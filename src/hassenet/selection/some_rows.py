"""The rows that settings are chosen on, where there are more than would be waited for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_MOST_ROWS, _MOST_CELLS, _FEWEST_ROWS = 100_000, 5_000_000, 1_000


def most_rows(n_columns: int) -> int:
    """Return on how many rows settings are chosen at most, which takes about a minute.

    >>> most_rows(20), most_rows(500), most_rows(20_000)
    (100000, 10000, 1000)
    """
    return max(min(_MOST_ROWS, _MOST_CELLS // n_columns), _FEWEST_ROWS)


def rows_to_choose_on(strata: Array, n_columns: int, folds: int, seed: int) -> NDArray[np.intp]:
    """Return the rows that settings are chosen on, rising: all, or so many at random.

    Parameters
    ----------
    strata : (m,) array
        What folds spread evenly, as the class of each row. Of each there are as many rows as folds, if there are so
        many at all: of what is rare a few come beside those at random.
    n_columns : int
        How many columns are read.
    folds, seed : int

    Examples
    --------
    >>> some = rows_to_choose_on(np.arange(1500) < 3, 10_000, folds=2, seed=0)
    >>> len(some) in (1000, 1001, 1002), int(np.sum(some < 3)) >= 2
    (True, True)
    """
    m, most = len(strata), most_rows(n_columns)
    if m <= most:
        return np.arange(m)
    order = np.random.default_rng(seed).permutation(m)
    first = first_of_each(strata[order], folds)
    return np.sort(order[first | (np.arange(m) < most)])


def first_of_each(strata: Array, n: Any) -> NDArray[np.bool_]:
    """Return which rows are among the first n of their stratum, (m,) or one number for all.

    >>> first_of_each(np.array([0, 1, 0, 0]), np.array([2, 0, 2, 2]))
    array([ True, False,  True, False])
    """
    by_stratum = np.argsort(strata, kind="stable")
    _, start, size = np.unique(strata[by_stratum], return_index=True, return_counts=True)
    found = np.zeros(len(strata), bool)
    found[by_stratum] = (
        np.arange(len(strata)) - np.repeat(start, size) < np.broadcast_to(n, len(strata))[by_stratum]
    )
    return found
