"""Medians of columns that no process has all of, by counting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Count = Callable[[Array], Array]
_SIGN = np.uint64(1 << 63)
_PARTS = 256  # into which an interval is divided in a round: 8 rounds for the 64 bits of a number


def in_order(X: Array, rows: Array | slice) -> Array:
    """Return some rows with each column sorted, gaps last, as (n, r): a row a column."""
    return np.sort(np.ascontiguousarray(X[rows].T, np.float64), axis=1)


def counts(ordered: Array, points: Array) -> Array:
    """Return how many numbers of each column are at most each of q points, (n, q) from (n, q).

    >>> counts(in_order(np.array([[1.0, 5.0], [2.0, np.nan]]), np.arange(2)), np.array([[1.5], [np.inf]]))
    array([[1],
           [1]])
    """
    known = np.count_nonzero(~np.isnan(ordered), axis=1)
    each = zip(ordered, known.tolist(), points, strict=True)
    return np.stack([np.searchsorted(x[:k], p, side="right") for x, k, p in each])


def medians(count: Count, n: int) -> Array:
    """Return the median of each of n columns, exactly: the mean of the middle two of an even number; NaN of none.

    The numbers of float64 stand in the order of whole numbers of 64 bits, among which it is looked for.

    Parameters
    ----------
    count : callable
        From (n, q) points to how many numbers of each column are at most each, of all rows.
    n : int

    Examples
    --------
    >>> X = np.array([[3.0, np.nan], [1.0, np.nan], [2.5, np.nan], [9.0, np.nan]])
    >>> ordered = in_order(X, np.arange(4))
    >>> medians(lambda points: counts(ordered, points), 2)
    array([2.75,  nan])
    """
    known = count(np.full((n, 1), np.inf))
    lower, upper = _smallest(count, np.hstack([(known + 1) // 2, known // 2 + 1])).T
    is_there = known[:, 0] > 0
    return np.add(lower / 2, upper / 2, out=np.full(n, np.nan), where=is_there)


def _smallest(count: Count, rank: Array) -> Array:
    """Return the rank-th smallest numbers of each column, from 1, (n, r): the least x with so many at most x."""
    low, high = (np.full(rank.shape, _whole(np.array(x)), np.uint64) for x in (-np.inf, np.inf))
    while (low < high).any():
        step = (high - low) // np.uint64(_PARTS) + np.uint64(1)
        ends = low[..., None] + np.minimum(
            step[..., None] * np.arange(1, _PARTS + 1, dtype=np.uint64) - np.uint64(1),
            (high - low)[..., None],
        )
        found = count(_number(ends).reshape(len(rank), -1)).reshape(ends.shape) >= rank[..., None]
        first = np.where(found.any(axis=-1), found.argmax(axis=-1), _PARTS - 1)
        high = np.take_along_axis(ends, first[..., None], -1)[..., 0]
        low = np.minimum(low + step * first.astype(np.uint64), high)
    return _number(high)


def _whole(x: Array) -> Array:
    """Return whole numbers that are in the order of numbers."""
    bits = np.asarray(x, np.float64).view(np.uint64)
    return np.where(bits & _SIGN, ~bits, bits | _SIGN)


def _number(whole: Array) -> Array:
    return np.where(whole & _SIGN, whole ^ _SIGN, ~whole).view(np.float64)
