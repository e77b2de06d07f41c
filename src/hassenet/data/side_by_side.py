"""Columns of an array some at a time: what is computed of them needs room for these alone."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
_AT_ONCE = 1 << 21  # numbers


def some_columns(X: Array) -> list[Array]:
    """Return the columns of an array in groups, two or more in each: one for a small array.

    Examples
    --------
    >>> import numpy as np
    >>> [part.shape for part in some_columns(np.zeros((1 << 20, 5)))]
    [(1048576, 2), (1048576, 3)]
    """
    m, n = X.shape
    size = max(_AT_ONCE // max(m, 1), 2)
    starts = range(0, max(n - 1, 1), size)  # one column alone would be added up in another order
    ends = [*starts[1:], n]
    return [X[:, start:end] for start, end in zip(starts, ends, strict=True)]
