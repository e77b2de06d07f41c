"""The covers between two neighbouring ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Indices = NDArray[np.int64]


@final
@dataclass(frozen=True, eq=False)
class Covers:
    """A set of pairs (upper, lower) of positions, by rows; the complete set stores no pairs at all.

    Parameters
    ----------
    shape : (int, int)
        (nᵢ₊₁, nᵢ): how many elements above and below.
    pattern : csr_array of bool, optional
        The pairs with sorted columns in each row; None for all pairs.
    """

    shape: tuple[int, int]
    pattern: csr_array | None = None

    def __post_init__(self) -> None:
        """Freeze the pattern's arrays."""
        if self.pattern is not None:
            for array in (self.pattern.data, self.pattern.indices, self.pattern.indptr):
                array.flags.writeable = False

    @staticmethod
    def of_pairs(upper: Indices, lower: Indices, shape: tuple[int, int]) -> Covers:
        """Return the covers of the pairs (upper[k], lower[k]); a pair given twice counts once."""
        pattern = csr_array((np.ones(len(upper), bool), (upper, lower)), shape=shape)
        pattern.sum_duplicates()
        pattern.sort_indices()
        return Covers(shape) if pattern.nnz == shape[0] * shape[1] else Covers(shape, pattern)

    @property
    def is_complete(self) -> bool:
        """Whether every upper element covers every lower one."""
        return self.pattern is None

    @property
    def n(self) -> int:
        """The number of covers."""
        return self.shape[0] * self.shape[1] if self.pattern is None else int(self.pattern.nnz)

    @cached_property
    def csr(self) -> csr_array:
        """The covers as a sparse pattern, rows the upper elements."""
        return csr_array(np.ones(self.shape, bool)) if self.pattern is None else self.pattern

    @property
    def below_counts(self) -> Indices:
        """How many covers each upper element has below it."""
        if self.pattern is None:
            return np.full(self.shape[0], self.shape[1], np.int64)
        return np.diff(self.pattern.indptr).astype(np.int64)

    @property
    def above_counts(self) -> Indices:
        """How many covers each lower element has above it."""
        if self.pattern is None:
            return np.full(self.shape[1], self.shape[0], np.int64)
        return np.bincount(self.pattern.indices, minlength=self.shape[1]).astype(np.int64)

    def pairs(self) -> tuple[Indices, Indices]:
        """Return the arrays (upper, lower), sorted by upper, then lower."""
        if self.pattern is None:
            upper, lower = np.indices(self.shape)
            return upper.ravel(), lower.ravel()
        return np.repeat(np.arange(self.shape[0]), self.below_counts), self.pattern.indices.astype(np.int64)

    def below(self, upper: int) -> Indices:
        """Return the positions that ``upper`` covers."""
        if self.pattern is None:
            return np.arange(self.shape[1])
        return self.pattern.indices[slice(*self.pattern.indptr[upper : upper + 2])].astype(np.int64)

    def above(self, lower: int) -> Indices:
        """Return the positions that cover ``lower``."""
        if self.pattern is None:
            return np.arange(self.shape[0])
        return self._columns.indices[slice(*self._columns.indptr[lower : lower + 2])].astype(np.int64)

    def rows(self, upper: Sequence[int]) -> Covers:
        """Return the covers of some upper elements, in the order given."""
        shape = (len(upper), self.shape[1])
        if self.pattern is None:
            return Covers(shape)
        part = self.pattern[np.asarray(upper, np.int64)]
        return Covers.of_pairs(np.repeat(np.arange(len(upper)), np.diff(part.indptr)), part.indices, shape)

    @cached_property
    def _columns(self) -> Any:
        return self.csr.tocsc()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Covers):
            return NotImplemented
        if self.shape != other.shape or self.is_complete != other.is_complete:
            return False
        return self.pattern is None or (
            np.array_equal(self.csr.indptr, other.csr.indptr)
            and np.array_equal(self.csr.indices, other.csr.indices)
        )

    def __hash__(self) -> int:
        return hash((self.shape, self.n))
