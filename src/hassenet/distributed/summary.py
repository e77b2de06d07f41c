"""What is to be known of all rows before a training, found partition by partition and put together."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

Array = NDArray[Any]


@final
class Summary(NamedTuple):
    """What is known of some rows.

    Attributes
    ----------
    low, high : (n,) array
        The least and the largest number of each column, gaps aside; NaN where it has none.
    has_gaps : (n,) array of bool
    total : (n,) array
        The sum of each column, of what is there.
    known : (n,) array of int
        How many numbers are there.
    marks : (8p,) array
        The digests of p parts, in their order: the same numbers in other rows have others.
    """

    low: Array
    high: Array
    has_gaps: Array
    total: Array
    known: Array
    marks: Array

    @staticmethod
    def of(X: Any) -> Summary:
        """Return what is known of the rows of an array.

        >>> Summary.of(np.array([[1.0, np.nan], [3.0, np.nan]])).known
        array([2, 0])
        """
        if issparse(X):
            return _of_sparse(X)
        gaps: Array = np.isnan(X)
        low, high = (f.reduce(X, axis=0).astype(np.float64) for f in (np.fmin, np.fmax))
        total = np.where(gaps, 0.0, X).sum(axis=0, dtype=np.float64)
        own = np.frombuffer(sha256(np.ascontiguousarray(X).data).digest(), "<u4").astype(np.float64)
        return Summary(low, high, np.logical_or.reduce(gaps), total, (~gaps).sum(axis=0), own)

    @staticmethod
    def joined(some: Sequence[Summary]) -> Summary:
        """Return what is known of the rows of all."""
        *parts, marks = zip(*some, strict=True)
        low, high, gaps, total, known = map(np.stack, parts)
        return Summary(
            np.fmin.reduce(low),
            np.fmax.reduce(high),
            np.logical_or.reduce(gaps),
            total.sum(axis=0),
            known.sum(axis=0),
            np.concatenate(marks),
        )


def _of_sparse(X: Any) -> Summary:
    """Return what is known of a sparse array, zeros that are not stored among its numbers."""
    own = sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in (X.data, X.indices, X.indptr)))
    marks = np.frombuffer(own.digest(), "<u4").astype(np.float64)
    low, high = (np.asarray(f(axis=0).todense(), np.float64).ravel() for f in (X.nanmin, X.nanmax))
    gaps = np.bincount(X.indices[np.isnan(X.data)], minlength=X.shape[1])
    total = np.bincount(X.indices, np.nan_to_num(X.data), minlength=X.shape[1])
    return Summary(low, high, gaps > 0, total, X.shape[0] - gaps, marks)
