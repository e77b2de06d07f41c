"""Whole numbers of one byte in one array, and how often each column has each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Rows = NDArray[np.int64]

_AT_ONCE = 1024  # columns that are looked at together


@final
@dataclass(frozen=True, eq=False)
class ByteBlock:
    """An (M, f) array of whole numbers of one byte, which is never copied in another type.

    Parameters
    ----------
    F : (M, f) array of int8 or uint8

    Examples
    --------
    >>> block = ByteBlock(np.array([[0, 2], [1, 2]], np.int8))
    >>> block.low, block.size, block.values
    (0, 4, array([0, 1, 2, 3]))
    """

    F: Array

    @cached_property
    def low(self) -> int:
        """The least number."""
        return int(self.F.min()) if self.F.size else 0

    @cached_property
    def high(self) -> int:
        """The greatest number."""
        return int(self.F.max()) if self.F.size else 0

    @property
    def size(self) -> int:
        """How many numbers are told apart from the least one on: a power of two."""
        return 1 << (self.high - self.low).bit_length()

    @property
    def values(self) -> Rows:
        """The numbers that are told apart, (v,)."""
        return np.arange(self.low, self.low + self.size)

    @cached_property
    def counts(self) -> Rows:
        """How often each column has each of the numbers, (v, f)."""
        return self.counted(None)

    def counted(self, rows: Rows | None) -> Rows:
        """Return how often each column has each of the numbers in some rows, (v, f)."""
        found = np.zeros((self.size, self.F.shape[1]), np.int64)
        for some in self._slabs():
            part = self.F[:, some] if rows is None else self.F[rows, some]
            for k, value in enumerate(range(self.low, self.high + 1)):
                found[k, some] = np.count_nonzero(part == value, axis=0)
        return found

    def of_rows(self, rows: Rows | None) -> Array:
        """Return some rows; the array itself where these are all."""
        return self.F if rows is None else self.F[rows]

    def of_columns(self, columns: Rows) -> ByteBlock:
        """Return the block of some columns; itself where these are all, in their order."""
        is_all = len(columns) == self.F.shape[1] and bool((np.diff(columns) == 1).all())
        return self if is_all else ByteBlock(self.F[:, columns])

    def places(self, rows: Rows | None) -> Array:
        """Return which of the values each number of some rows is, as bytes, (m, f)."""
        return (self.of_rows(rows) - np.array(self.low).astype(self.F.dtype)).view(np.uint8)

    def _slabs(self) -> Iterator[slice]:
        return (slice(start, start + _AT_ONCE) for start in range(0, self.F.shape[1], _AT_ONCE))
