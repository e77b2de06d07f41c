"""Tables that are larger than memory, read a block at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hassenet.cli.reading import TableOptions
from hassenet.errors import counted

if TYPE_CHECKING:
    from hassenet.data.stream import Stream
    from hassenet.tables import Table

LARGE = 256 << 20
"""Bytes of columns beyond which a Parquet file is read a block at a time."""
_SHOWN = 100
_WITHOUT_A_PART = ("max_columns", "max_unfolded")


def is_streamed(path: Path) -> bool:
    """Return whether a table is read a block at a time: a folder of Parquet, or a large file of it."""
    if path.is_dir():
        return True
    return path.suffix.lower() in (".parquet", ".pq") and _unfolded(path) > LARGE


def _unfolded(path: Path) -> int:
    """Return how many bytes the columns of a file have; nothing of one that is not Parquet, which others refuse."""
    from hassenet.files.optional import pyarrow

    try:
        end = pyarrow("parquet").read_metadata(path)
    except (OSError, pyarrow().ArrowException):
        return 0
    return sum(end.row_group(k).total_byte_size for k in range(end.num_row_groups))


def check_reading(reading: TableOptions) -> None:
    """Refuse options about tables of another kind."""
    given = [f.name for f in fields(reading) if getattr(reading, f.name) is not None]
    other = [name for name in given if name not in _WITHOUT_A_PART]
    if other:
        raise click.UsageError(
            f"--{other[0].replace('_', '-')} is not about Parquet that is read a block at a time; leave it out"
        )


def open_stream(path: Path) -> Stream:
    """Return a table that is read a block at a time."""
    from hassenet.streams import open

    return open(path)


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


def blocks_of(path: Path, wanted: Iterable[str]) -> Iterator[Table]:
    """Yield the rows of a table block by block, with those of some columns that it has."""
    stream = open_stream(path)
    names = [name for name in dict.fromkeys(wanted) if name in set(stream.columns)]
    for block in stream.select(names).blocks():
        yield _table(block)


def _chunked(block: Any) -> dict[str, Any]:
    return {name: block.column(name) for name in block.column_names}


def told(rows: int, out: Path) -> str:
    """Return what is printed of predictions."""
    return f"{counted(rows, 'row')} predicted, a block at a time: {'standard output' if str(out) == '-' else out}"
