"""What an element says of its features without learning: their mean, its square, and their spread."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from hassenet.hierarchy.order import Order

Floats = NDArray[np.float64]

SUMMARIES = ("mean", "square", "spread")


def membership(order: Order) -> csr_array:
    """Return which features lie below each element, (n, n₀): 1/#B for each of the #B features below, 0 elsewhere.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("p", "q"), ("c", "q")])
    >>> membership(Order.of(H)).toarray()[-1].round(2)
    array([0.33, 0.33, 0.33], dtype=float32)
    """
    n0 = int(order.is_feature.sum())
    looks = csr_array((np.ones(len(order.upper)), (order.upper, order.lower)), shape=(order.n, order.n))
    found = csr_array((np.ones(n0), (np.flatnonzero(order.is_feature), np.arange(n0))), shape=(order.n, n0))
    size = -1
    while found.nnz != size:
        size, found = found.nnz, found + looks @ found
        found.data[:] = 1
    return csr_array(found / np.maximum(found.sum(axis=1), 1)[:, None], dtype=np.float32)


def summaries(X: Any, below: csr_array) -> Floats:
    """Return mean, square of the mean and mean absolute value of the features below each element, (3, E, m).

    Parameters
    ----------
    X : (m, n₀) array
        Each feature in deviations from its mean.
    below : (E, n₀) array
        Rows of :func:`membership`.
    """
    mean = below @ X.T
    return np.stack([mean, mean**2, below @ abs(X).T])
