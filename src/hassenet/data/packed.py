"""Features of which most are whole numbers of one byte, as genotypes beside covariates."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, Self, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.byte_block import Array, ByteBlock, Rows
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.step import Step
from hassenet.errors import NotFiniteError

_FEW = 4  # values of a column that are looked up one after the other
_ROWS_AT_ONCE, _COLUMNS_AT_ONCE = 256, 1024
_LOOKED_AT = 1 << 21  # numbers of one byte that stand for the others in a digest


def is_bytes(X: Any) -> bool:
    """Return whether X is a matrix of whole numbers of one byte.

    Examples
    --------
    >>> is_bytes(np.zeros((2, 3), np.int8)), is_bytes(np.zeros((2, 3)))
    (True, False)
    """
    return isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype.kind in "iu" and X.dtype.itemsize == 1


def packed(X: Any, names: Sequence[Hashable] | None = None) -> Any:
    """Return a matrix of whole numbers of one byte as features that steps may change; anything else as it is.

    Examples
    --------
    >>> packed(np.array([[0, 1]], np.int8)).shape, packed([[0, 1]])
    ((1, 2), [[0, 1]])
    """
    return Packed.of(X, names=names) if is_bytes(X) and X.size else X


@final
@dataclass(frozen=True, eq=False, repr=False)
class Packed(Elsewhere):
    """An (m, n) array of a block of whole numbers of one byte and other columns beside it, as they are prepared.

    Numbers are made where they are computed with, a batch at a time: those of the block by a table, which has for each
    column what its values become. Steps change the table and the other columns; rows and folds are views of the block.

    Parameters
    ----------
    block : ByteBlock
        (M, f).
    others : (m, q) array
        The other columns.
    places : (q,) array of int
        Where these stand among all n = f + q.
    rows : (m,) array of int, optional
        The row of the block of each example; by default all in their order.
    table : (f, v) array, optional
        What the values of each column of the block become; by default they stay.
    heading : tuple of str, optional
        The names of all columns.

    Examples
    --------
    >>> X = Packed.of(np.array([[0, 2], [1, 2]], np.int8), np.array([[31.0], [64.0]]), [1])
    >>> X, np.asarray(X[1:])
    (Packed(2 rows, 2 columns of bytes, 1 beside them), array([[ 1., 64.,  2.]]))
    """

    block: ByteBlock
    others: Array
    places: Rows
    rows: Rows | None = None
    table: Array | None = None
    heading: tuple[str, ...] | None = None

    @staticmethod
    def of(F: Any, others: Any = None, places: Any = (), names: Sequence[Hashable] | None = None) -> Packed:
        """Return a block and the columns at some places beside it; these in float64 where they are not floats."""
        C = np.empty((len(F), 0)) if others is None else np.asarray(others)
        C = C if C.dtype in (np.float32, np.float64) else C.astype(np.float64)
        heading = None if names is None else tuple(map(str, names))
        return Packed(ByteBlock(F), C, np.asarray(places, np.int64), heading=heading)

    # ---------------------------------------------------------------- what it is

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of examples and of features."""
        return len(self.others), self.block.F.shape[1] + self.others.shape[1]

    @property
    def ndim(self) -> int:
        """There are rows and columns."""
        return 2

    def __len__(self) -> int:
        return len(self.others)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers that are made."""
        return self.others.dtype

    @property
    def names(self) -> tuple[str, ...] | None:
        """The names of the columns."""
        return self.heading

    @property
    def is_sparse(self) -> bool:
        """Numbers are dense where they are computed with."""
        return False

    @cached_property
    def own(self) -> Rows:
        """Where the columns of the block stand among all, (f,)."""
        return np.delete(np.arange(self.shape[1]), self.places)

    @property
    def made(self) -> Array:
        """What the values of the block become, (v, f)."""
        if self.table is not None:
            return self.table.T
        shape = (self.block.size, self.block.F.shape[1])
        return np.broadcast_to(self.block.values[:, None].astype(self.dtype), shape)

    @property
    def bounds(self) -> tuple[Array, Array]:
        """The least and the largest number of each column, also of rows of the block that are not meant here."""
        ends = zip(self._ends, self._ends_of_others, strict=True)
        low, high = (self._joined(*of_both) for of_both in ends)
        return low, high

    @property
    def _ends(self) -> tuple[Array, Array]:
        there = self.block.counts > 0
        low, high = np.where(there, self.made, np.inf), np.where(there, self.made, -np.inf)
        return low.min(axis=0), high.max(axis=0)

    @property
    def _ends_of_others(self) -> tuple[Array, Array]:
        gaps = np.full((1, self.others.shape[1]), np.nan)
        seen = np.concatenate([self.others, gaps])
        return np.fmin.reduce(seen, axis=0), np.fmax.reduce(seen, axis=0)

    @property
    def has_gaps(self) -> NDArray[np.bool_]:
        """Which columns have a NaN; none of the block has one."""
        return self._joined(np.zeros(len(self.own), bool), np.asarray(np.isnan(self.others).any(axis=0)))

    @property
    def digest(self) -> Array:
        """A digest of the sums of rows, of some rows, of the other columns, and of what values become."""
        F = self.block.of_rows(self.rows)
        some = F[:: -(-F.size // _LOOKED_AT) or 1]
        sums = F.sum(axis=1, dtype=np.int64)
        whole = sha256(repr((self.shape, self.places.tolist())).encode())
        for array in (sums, some, self.others, self.made):
            whole.update(np.ascontiguousarray(array, np.float64).data)
        return np.frombuffer(whole.digest(), np.uint8).astype(np.float64)

    def _joined(self, of_block: Array, of_others: Array) -> Array:
        """Return a number for each column, of those of the block and of the others."""
        found = np.empty(self.shape[1], np.result_type(of_block, of_others))
        found[self.own], found[self.places] = of_block, of_others
        return found

    # ---------------------------------------------------------------- parts

    def __getitem__(self, key: Any) -> Self:
        """Return some of the rows, ``X[rows]``, or some of the columns, ``X[:, columns]``, as views of the block."""
        if isinstance(key, tuple):
            return self[key[0]]._of_columns(np.arange(self.shape[1])[key[1]])
        if isinstance(key, slice) and key == slice(None):
            return self
        own = np.arange(len(self)) if self.rows is None else self.rows
        return replace(self, rows=own[key], others=self.others[key])

    def _of_columns(self, columns: Rows) -> Self:
        number = np.full(self.shape[1], -1)
        number[self.own] = np.arange(len(self.own))
        of_block = number[columns] >= 0
        chosen = number[columns[of_block]]
        rank = np.empty(self.shape[1], np.int64)
        rank[self.places] = np.arange(len(self.places))
        return replace(
            self,
            block=self.block.of_columns(chosen),
            others=self.others[:, rank[columns[~of_block]]],
            places=np.flatnonzero(~of_block),
            table=None if self.table is None else self.table[chosen],
            heading=None if self.heading is None else tuple(self.heading[k] for k in columns.tolist()),
        )

    @property
    def without_names(self) -> Packed:
        """The same features, known by their places alone."""
        return replace(self, heading=None)

    def mapped(self, function: Callable[[Any], Any]) -> Self:
        """Return what a step makes of the features, or another function of each number."""
        made, others = self._of_values(function), self._by(function, self.places, self.others)
        kind = np.result_type(made, others)
        stays = np.array_equal(made, np.broadcast_to(self.block.values[:, None], made.shape))
        table = None if stays else np.ascontiguousarray(made.T, kind)
        return replace(self, table=table, others=others.astype(kind, copy=False))

    def _of_values(self, function: Any) -> Array:
        """Return what a function makes of the values of the block; where some have none, of those a column has."""
        try:
            return self._by(function, self.own, self.made)
        except NotFiniteError:
            there = self.block.counts > 0
            known = np.take_along_axis(self.made, there.argmax(axis=0)[None], axis=0)
        try:
            return self._by(function, self.own, np.where(there, self.made, known))
        except NotFiniteError:
            self._refused(function)
            raise

    def _refused(self, function: Any) -> None:
        """Have a step refuse the rows themselves, some columns at a time, so that its message names these."""
        for start in range(0, len(self.own), _COLUMNS_AT_ONCE):
            some = self.own[start : start + _COLUMNS_AT_ONCE]
            self._by(function, some, self[:, some].brought())

    def _by(self, function: Any, places: Rows, X: Array) -> Array:
        if not isinstance(function, Step):
            return np.asarray(function(X))
        names = [k if self.heading is None else self.heading[k] for k in places.tolist()]
        return np.asarray(function.of_some(places)(X, names)) if len(places) else X

    def with_others(self, others: Array) -> Self:
        """Return the features with other numbers beside the block."""
        return replace(self, others=others)

    def copy(self) -> Packed:
        """Return the rows that are meant in a block of their own, which holds no others."""
        block = ByteBlock(np.array(self.block.of_rows(self.rows)))
        alone = replace(self, block=block, rows=None, others=self.others.copy())
        return alone if self.table is None else replace(alone, table=_table_of(block, [self]))

    # ---------------------------------------------------------------- what is learned of it

    def medians(self) -> Array:
        """The median of each column, gaps aside; NaN where it has no value."""
        values = np.sort(self.made, axis=0)
        order = np.argsort(self.made, axis=0, kind="stable")
        below = np.cumsum(np.take_along_axis(self._counts, order, axis=0), axis=0)
        middle = [_at(values, below, k) for k in ((len(self) - 1) // 2, len(self) // 2)]
        return self._joined(np.mean(middle, axis=0), _medians(self.others))

    def moments(self) -> tuple[Array, Array]:
        """The mean and the standard deviation of each column."""
        made, share = self.made.astype(np.float64), self._counts / max(len(self), 1)
        mean = (self._counts * made).sum(axis=0) / max(len(self), 1)
        deviation = np.sqrt((share * (made - mean) ** 2).sum(axis=0))
        C = self.others.astype(np.float64)
        of_others = np.where((C == C[:1]).all(axis=0), 0.0, C.std(axis=0))
        return self._joined(mean, C.mean(axis=0)), self._joined(deviation, of_others)

    def summed(self, function: Callable[[Any], Array]) -> Array:
        """The sum of what a function makes of the rows, some of them at a time."""
        starts = range(0, max(len(self), 1), _ROWS_AT_ONCE)
        return np.asarray(sum(function(self[start : start + _ROWS_AT_ONCE].brought()) for start in starts))

    @cached_property
    def _counts(self) -> Rows:
        return self.block.counts if self.rows is None else self.block.counted(self.rows)

    # ---------------------------------------------------------------- where it is computed with

    def computed_by(self, engine: Any) -> Any:
        """Return the engine: it reads the block, or is given some rows at a time."""
        return engine

    def brought(self) -> Array:
        """Return the numbers themselves, (m, n): for few rows."""
        X = np.empty(self.shape, self.dtype)
        X[:, self.places] = self.others
        if self.table is None:
            X[:, self.own] = self.block.of_rows(self.rows)
        else:
            X[:, self.own] = _looked_up(self.table, self.block.places(self.rows))
        return X

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return the numbers themselves."""
        return self.brought().astype(self.dtype if dtype is None else dtype, copy=False)

    def __repr__(self) -> str:
        f, q = self.block.F.shape[1], self.others.shape[1]
        return f"Packed({len(self):,} rows, {f:,} columns of bytes, {q:,} beside them)"


def joined(parts: Sequence[Packed], before: Packed | None = None) -> Packed:
    """Return the rows of blocks that were made alike, one below the other, after those that were there before.

    Examples
    --------
    >>> one, other = (Packed.of(np.array(F, np.int8)) for F in ([[0, 1]], [[2, 5]]))
    >>> np.asarray(joined([other], one))
    array([[0., 1.],
           [2., 5.]])
    """
    each = list(parts) if before is None else [before, *parts]
    block = ByteBlock(np.concatenate([part.block.of_rows(part.rows) for part in each]))
    table = None if all(part.table is None for part in each) else _table_of(block, each)
    return replace(
        each[0], block=block, others=np.concatenate([part.others for part in each]), rows=None, table=table
    )


def _table_of(block: ByteBlock, parts: Sequence[Packed]) -> Array:
    """Return what the values of a block become, each as a part says that has it."""
    table = np.zeros((block.F.shape[1], block.size), parts[0].dtype)
    for part in parts:
        first, n = part.block.low - block.low, part.block.high - part.block.low + 1
        first, cut = max(first, 0), max(-first, 0)
        n = min(n - cut, block.size - first)
        table[:, first : first + n] = part.made.T[:, cut : cut + n]
    return table


def _looked_up(table: Array, at: Array) -> Array:
    """Return what each number is made into, (m, f): value by value where there are few, which is faster."""
    if table.shape[1] > _FEW:
        return np.asarray(table[np.arange(len(table)), at])
    found = np.repeat(table[None, :, 0], len(at), axis=0)
    for k in range(1, table.shape[1]):
        np.copyto(found, table[:, k], where=at == k)
    return found


def _at(values: Array, below: Rows, k: int) -> Array:
    """Return the k-th smallest number of each column, of values and how many numbers are at most each."""
    place = np.argmax(below > k, axis=0)
    return np.take_along_axis(values, place[None], axis=0)[0]


def _medians(C: Array) -> Array:
    found = np.full(C.shape[1], np.nan)
    known = ~np.isnan(C).all(axis=0)
    found[known] = np.nanmedian(C[:, known], axis=0)
    return found
