"""Features that are held in less than a number of eight bytes each: sparse ones, and whole numbers of one byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse, vstack

from hassenet.data.packed import Packed, is_bytes

Array = NDArray[Any]
_AT_ONCE = 1024  # columns that are made numbers together


def is_compact(X: Any) -> bool:
    """Return whether an array is sparse, or holds whole numbers of one byte, alone or beside others.

    Examples
    --------
    >>> is_compact(csr_array((2, 3))), is_compact(np.zeros((2, 3), np.int8)), is_compact(np.zeros((2, 3)))
    (True, True, False)
    """
    return issparse(X) or is_bytes(X) or isinstance(X, Packed)


def on_stored(X: Any, change: Callable[[Array], Array]) -> Any:
    """Return a sparse array with other values where it has some; for maps that leave 0 as it is.

    Examples
    --------
    >>> on_stored(csr_array([[0.0, 4.0]]), np.sqrt).toarray()
    array([[0., 2.]])
    """
    X = csr_array(X)
    return csr_array((change(X.data), X.indices, X.indptr), shape=X.shape)


def columns_of(X: Any) -> Iterator[Array]:
    """Yield each column as a dense one."""
    if isinstance(X, Packed):
        yield from _of_packed(X)
    elif not issparse(X):
        yield from X.T
    else:
        by_columns = X.tocsc()
        for k in range(X.shape[1]):
            yield by_columns[:, [k]].toarray()[:, 0]


def _of_packed(X: Packed) -> Iterator[Array]:
    for start in range(0, X.shape[1], _AT_ONCE):
        yield from X[:, start : start + _AT_ONCE].T


def extremes(X: Any) -> tuple[Array, Array]:
    """Return the least and the largest value of each column.

    Examples
    --------
    >>> extremes(csr_array([[0.0, 4.0], [2.0, 5.0]]))
    (array([0., 4.]), array([2., 5.]))
    """
    if isinstance(X, Packed):
        return X.bounds
    low, high = X.min(axis=0), X.max(axis=0)
    return (low.toarray().ravel(), high.toarray().ravel()) if issparse(X) else (low, high)


def stacked(X: Any, Z: Any) -> Any:
    """Return the rows of one array above those of another; sparse where one of them is.

    Examples
    --------
    >>> stacked(csr_array([[0.0, 4.0]]), np.ones((1, 2))).toarray()
    array([[0., 4.],
           [1., 1.]])
    """
    return vstack([X, Z], "csr") if issparse(X) or issparse(Z) else np.concatenate([X, Z])
