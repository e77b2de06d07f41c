"""What is to be known of all rows before a training, found partition by partition and put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.distributed.marks import mark_of

Array = NDArray[Any]


@final
class Summary(NamedTuple):
    """What is known of some rows.

    Attributes
    ----------
    low, high : (n,) array
        The least and the largest number of each column, gaps aside; NaN where it has none.
    has_gaps : (n,) array of bool
    mark : (1,) array of uint64
        By which other rows are told from these, however they are divided.
    """

    low: Array
    high: Array
    has_gaps: Array
    mark: Array

    @staticmethod
    def of(X: Any, first: int = 0) -> Summary:
        """Return what is known of the rows of an array, the first of which has this number among all.

        >>> Summary.of(np.array([[1.0, np.nan], [3.0, np.nan]])).has_gaps
        array([False,  True])
        """
        if issparse(X):
            low, high = (np.asarray(f(axis=0).todense(), np.float64).ravel() for f in (X.nanmin, X.nanmax))
            gaps = np.bincount(X.indices[np.isnan(X.data)], minlength=X.shape[1]) > 0
        else:
            low, high = (f.reduce(X, axis=0).astype(np.float64) for f in (np.fmin, np.fmax))
            gaps = np.isnan(X).any(axis=0)
        return Summary(low, high, gaps, mark_of(X, first))

    @staticmethod
    def joined(some: Sequence[Summary]) -> Summary:
        """Return what is known of the rows of all."""
        low, high, gaps, mark = map(np.stack, zip(*some, strict=True))
        return Summary(
            np.fmin.reduce(low), np.fmax.reduce(high), np.logical_or.reduce(gaps), mark.sum(axis=0)
        )

    @property
    def digest(self) -> Array:
        """Numbers by which other rows are told from these, of float64."""
        return np.concatenate([self.low, self.high, self.mark.view(np.uint32)])
