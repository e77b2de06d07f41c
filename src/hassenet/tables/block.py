"""The columns of a table that are one array, beside others: measurements of cells, genotypes of people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, issparse, vstack

from hassenet.data.genotypes import most_frequent
from hassenet.data.windows import stacked
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
    alleles : tuple of str
        Of genotypes: "A/G" for each column, where A is counted; else none.
    gaps : (m, n) csc_array of bool, optional
        Of genotypes: which are missing. In X the most frequent one of their SNP stands for them, alone they are NaN.
    """

    X: Any
    names: tuple[str, ...]
    beside: Cells
    alleles: tuple[str, ...] = ()
    gaps: Any = None

    @cached_property
    def _place(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self.names)}

    @cached_property
    def allele(self) -> dict[str, str]:
        """The alleles of each SNP, as they are counted."""
        return dict(zip(self.names, self.alleles, strict=False))

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return int(self.X.shape[0])

    def holds(self, names: Iterable[str]) -> bool:
        """Return whether all of some names are columns of X."""
        return all(name in self._place for name in names)

    def part(self, names: Sequence[str]) -> Any:
        """Return columns of X as they are held, in the order of their names; X itself where these are all."""
        return self._among(self.X, names)

    def gaps_of(self, names: Sequence[str]) -> Any:
        """Return which genotypes of some SNPs are missing; None where nothing is known of gaps."""
        return None if self.gaps is None else self._among(self.gaps, names)

    def most_frequent(self, names: Sequence[str], rows: NDArray[np.int64] | None = None) -> NDArray[np.int8]:
        """Return the most frequent genotype of SNPs in some rows, by default in all; 0 where none is known."""
        gaps = self.gaps_of(names)
        return most_frequent(self.part(names), gaps, rows)

    def _among(self, X: Any, names: Sequence[str]) -> Any:
        places = [self._place[name] for name in names]
        return X if places == list(range(X.shape[1])) else X[:, places]

    def _with(self, names: tuple[str, ...], beside: Cells) -> Block:
        """Return some columns of the block, beside others."""
        alleles = tuple(self.allele[name] for name in names) if self.alleles else ()
        return Block(self.part(names), names, beside, alleles, self.gaps_of(names))

    def select(self, names: Iterable[str]) -> Block | Cells:
        """Return some of the columns; those beside come first."""
        names = tuple(names)
        own = tuple(name for name in names if name in self._place)
        beside = Cells({name: self.beside.stored[name] for name in names if name not in self._place})
        return self._with(own, beside) if own else beside

    def take(self, rows: NDArray[np.int64]) -> Block:
        """Return some of the rows."""
        gaps = None if self.gaps is None else self.gaps[rows]
        return Block(self.X[rows], self.names, self.beside.take(rows), self.alleles, gaps)

    def above(self, others: Sequence[Block]) -> Block:
        """Return the block with the rows of others below, whose columns are the same and count the same alleles."""
        blocks = (self, *others)
        gaps = None if self.gaps is None else csc_array(vstack([block.gaps for block in blocks]))
        below = [block.beside for block in others]
        return Block(stacked([b.X for b in blocks]), self.names, self.beside.above(below), self.alleles, gaps)

    def with_beside(self, columns: Cells) -> Block:
        """Return a block with further columns beside it; those of a name that is there take its place."""
        replaced = self if not self._place.keys() & columns.stored.keys() else self._without(columns)
        return replaced._with(replaced.names, Cells({**self.beside.stored, **columns.stored}))

    def _without(self, columns: Cells) -> Block:
        kept = tuple(name for name in self.names if name not in columns)
        return self._with(kept, self.beside)

    def __getitem__(self, name: str) -> Column:
        if name not in self._place:
            return self.beside[name]
        column = self.X[:, [self._place[name]]]
        values = np.asarray(column.toarray() if issparse(column) else column)[:, 0]
        return values if self.gaps is None else self._with_gaps(values, name)

    def _with_gaps(self, values: Column, name: str) -> Column:
        gaps = self.gaps[:, [self._place[name]]].toarray()[:, 0]
        return np.where(gaps, np.nan, values) if gaps.any() else values

    def __contains__(self, name: object) -> bool:
        return name in self._place or name in self.beside

    def __iter__(self) -> Iterator[str]:
        return chain(self.beside, self.names)

    def __len__(self) -> int:
        return len(self.beside) + len(self.names)
