"""Tables that are larger than memory, read a block at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast, final

import click

from hassenet.cli.reading import TableOptions
from hassenet.errors import HassenetError, counted

if TYPE_CHECKING:
    from hassenet.data.rows_called import RowsCalled
    from hassenet.data.stream import Stream
    from hassenet.tables import Table

LARGE = 256 << 20
"""Bytes of columns beyond which a file is read a block at a time, of columns, cells or genotypes; of text its own."""
_SHOWN = 100
_WITHOUT_A_PART = ("max_columns", "max_unfolded", "cache")
_OF_CELLS = ("layer", "var_names")
_OF_TEXT = ("sep", "decimal", "encoding")
_GENOTYPES_OF_A_BYTE = 4
_ROW = "\0row"


def is_streamed(path: Path, layer: str | None = None) -> bool:
    """Return whether a table is read a block at a time: a folder of Parquet or Arrow, or a large file of any kind.

    ``layer`` is the one to take of AnnData.
    """
    if path.is_dir():
        return True
    if _is_text(path):
        return path.stat().st_size > LARGE
    if _is_plink(path):
        return path.stat().st_size * _GENOTYPES_OF_A_BYTE > LARGE
    if _is_annotated(path):
        return _of_cells(path, layer) > LARGE
    return _kind(path) is not None and _unfolded(path) > LARGE


def _of_cells(path: Path, layer: str | None) -> float:
    """Return how many bytes a matrix of AnnData has; nothing of what is at fault, which others refuse."""
    from hassenet.streams.annotated import size_in_rows

    try:
        return size_in_rows(path, layer)
    except HassenetError:
        return 0.0


def _is_annotated(path: Path) -> bool:
    return path.suffix.lower() == ".h5ad" and path.is_file()


def _is_plink(path: Path) -> bool:
    return path.suffix.lower() == ".bed" and path.is_file()


def _is_text(path: Path) -> bool:
    from hassenet.tables.formats import TEXT

    return path.suffix.lower() in TEXT and path.is_file()


def _kind(path: Path) -> str | None:
    """Return the kind of a file of typed columns, None for others."""
    from hassenet.tables.formats import TYPED

    return TYPED.get(path.suffix.lower())


def _unfolded(path: Path) -> int:
    """Return how many bytes the columns of a file have; nothing of one that is not whole, which others refuse."""
    from hassenet.files.optional import pyarrow
    from hassenet.streams.columnar import opened_at

    try:
        with closing(opened_at(path)) as file:
            return file.about
    except (OSError, pyarrow().ArrowException):
        return 0


def open_stream(path: Path, reading: TableOptions) -> Stream:
    """Return a table that is read a block at a time; refuse options about tables of another kind."""
    from hassenet.streams import open

    given = {f.name for f in fields(reading) if getattr(reading, f.name) is not None}
    given -= {"transpose"} if reading.transpose is False else set()
    if _is_plink(path):
        _check_others(given - {*_WITHOUT_A_PART, "targets"} | given & {"cache"}, "a .bed")
        stream = open(path)
        return _with_targets(stream, path, reading)
    if _is_annotated(path):
        _check_others(given - {*_WITHOUT_A_PART, *_OF_CELLS, "targets"}, "AnnData")
        stream = open(path, cache=reading.cache, layer=reading.layer, names=reading.var_names)
        return _with_targets(stream, path, reading)
    if not _is_text(path):
        _check_others(given - {*_WITHOUT_A_PART}, _kind(path) or "Parquet or Arrow")
        return open(path, cache=reading.cache)
    _check_others(given - {*_WITHOUT_A_PART, *_OF_TEXT}, "text")
    return open(
        path,
        cache=reading.cache,
        sep=reading.mark,
        decimal=reading.decimal,
        encoding=reading.encoding,
        transpose=reading.transpose,
    )


def _with_targets(stream: Any, path: Path, reading: TableOptions) -> Stream:
    """Return people or cells with the columns of a second table beside those of their own: those that are in both."""
    if reading.targets is None:
        return stream.select(stream.columns)
    import numpy as np

    from hassenet.tables import Table
    from hassenet.tables.cells import Cells
    from hassenet.tables.joining import joined

    numbered = Table(stream.source.known).with_columns({_ROW: np.arange(len(stream))})
    targets = reading.of_targets.read_alone(reading.targets)
    both = joined(numbered, path.name, targets, reading.targets.name)
    place = np.zeros(len(stream), np.int64)  # those that are not in both are left out below
    place[both[_ROW]] = np.arange(len(both))
    known = both.select(name for name in both.columns if name != _ROW).take(place)
    source = stream.source.knowing(cast(Cells, known.values))
    return replace(stream, source=source, features=source.columns)[both[_ROW]]


def _check_others(names: set[str], kind: str) -> None:
    if names:
        raise click.UsageError(
            f"--{min(names).replace('_', '-')} is not about {kind} that is read a block at a time; leave it out"
        )


def head_of(stream: Stream) -> Table:
    """Return the first rows of a stream, with all of its columns."""
    return _table(stream.head(_SHOWN))


def columns_in_memory(stream: Stream, names: Sequence[str]) -> Table:
    """Return all rows of some columns."""
    return _table(stream.cells(names))


def _table(block: Any) -> Table:
    from hassenet.tables import Table
    from hassenet.tables.cells import Cells

    return block if isinstance(block, Table) else Table(Cells.typed(_chunked(block)))


@final
class Block(NamedTuple):
    """Some rows of a table, and what messages call them."""

    table: Table
    rows: RowsCalled

    @staticmethod
    def of_all(table: Table) -> Block:
        """Return all rows of a table in memory."""
        import numpy as np

        from hassenet.data.rows_called import RowsCalled

        return Block(table, RowsCalled("", np.arange(len(table))))

    def take(self, rows: Any) -> Block:
        """Return some of the rows."""
        return Block(self.table.take(rows), self.rows.take(rows))


def blocks_of(stream: Stream, wanted: Iterable[str]) -> Iterator[Block]:
    """Yield the rows of a table block by block, with those of some columns that it has."""
    there = set(stream.columns)
    names = [name for name in dict.fromkeys(wanted) if name in there]
    for k, block in zip(stream.filled, stream.select(names).blocks(), strict=True):
        yield Block(_table(block), stream.rows_called(k))


def _chunked(block: Any) -> dict[str, Any]:
    return {name: block.column(name) for name in block.column_names}


def told(rows: int, out: Path) -> str:
    """Return what is printed of predictions."""
    return f"{counted(rows, 'row')} predicted, a block at a time: {'standard output' if str(out) == '-' else out}"
