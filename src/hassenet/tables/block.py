"""The columns of a table that are one array, beside others: measurements of cells, genotypes of people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.tables.cells import Cells
from hassenet.tables.stored import Column


@final
@dataclass(frozen=True, eq=False)
class Block(Mapping[str, Column]):
    """Columns by their names: those beside the block first, then those of the block, in their order.

    What is asked for together is handed over as it is held: a sparse array stays sparse, whole numbers of one byte
    stay so.

    Parameters
    ----------
    X : (m, n) array or csr_array
    names : tuple of str
        Those of the columns of X; each once, and none is beside them.
    beside : Cells
        What describes the rows.
    """

    X: Any
    names: tuple[str, ...]
    beside: Cells

    @cached_property
    def _place(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self.names)}

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return int(self.X.shape[0])

    def holds(self, names: Iterable[str]) -> bool:
        """Return whether all of some names are columns of X."""
        return all(name in self._place for name in names)

    def part(self, names: Sequence[str]) -> Any:
        """Return columns of X as they are held, in the order of their names; X itself where these are all."""
        places = [self._place[name] for name in names]
        return self.X if places == list(range(self.X.shape[1])) else self.X[:, places]

    def select(self, names: Iterable[str]) -> Block | Cells:
        """Return some of the columns; those beside come first."""
        names = tuple(names)
        own = tuple(name for name in names if name in self._place)
        beside = Cells({name: self.beside.stored[name] for name in names if name not in self._place})
        return Block(self.part(own), own, beside) if own else beside

    def take(self, rows: NDArray[np.int64]) -> Block:
        """Return some of the rows."""
        return Block(self.X[rows], self.names, self.beside.take(rows))

    def with_beside(self, columns: Cells) -> Block:
        """Return a block with further columns beside it; those of a name that is there take its place."""
        replaced = self if not self._place.keys() & columns.stored.keys() else self._without(columns)
        return Block(replaced.X, replaced.names, Cells({**self.beside.stored, **columns.stored}))

    def _without(self, columns: Cells) -> Block:
        kept = tuple(name for name in self.names if name not in columns)
        return Block(self.part(kept), kept, self.beside)

    def __getitem__(self, name: str) -> Column:
        if name not in self._place:
            return self.beside[name]
        column = self.X[:, [self._place[name]]]
        return np.asarray(column.toarray() if issparse(column) else column)[:, 0]

    def __contains__(self, name: object) -> bool:
        return name in self._place or name in self.beside

    def __iter__(self) -> Iterator[str]:
        return chain(self.beside, self.names)

    def __len__(self) -> int:
        return len(self.beside) + len(self.names)
