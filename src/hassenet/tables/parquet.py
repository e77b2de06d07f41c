"""The content of a Parquet file to its columns, counted while it unfolds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hassenet.data.row_labels import labels_first, row_labels_of
from hassenet.errors import DataError
from hassenet.files.optional import pyarrow
from hassenet.files.unfolding import too_much
from hassenet.tables.content import TableContent
from hassenet.tables.limits import Limits
from hassenet.tables.text import brief

_FIRST_ROWS = 64
_MOST_ROWS = 1 << 16
_PARTS = 16
_OFFSET = 4  # bytes that Arrow keeps a cell of no fixed width, beside its content


def of_parquet(content: TableContent, wanted: Any) -> Any:
    """Return what is wanted of a Parquet file, or say that it is not one."""
    parquet = pyarrow("parquet")
    try:
        return wanted(parquet.ParquetFile(pyarrow().BufferReader(content.data)))
    except (pyarrow().ArrowException, OSError) as error:
        raise DataError(
            f"{content.path.name} is not a whole Parquet file: {brief(error)}; write it anew"
        ) from None


def names_of(content: TableContent) -> list[str]:
    """Return the names of a file's columns, those first that name its rows."""
    return list(of_parquet(content, lambda file: labels_first(file.schema_arrow)))


def row_labels_in(content: TableContent) -> tuple[str, ...]:
    """Return the columns of a file that are the index of a frame of pandas."""
    return of_parquet(content, lambda file: row_labels_of(file.schema_arrow))


def columns_of(content: TableContent, names: Sequence[str], limits: Limits) -> Any:
    """Return columns of a file, a table of Arrow.

    What repeats is stored once: a gigabyte may come of a kilobyte. How much it becomes is known from what the file
    tells of itself; but for text, which is counted while it is read.

    Raises
    ------
    DataError
        If they unfold too far.
    """
    return of_parquet(content, lambda file: _read(content, file, names, limits))


def _read(content: TableContent, file: Any, names: Sequence[str], limits: Limits) -> Any:
    size = len(content.data)
    limits.check_bytes(content.path, size, max(_stored(file, names), _of_rows(file, names)))
    most, found, batches = limits.most_bytes(size), 0, []
    for batch in file.iter_batches(_rows_at_once(file, names, most), columns=names):
        found += batch.nbytes
        if found > most:
            raise too_much(content.path, size, most, "would become more", limits.remedy(4 * most))
        batches.append(batch.select(names))
    return pyarrow().Table.from_batches(batches, _schema(file, names)).unify_dictionaries()


def _schema(file: Any, names: Sequence[str]) -> Any:
    schema = file.schema_arrow  # made anew each time that it is asked for
    return pyarrow().schema([schema.field(name) for name in names])


def _stored(file: Any, names: Sequence[str]) -> int:
    """Return how many bytes the columns have once they are not compressed."""
    groups = [file.metadata.row_group(k) for k in range(file.metadata.num_row_groups)]
    if len(names) == len(file.schema_arrow.names):
        return sum(group.total_byte_size for group in groups)
    paths = [file.schema.column(k).path.split(".")[0] for k in range(file.metadata.num_columns)]
    there = set(names)
    wanted = [k for k, path in enumerate(paths) if path in there]
    return sum(group.column(k).total_uncompressed_size for group in groups for k in wanted)


def _of_rows(file: Any, names: Sequence[str]) -> int:
    """Return how many bytes so many rows of these types have at least."""
    return file.metadata.num_rows * sum(map(_width, _schema(file, names).types))


def _width(kind: Any) -> int:
    try:
        return max(kind.bit_width // 8, 1)
    except ValueError:  # of no fixed width
        return _OFFSET


def _rows_at_once(file: Any, names: Sequence[str], most: int) -> int:
    """Return how many rows, of the size that the first ones have, are a small part of what is allowed."""
    first = next(file.iter_batches(_FIRST_ROWS, columns=names), None)
    bytes_a_row = 1 if first is None else max(first.nbytes // max(len(first), 1), 1)
    return int(min(max(most // _PARTS // bytes_a_row, 1), _MOST_ROWS))
