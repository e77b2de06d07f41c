"""Features whose rows lie on the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse, vstack

from hassenet.data.elsewhere import Elsewhere
from hassenet.distributed import medians as bisection
from hassenet.distributed.cluster import Cluster, Future
from hassenet.distributed.mapped import Mapped, added
from hassenet.distributed.spread import Rows, Spread
from hassenet.distributed.summary import Summary
from hassenet.distributed.targets import TargetsOnWorkers, rows_of

Array = NDArray[Any]


@final
@dataclass(frozen=True, eq=False, repr=False)
class RowsOnWorkers(Elsewhere):
    """Partitions of rows, a promise each.

    Parameters
    ----------
    cluster : Cluster
    futures : tuple of Future
        Of (mₚ, n) arrays, or sparse ones.
    spread : Spread
        Which rows of them are meant.
    heading : tuple of str, or int
        Their names, or how many there are.
    type : numpy.dtype
    is_sparse : bool
        Whether the arrays are sparse.
    """

    cluster: Cluster
    futures: tuple[Future, ...]
    spread: Spread
    heading: tuple[str, ...] | int
    type: np.dtype[Any]
    is_sparse: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """M and n."""
        return self.spread.m, self.heading if isinstance(self.heading, int) else len(self.heading)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers."""
        return self.type

    @property
    def names(self) -> tuple[str, ...] | None:
        """The names of the columns."""
        return None if isinstance(self.heading, int) else self.heading

    @cached_property
    def _summary(self) -> Summary:
        """What is known of all rows, those that are not meant here among them."""
        each = zip(self.futures, self.spread.starts.tolist(), strict=False)
        own = [self.cluster.submit(Summary.of, future, first) for future, first in each]
        found: Summary = self.cluster.total(own, Summary.joined)
        return found

    @property
    def bounds(self) -> tuple[Array, Array]:
        """The least and the largest number of each column."""
        return self._summary.low, self._summary.high

    @property
    def has_gaps(self) -> NDArray[np.bool_]:
        """Which columns have a NaN."""
        return self._summary.has_gaps

    @property
    def digest(self) -> Array:
        """Bounds, what marks the rows however they are divided, how many there are, and which of them are meant."""
        rows = self.spread.starts[-1:] if self.spread.rows is None else self.spread.rows
        return np.concatenate([self._summary.digest, rows])

    def __getitem__(self, places: Any) -> Self:
        """Return some of the rows, or some of the columns."""
        if isinstance(places, tuple):
            return self._of_columns(np.arange(self.shape[1])[places[1]])
        return replace(self, spread=self.spread.some(places))

    def _of_columns(self, places: Rows) -> Self:
        columns = len(places) if self.names is None else tuple(self.names[k] for k in places)
        return replace(self.mapped(_Columns(places)), heading=columns)

    def mapped(self, function: Callable[[Any], Any]) -> Self:
        """Return what a function makes of each partition."""
        made = function(self._example)
        return replace(
            self,
            futures=tuple(self.cluster.each(function, self.futures)),
            type=made.dtype,
            is_sparse=bool(issparse(made)),
        )

    @property
    def _example(self) -> Any:
        zeros = np.zeros((1, self.shape[1]), self.type)
        return csr_array(zeros) if self.is_sparse else zeros

    def medians(self) -> Array:
        """The median of each column, exactly; of a sparse column that is mostly zeros 0."""
        if self.is_sparse:
            return self._medians_of_sparse()
        parts = [self.cluster.submit(bisection.in_order, *one) for one in self._meant]
        return bisection.medians(lambda points: self._counts(parts, points), self.shape[1])

    def _medians_of_sparse(self) -> Array:
        found = np.zeros(self.shape[1])
        dense = np.flatnonzero(2 * self.summed(_stored) >= self.shape[0])
        if len(dense):
            found[dense] = self[:, dense].mapped(_toarray).medians()
        return found

    def _counts(self, ordered: Sequence[Future], points: Array) -> Array:
        """Return how many numbers of each column are at most each of some points."""
        found: Array = self.cluster.total(self.cluster.each(bisection.counts, ordered, points), added)
        return found

    def summed(self, function: Callable[[Any], Array]) -> Array:
        """Return the sum of what a function makes of the rows of each partition."""
        futures = [self.cluster.submit(_of_rows, function, *one) for one in self._meant]
        found: Array = self.cluster.total(futures, added)
        return found

    @property
    def _meant(self) -> Iterator[tuple[Future, Rows | slice]]:
        """Yield each partition of which rows are meant, and which."""
        if self.spread.rows is None:
            yield from ((future, slice(None)) for future in self.futures)
        else:
            yield from ((self.futures[part], rows) for part, rows, _ in self.spread.parts)

    def only(self, examples: TargetsOnWorkers) -> RowsOnWorkers:
        """Return the rows that examples are, of which their partitions know."""
        return replace(self, futures=rows_of(examples, self.futures), spread=examples.spread)

    def computed_by(self, engine: Any) -> Mapped:
        """Return the engine that has another compute on the workers."""
        return Mapped(self.cluster, engine)

    def brought(self) -> Any:
        """Return the rows themselves."""
        parts = list(self.spread.parts)
        futures = [self.cluster.submit(_taken, self.futures[part], rows) for part, rows, _ in parts]
        values = self.cluster.results(futures)
        order = np.argsort(np.concatenate([examples for _, _, examples in parts]))
        return vstack(values, format="csr")[order] if self.is_sparse else np.concatenate(values)[order]

    def __repr__(self) -> str:
        return f"RowsOnWorkers({self.shape[0]:,} rows of {self.shape[1]:,} columns, {len(self.futures)} partitions)"


@final
@dataclass(frozen=True, eq=False)
class _Columns:
    places: Rows

    def __call__(self, X: Any) -> Any:
        columns = X[:, self.places]
        return columns if issparse(columns) else np.ascontiguousarray(columns)


def _stored(X: Any) -> Array:
    """Return how many values of each column of a sparse array are stored."""
    return np.bincount(X.indices, minlength=X.shape[1])


def _toarray(X: Any) -> Array:
    return np.asarray(X.toarray())


def _taken(X: Any, rows: Rows) -> Any:
    return X[rows]


def _of_rows(function: Callable[[Any], Array], X: Any, rows: Rows | slice) -> Array:
    return function(X[rows])
