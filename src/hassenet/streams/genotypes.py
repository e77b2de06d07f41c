"""PLINK's genotypes as a source of blocks: people are read some at a time, what is known of them is in memory."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, final

import numpy as np
from scipy.sparse import csc_array

from hassenet.data.genotypes import turned_places
from hassenet.data.source import Read, Rows, Source, cut
from hassenet.errors import ShapeError
from hassenet.files.state import FileState
from hassenet.streams.known import digest_of
from hassenet.tables.bed import MISSING, Bed
from hassenet.tables.block import Block
from hassenet.tables.cells import Cells
from hassenet.tables.genotypes import cohort_at, warn_of_missing
from hassenet.tables.table import Table

BLOCK, _CELL = 32 << 20, 8
"""Bytes of a block: each is read from all SNPs, so that larger ones are read fewer times."""


@final
@dataclass(frozen=True, eq=False)
class Genotypes(Source):
    """A .bed, beside the columns of its .fam.

    Parameters
    ----------
    name : str
    bed : Bed
    snps : tuple of str
    alleles : tuple of str
        "A/G" for each SNP, where A is counted.
    people : Cells
        What is known of the rows.
    block : int
        How many people are read together.
    fill : (n,) array of int8
        What stands where a genotype of each SNP is missing.
    files : tuple of FileState
    turned : (n,) array of bool, optional
        Of which SNPs the other allele is counted than in the file.
    told_apart_by : str
        A digest of what is known of people where that is not of the .fam alone.
    """

    name: str
    bed: Bed
    snps: tuple[str, ...]
    alleles: tuple[str, ...]
    people: Cells
    block: int
    fill: Any
    files: tuple[FileState, ...]
    turned: Any = None
    told_apart_by: str = ""

    is_compact: ClassVar[bool] = True

    @cached_property
    def columns(self) -> tuple[Hashable, ...]:
        """Those of the .fam, then the SNPs."""
        return (*self.people, *self.snps)

    @property
    def variables(self) -> tuple[Hashable, ...]:
        """The SNPs."""
        return self.snps

    @property
    def has_names(self) -> bool:
        """SNPs have names."""
        return True

    @property
    def states(self) -> tuple[FileState, ...]:
        """Those of the three files."""
        return self.files

    @cached_property
    def sizes(self) -> Rows:
        """How many people each block has."""
        return cut(self.bed.m, self.block)

    @cached_property
    def runs(self) -> Rows:
        """Each block is a run of its own."""
        return np.arange(len(self.sizes))

    @cached_property
    def _place(self) -> dict[Hashable, int]:
        return {name: k for k, name in enumerate(self.snps)}

    @cached_property
    def allele(self) -> dict[str, str]:
        """The alleles of each SNP, as they are counted."""
        return dict(zip(self.snps, self.alleles, strict=True))

    @property
    def known(self) -> Cells:
        """What is known of the rows."""
        return self.people

    def knowing(self, known: Cells) -> Genotypes:
        """Return the source with other columns beside the genotypes."""
        return replace(self, people=known, told_apart_by=digest_of(known))

    @property
    def read_as(self) -> tuple[Any, ...]:
        """What stands beside the genotypes."""
        return (self.told_apart_by,)

    @contextmanager
    def reading(self, columns: Sequence[Hashable]) -> Iterator[Read]:
        """As :meth:`Source.reading`."""
        names = tuple(str(name) for name in columns if name in self._place)
        others = self.people.select(str(name) for name in columns if name not in self._place)
        places = np.array([self._place[name] for name in names], np.int64)
        with self.bed.opened() as file:
            yield lambda block: Table(self._read(file, block, names, places, others))

    def _read(
        self, file: int, block: int, names: tuple[str, ...], places: Rows, others: Cells
    ) -> Block | Cells:
        for state in self.files:
            state.check()
        start, size = int(self.starts[block]), int(self.sizes[block])
        beside = others.take(np.arange(start, start + size))
        if not names:
            return beside
        X = self.bed.genotypes(file, start, start + size, places)
        gaps = csc_array(X == MISSING)
        return Block(self._counted(X, gaps, places), names, beside, self._alleles_of(names), gaps)

    def _counted(self, X: Any, gaps: Any, places: Rows) -> Any:
        """Return genotypes of some SNPs with the alleles that are counted, and what stands for those missing."""
        if self.turned is not None:
            for k in np.flatnonzero(self.turned[places]):
                X[:, k] = 2 - X[:, k]
        rows, columns = gaps.nonzero()
        X[rows, columns] = self.fill[places[columns]]
        return X

    def _alleles_of(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.allele[name] for name in names)

    def row_bytes(self, columns: Sequence[Hashable]) -> float:
        """As :meth:`Source.row_bytes`."""
        n = sum(name in self._place for name in columns)
        return float(n + _CELL * (len(columns) - n))

    def place_of(self, block: int) -> tuple[str, int]:
        """As :meth:`Source.place_of`."""
        return self.name, int(self.starts[block])

    def check(self, columns: Sequence[Hashable]) -> None:
        """There is one type a column."""

    # ---------------------------------------------------------------- what a model knows

    def most_frequent(self, snps: Sequence[str], people: Rows | None = None) -> Any:
        """Return the most frequent genotype of SNPs in some people, by default in all; 0 where none is known."""
        found = self.bed.counts(people)[:3]
        if self.turned is not None:
            found[:, self.turned] = found[::-1, self.turned]
        return found.argmax(axis=0).astype(np.int8)[[self._place[name] for name in snps]]

    def as_counted(self, snps: Sequence[str], alleles: Sequence[str], values: Any) -> Genotypes:
        """Return the source with the alleles of SNPs counted that a model counts, and its values for those missing.

        Warns
        -----
        HassenetWarning
            If SNPs have A1 and A2 the other way round.

        Raises
        ------
        FeatureError
            If a SNP has other alleles.
        """
        places = np.array([self._place[snp] for snp in snps], np.int64)
        theirs = self._alleles_of(snps)
        turned, fill, own = np.zeros(len(self.snps), bool), self.fill.copy(), list(self.alleles)
        turned[places[turned_places(snps, alleles, theirs)]] = True
        fill[places] = np.asarray(values).astype(np.int8)
        for place, allele in zip(places.tolist(), alleles, strict=True):
            own[place] = allele
        before = np.zeros_like(turned) if self.turned is None else self.turned
        return replace(self, turned=turned ^ before, fill=fill, alleles=tuple(own))


def genotypes(path: Path, block: int | None) -> Genotypes:
    """Return the genotypes in a .bed, which are counted once, and then read some people at a time.

    Raises
    ------
    DataError
        If one of the three files is missing, is not of that format, or they do not belong together.
    """
    cohort = cohort_at(path)
    files = tuple(FileState.of(path.with_suffix(suffix)) for suffix in (".bed", ".bim", ".fam"))
    bed = Bed(path, cohort.people.n_rows, len(cohort.snps))
    if not bed.m or not bed.n:
        raise ShapeError(
            f"a stream has rows and columns; {path.name} has {bed.m:,} people and {bed.n:,} SNPs; give one with both"
        )
    counts, block = bed.counts(), block or _people_of_a_block(bed)
    warn_of_missing(path, counts[3], bed.m)
    fill = counts[:3].argmax(axis=0).astype(np.int8)
    return Genotypes(path.name, bed, *cohort, block, fill, files)


def _people_of_a_block(bed: Bed) -> int:
    """Return how many people have about so many bytes: whole bytes of a file, four at least."""
    return max(BLOCK // max(bed.n, 1) // 4, 1) * 4
