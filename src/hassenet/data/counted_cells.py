"""The different cells of a column whose rows are looked at a part at a time, and how often each stands there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.arrow import as_cells
from hassenet.files.optional import pyarrow

Counts = NDArray[np.int64]


@final
class CountedCells(NamedTuple):
    """The cells of a column, each once in the order of their first rows, a missing one among them.

    Attributes
    ----------
    cells : (r,) array of Arrow
    times : (r,) array of int
        How many of all rows have each.
    learned : (r,) array of int
        How many of the rows to learn from.
    firsts : (r,) array of int
        The number of the first row of each.
    """

    cells: Any
    times: Counts
    learned: Counts
    firsts: Counts

    @staticmethod
    def of(cells: Any, rows: NDArray[np.int64] | None = None, first: int = 0) -> CountedCells:
        """Return those of a column, the first row of which has this number among all.

        Cells of a type without an equal, as lists, stay as they are.

        Examples
        --------
        >>> found = CountedCells.of(pyarrow().array(["b", "a", None, "b"]), np.array([0, 3]))
        >>> found.cells.to_pylist(), found.times.tolist(), found.learned.tolist(), found.firsts.tolist()
        (['b', 'a', None], [2, 1, 1], [2, 0, 0], [0, 1, 2])
        """
        m = len(cells)
        learned = np.ones(m, np.int64)
        if rows is not None:
            learned = np.bincount(rows, minlength=m)
        return CountedCells(cells, np.ones(m, np.int64), learned, np.arange(first, first + m)).once()

    @staticmethod
    def joined(some: Sequence[CountedCells]) -> CountedCells:
        """Return those of several parts, one after the other."""
        counts = (np.concatenate(each) for each in list(zip(*some, strict=True))[1:])
        return CountedCells(one_column([one.cells for one in some]), *counts).once()

    def once(self) -> CountedCells:
        """Return each cell once."""
        place = _places(self.cells)
        if place is None:
            return self
        _, first = np.unique(place, return_index=True)
        times, learned = (np.bincount(place, n).astype(np.int64) for n in (self.times, self.learned))
        cells = self.cells.take(pyarrow().array(first))
        return CountedCells(cells, times, learned, self.firsts[first])


def _places(cells: Any) -> NDArray[np.int64] | None:
    """Return which of the different cells each is, by their first rows; None where they have no equal."""
    arrow = pyarrow()
    chunked = cells if hasattr(cells, "chunks") else arrow.chunked_array([cells])
    try:
        if arrow.types.is_dictionary(chunked.type):
            chunked = chunked.cast(chunked.type.value_type)
        chunks = chunked.dictionary_encode("encode").unify_dictionaries().chunks
    except (arrow.ArrowInvalid, arrow.ArrowNotImplementedError):
        return None
    codes = [np.asarray(chunk.indices.to_numpy(zero_copy_only=False)) for chunk in chunks]
    found = np.concatenate([np.empty(0, np.int64), *codes])
    different, first, place = np.unique(found, return_index=True, return_inverse=True)
    rank = np.empty(len(different), np.int64)
    rank[np.argsort(first)] = np.arange(len(different))
    return rank[place]


def one_column(parts: Sequence[Any]) -> Any:
    """Return the cells of all parts; those without a type in common, as text and numbers, by their texts."""
    arrow = pyarrow()
    tables = [arrow.table([part], names=["x"]) for part in parts]
    try:
        return arrow.concat_tables(tables, promote_options="permissive").column("x")
    except (arrow.ArrowInvalid, arrow.ArrowTypeError):
        return as_cells(np.array([cell for part in parts for cell in part.to_pylist()], object))
