"""A number that stands for rows, however they are divided: the sum of one for each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

Words = NDArray[np.uint64]
_AT_ONCE = 1 << 20  # numbers that are held as a copy
_STEP, _FIRST, _SECOND = (
    np.uint64(one) for one in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)


def mark_of(X: Any, first: int = 0) -> Words:
    """Return Σᵢ mixed(i + mixed(Σⱼ bits(xᵢⱼ) aⱼ)) modulo 2⁶⁴, (1,), of the rows with the numbers i ≥ first.

    Another number, or another order of the rows, gives another mark, but for chance; zeros that a sparse array does not
    hold count as those that it does. The numbers are mixed as by G. L. Steele, D. Lea and C. H. Flood, "Fast splittable
    pseudorandom number generators", OOPSLA 2014.

    >>> X = np.arange(6.0).reshape(3, 2)
    >>> mark_of(X) == mark_of(X[:1]) + mark_of(X[1:], 1), mark_of(X) == mark_of(X[::-1])
    (array([ True]), array([False]))
    """
    factors = _mixed(np.arange(1, X.shape[1] + 1, dtype=np.uint64) * _STEP) | np.uint64(1)
    rows = _of_sparse(X.tocsr(), factors) if issparse(X) else _of_dense(X, factors)
    numbers = np.arange(first, first + len(rows), dtype=np.uint64)
    return _mixed(numbers * _STEP + _mixed(rows)).sum(keepdims=True)


def _of_dense(X: Any, factors: Words) -> Words:
    found, at_once = np.empty(len(X), np.uint64), max(1, _AT_ONCE // max(1, len(factors)))
    for start in range(0, len(X), at_once):
        bits = _bits(X[start : start + at_once])
        bits *= factors
        found[start : start + at_once] = bits.sum(axis=1)
    return found


def _of_sparse(X: Any, factors: Words) -> Words:
    before = np.zeros(X.nnz + 1, np.uint64)
    np.cumsum(_bits(X.data) * factors[X.indices], out=before[1:])
    return before[X.indptr[1:]] - before[X.indptr[:-1]]


def _bits(x: Any) -> Words:
    """Return the bits of numbers as float64 has them, in an array of their own."""
    return np.array(x, np.float64, order="C").view(np.uint64)


def _mixed(z: Words) -> Words:
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))
