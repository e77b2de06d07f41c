"""AnnData in a file as a source of blocks: the matrix is read row by row, what is known of cells is in memory."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, final

import numpy as np

from hassenet.data.checks import check_numbers
from hassenet.data.source import Read, Rows, Source
from hassenet.errors import DataError
from hassenet.files.state import FileState
from hassenet.streams.known import digest_of
from hassenet.streams.rowwise import Rowwise, rows_of_a_block
from hassenet.streams.stored import SparseRows
from hassenet.tables.annotated import beside, check_matrix, check_shape, names_of
from hassenet.tables.annotated_file import H5ad, opened, sparse_parts
from hassenet.tables.block import Block
from hassenet.tables.cells import Cells
from hassenet.tables.table import Table


@final
@dataclass(frozen=True, eq=False)
class Annotated(Source):
    """A matrix whose columns are variables, beside the columns of ``obs``.

    Parameters
    ----------
    name : str
    matrix : Rowwise
    genes : tuple of str
        The names of the matrix's columns.
    cells : Cells
        What is known of the rows.
    told_apart_by : str
        A digest of these where they are not those of the file alone.
    """

    name: str
    matrix: Rowwise
    genes: tuple[str, ...]
    cells: Cells
    told_apart_by: str = ""

    @cached_property
    def columns(self) -> tuple[Hashable, ...]:
        """Those of ``obs``, then the variables."""
        return (*self.cells, *self.genes)

    @property
    def variables(self) -> tuple[Hashable, ...]:
        """The variables."""
        return self.genes

    @property
    def has_names(self) -> bool:
        """Variables have names."""
        return True

    @property
    def sizes(self) -> Rows:
        """How many rows each block has."""
        return self.matrix.sizes

    @property
    def runs(self) -> Rows:
        """Each block is a run of its own."""
        return self.matrix.runs

    @property
    def states(self) -> tuple[FileState, ...]:
        """That of the file."""
        return self.matrix.states

    @property
    def read_as(self) -> tuple[Any, ...]:
        """Which matrix is read, and what stands beside it."""
        return (*self.matrix.read_as, self.told_apart_by)

    @cached_property
    def _place(self) -> dict[Hashable, int]:
        return {name: k for k, name in enumerate(self.genes)}

    @contextmanager
    def reading(self, columns: Sequence[Hashable]) -> Iterator[Read]:
        """As :meth:`Source.reading`."""
        genes = tuple(str(name) for name in columns if name in self._place)
        others = self.cells.select(str(name) for name in columns if name not in self._place)
        if not genes:
            yield lambda block: Table(others.take(self._rows(block)))
            return
        with self.matrix.reading([self._place[name] for name in genes]) as read:
            yield lambda block: Table(Block(read(block), genes, others.take(self._rows(block))))

    def _rows(self, block: int) -> Rows:
        return np.arange(self.sizes[block]) + self.starts[block]

    def row_bytes(self, columns: Sequence[Hashable]) -> float:
        """As :meth:`Source.row_bytes`."""
        return self.matrix.row_bytes([name for name in columns if name in self._place])

    @property
    def known(self) -> Cells:
        """What is known of the rows."""
        return self.cells

    def knowing(self, known: Cells) -> Annotated:
        """Return the source with other columns beside the matrix."""
        return replace(self, cells=known, told_apart_by=digest_of(known))

    def place_of(self, block: int) -> tuple[str, int]:
        """As :meth:`Source.place_of`."""
        return self.matrix.place_of(block)

    def check(self, columns: Sequence[Hashable]) -> None:
        """There is one type a column."""


def annotated(path: Path, block: int | None, layer: str | None, names: str | None) -> Annotated:
    """Return a matrix of a .h5ad file, X or a layer, of which rows are read, and what its variables are called.

    Raises
    ------
    DataError
        If it is not AnnData, or the matrix is stored column by column.
    FeatureError
        If there is no such layer or column of var.
    """
    with opened(path) as file:
        matrix = _rows_of(file, layer)
        genes = names_of(file, layer, names)
        cells = beside(file, genes)
        check_matrix(path.name, matrix.shape)
        check_shape(path.name, matrix.shape, genes, cells)
        shape, size = matrix.shape, _row_bytes(matrix)
    rows = block or rows_of_a_block(size)
    return Annotated(
        path.name,
        Rowwise(path.name, shape, size, partial(_opened, path, layer), rows, (FileState.of(path),)),
        genes,
        cells,
    )


def size_in_rows(path: Path, layer: str | None = None) -> float:
    """Return how many bytes a matrix of a .h5ad file has in memory; 0 where it cannot be read row by row.

    Raises
    ------
    DataError, FeatureError
        If it is not AnnData, or there is no such layer.
    """
    with opened(path) as file:
        try:
            matrix = _rows_of(file, layer)
        except DataError:
            return 0.0
        return _row_bytes(matrix) * matrix.shape[0] if len(matrix.shape) == 2 else 0.0


@contextmanager
def _opened(path: Path, layer: str | None) -> Iterator[Any]:
    with opened(path) as file:
        yield _rows_of(file, layer)


def _rows_of(file: H5ad, layer: str | None) -> Any:
    """Return a matrix of an open file, which gives rows by slices."""
    node = file.node(layer)
    if not hasattr(node, "keys"):
        check_numbers(f"the matrix of {file.name}", node)
        return node
    found = sparse_parts(file.name, node)
    if found.kind != "csr":
        part = "X" if file.is_x(layer) else "raw.X" if file.is_raw(layer) else f"layers[{layer!r}]"
        to = "layers['raw']" if file.is_raw(layer) else part
        raise DataError(
            f"rows are read, and {part} of {file.name} is {found.kind}, stored column by column; write it "
            f"anew: adata.{to} = adata.{part}.tocsr()"
        )
    return SparseRows(found.data, found.indices, found.indptr[...], found.shape[1], file.name)


def _row_bytes(matrix: Any) -> float:
    if not isinstance(matrix, SparseRows):
        return float(matrix.dtype.itemsize * matrix.shape[1])
    entry = matrix.data.dtype.itemsize + matrix.indices.dtype.itemsize
    return float(matrix.data.shape[0] * entry / max(matrix.shape[0], 1))
