"""The covers between two neighbouring ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Indices = NDArray[np.int64]
Signs = NDArray[np.int8]


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
    signs : array of int8, optional
        The sign that the weight of each cover keeps, 1 or −1, in the order of :meth:`pairs`; 0 for a free one. None
        where all are free.
    """

    shape: tuple[int, int]
    pattern: csr_array | None = None
    signs: Signs | None = None

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        arrays = (
            [] if self.pattern is None else [self.pattern.data, self.pattern.indices, self.pattern.indptr]
        )
        for array in arrays if self.signs is None else [*arrays, self.signs]:
            array.flags.writeable = False

    @staticmethod
    def of_pairs(
        upper: Indices, lower: Indices, shape: tuple[int, int], signs: Signs | None = None
    ) -> Covers:
        """Return the covers of the pairs (upper[k], lower[k]) with their signs; a pair given twice counts once."""
        pattern = csr_array((np.ones(len(upper), bool), (upper, lower)), shape=shape)
        pattern.sum_duplicates()
        pattern.sort_indices()
        covers = Covers(shape) if pattern.nnz == shape[0] * shape[1] else Covers(shape, pattern)
        return covers if signs is None or not signs.any() else covers._signed(upper, lower, signs)

    def with_signs(self, signs: Signs | None) -> Covers:
        """Return the same covers with signs in the order of :meth:`pairs`; None for free ones."""
        return replace(self, signs=signs if signs is not None and signs.any() else None)

    def signed_rows(self) -> Indices:
        """Return the upper elements with a cover that has a sign."""
        return (
            np.unique(self.pairs()[0][self._all_signs != 0]) if self.signs is not None else np.zeros(0, int)
        )

    def _signed(self, upper: Indices, lower: Indices, signs: Signs) -> Covers:
        """Return the same covers with the signs of the pairs (upper[k], lower[k])."""
        own, there = self.pairs()
        places = np.searchsorted(own * self.shape[1] + there, upper * self.shape[1] + lower)
        found = np.zeros(self.n, np.int8)
        found[places] = signs
        return self.with_signs(found)

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
        signs = None if self.signs is None else self.signs[self._entries(upper)]
        if self.pattern is None:
            return Covers(shape).with_signs(signs)
        part = self.pattern[np.asarray(upper, np.int64)]
        rows = np.repeat(np.arange(len(upper)), np.diff(part.indptr))
        return Covers.of_pairs(rows, part.indices, shape, signs)

    def _entries(self, upper: Sequence[int]) -> Indices:
        """Return the numbers of the covers of some upper elements, in the order of :meth:`pairs`."""
        ends = np.concatenate([[0], np.cumsum(self.below_counts)])
        return np.concatenate([np.arange(*ends[k : k + 2]) for k in upper])

    @property
    def _all_signs(self) -> Signs:
        return np.zeros(0, np.int8) if self.signs is None else self.signs

    @cached_property
    def _columns(self) -> Any:
        return self.csr.tocsc()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Covers):
            return NotImplemented
        if self.shape != other.shape or self.is_complete != other.is_complete:
            return False
        if not np.array_equal(self._all_signs, other._all_signs):
            return False
        return self.pattern is None or (
            np.array_equal(self.csr.indptr, other.csr.indptr)
            and np.array_equal(self.csr.indices, other.csr.indices)
        )

    def __hash__(self) -> int:
        return hash((self.shape, self.n))
