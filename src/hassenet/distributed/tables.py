"""Tables whose partitions lie on the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import NUMBERS
from hassenet.data.counted_cells import CountedCells, one_column
from hassenet.data.doubts import Doubts, doubts_in, doubts_joined
from hassenet.data.known import Known
from hassenet.data.match import Match
from hassenet.data.table import columns_of
from hassenet.data.table_elsewhere import TableElsewhere
from hassenet.distributed.cluster import Cluster, Future
from hassenet.distributed.partition import kind_of, numbers
from hassenet.distributed.rows import RowsOnWorkers
from hassenet.distributed.spread import Spread
from hassenet.distributed.targets import TargetsOnWorkers, rows_of
from hassenet.files.optional import pandas, pyarrow

Array = NDArray[Any]


@final
@dataclass(frozen=True, eq=False, repr=False)
class TableOnWorkers(TableElsewhere):
    """Partitions of a table, a promise each.

    Parameters
    ----------
    cluster : Cluster
    futures : tuple of Future
        Of tables of pandas.
    spread : Spread
        All of their rows.
    heading : tuple of str
        The names of the columns.
    types : tuple of str
        Those of the columns, as pandas calls them.
    """

    cluster: Cluster
    futures: tuple[Future, ...]
    spread: Spread
    heading: tuple[str, ...]
    types: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.heading

    def __len__(self) -> int:
        return self.spread.m

    @cached_property
    def of_numbers(self) -> frozenset[str]:
        """The columns of a type of numbers, and those of objects that are numbers in all partitions."""
        kinds = dict(zip(self.heading, map(kind_of, self.types), strict=True))
        others = [name for name, kind in kinds.items() if kind not in NUMBERS]
        if not others:
            return frozenset(self.heading)
        each = self.cluster.results(self.cluster.each(among_numbers, self.futures, others))
        return frozenset(self.heading).difference(others).union(set(others).intersection(*each))

    @property
    def has_gaps(self) -> bool:
        """Whether a column of numbers misses some."""
        names = [name for name in self.heading if name in self.of_numbers]
        known = self.known(names, None) if names else None
        return known is not None and bool((known.there < known.rows).any())

    def known(self, names: Sequence[str], rows: Array | None) -> Known:
        """Return what is known of columns of numbers, from some rows."""
        calls = [
            self.cluster.submit(Known.of, future, names, own)
            for future, own in zip(self.futures, self._own(rows), strict=True)
        ]
        found: Known = self.cluster.total(calls, Known.joined)
        return found

    def doubts(self, names: Sequence[str], rows: Array | None) -> Doubts:
        """Return what of columns of numbers may be meant otherwise, found where they are."""
        calls = [
            self.cluster.submit(doubts_in, future, names, own)
            for future, own in zip(self.futures, self._own(rows), strict=True)
        ]
        found: Doubts = self.cluster.total(calls, doubts_joined)
        return found

    def medians(self, names: Sequence[str], rows: Array | None) -> Array:
        """Return the median of each of these columns in some rows."""
        of_columns = self.through(Selected(names), names)
        return (of_columns if rows is None else of_columns[rows]).medians()

    def counted(self, names: Sequence[str], rows: Array | None) -> list[CountedCells]:
        """Return the different cells of each of these columns, counted where they are."""
        calls = [
            self.cluster.submit(counted_cells, future, names, own, first)
            for future, own, first in zip(
                self.futures, self._own(rows), self.spread.starts.tolist(), strict=False
            )
        ]
        found: list[CountedCells] = self.cluster.total(calls, _all_joined)
        return found

    def _own(self, rows: Array | None) -> list[Array | None]:
        """Return which rows of each partition are among some."""
        parts = {part: places for part, places, _ in self.spread.some(rows).parts}
        nothing = np.empty(0, np.int64)
        return [None if rows is None else parts.get(k, nothing) for k in range(len(self.futures))]

    def cells(self, names: Sequence[str]) -> Any:
        """Return whole columns, a table of Arrow, here."""
        tables = self.cluster.results(self.cluster.each(cells_of, self.futures, names))
        columns = [one_column([table.column(name) for table in tables]) for name in names]
        return pyarrow().table(columns, names=list(names))

    def brought(self, rows: Array | None) -> Any:
        """Return some rows, or all, as a table of pandas."""
        parts = list(self.spread.some(rows).parts)
        calls = [self.cluster.submit(_rows_of, self.futures[part], places) for part, places, _ in parts]
        order = np.argsort(np.concatenate([examples for _, _, examples in parts]))
        return pandas().concat(self.cluster.results(calls), ignore_index=True).iloc[order]

    def only(self, examples: TargetsOnWorkers) -> TableOnWorkers:
        """Return the rows that examples are, of which their partitions know."""
        return replace(self, futures=rows_of(examples, self.futures), spread=examples.spread)

    @property
    def numbers(self) -> RowsOnWorkers:
        """The columns side by side: float32 where all are of it, else float64."""
        dtype = np.dtype(np.float32 if set(self.types) == {"float32"} else np.float64)
        futures = tuple(self.cluster.each(numbers, self.futures, dtype))
        return RowsOnWorkers(self.cluster, futures, self.spread, self.heading, dtype)

    def through(self, function: Callable[[Any], Any], made: Sequence[str]) -> RowsOnWorkers:
        """Return the features that a function makes of the rows, float64."""
        futures = tuple(self.cluster.each(function, self.futures))
        return RowsOnWorkers(self.cluster, futures, self.spread, tuple(made), np.dtype(np.float64))


def _rows_of(part: Any, places: Array) -> Any:
    return part.iloc[places]


@final
class Selected:
    """A partition ↦ some of its columns of numbers, side by side."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def __call__(self, part: Any) -> Array:
        """Return the columns, (mₚ, n)."""
        columns = columns_of(part)
        column = Match.of(self.names, columns.names).column
        return np.stack(
            [np.asarray(columns.numbers(column[name]), np.float64) for name in self.names], axis=1
        )


def among_numbers(part: Any, names: Sequence[str]) -> frozenset[str]:
    """Return which columns of a partition hold numbers."""
    columns = columns_of(part)
    column = Match.of(names, columns.names).column
    return frozenset(name for name in names if columns.numbers(column[name]) is not None)


def cells_of(part: Any, names: Sequence[str]) -> Any:
    """Return columns of a partition as a table of Arrow."""
    columns = columns_of(part)
    column = Match.of(names, columns.names).column
    return pyarrow().table([columns.cells(column[name]) for name in names], names=list(names))


def counted_cells(part: Any, names: Sequence[str], rows: Array | None, first: int) -> list[CountedCells]:
    """Return the different cells of columns of a partition, the first row of which has this number."""
    table = cells_of(part, names)
    return [CountedCells.of(table.column(name), rows, first) for name in names]


def _all_joined(some: Sequence[list[CountedCells]]) -> list[CountedCells]:
    return [CountedCells.joined(each) for each in zip(*some, strict=True)]
