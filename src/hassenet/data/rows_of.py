"""Some rows of an array, which are taken where they are computed with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse


@final
@dataclass(frozen=True, eq=False)
class RowsOf:
    """Rows of an array in memory by their numbers, without a second array of them.

    Parameters
    ----------
    whole : (M, n) array or csr_array
    rows : (m,) array of int

    Examples
    --------
    >>> some = RowsOf(np.arange(6.0).reshape(3, 2), np.array([0, 2]))
    >>> some.shape, some[1:].tolist()
    ((2, 2), [[4.0, 5.0]])
    """

    whole: Any
    rows: NDArray[np.intp]

    @staticmethod
    def at(X: Any, rows: NDArray[np.intp]) -> Any:
        """Return rows of X, where that is an array in memory; of anything else what it gives for them."""
        return RowsOf(X, rows) if isinstance(X, np.ndarray) or issparse(X) else X[rows]

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of these rows and of columns."""
        return len(self.rows), int(self.whole.shape[1])

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers."""
        found: np.dtype[Any] = self.whole.dtype
        return found

    @property
    def nbytes(self) -> int:
        """How many bytes these rows have, dense."""
        m, n = self.shape
        return m * n * self.dtype.itemsize

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, key: Any) -> Any:
        """Return some of these rows, an array."""
        return self.whole[self.rows[key]]

    def spread(self, values: Any) -> Any:
        """Return values of these rows, (m, …), as an array with a place for each row of the whole, 0 for others."""
        there = np.zeros((self.whole.shape[0], *values.shape[1:]), values.dtype)
        there[self.rows] = values
        return there


def taken(X: Any) -> Any:
    """Return rows as an array of their own; anything else as it is.

    >>> taken(RowsOf(np.eye(2), np.array([1]))).tolist()
    [[0.0, 1.0]]
    """
    return X[:] if isinstance(X, RowsOf) else X
