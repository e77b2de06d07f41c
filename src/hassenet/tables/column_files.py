"""From bytes to a file of typed columns, as its first bytes say, and from that to columns, counted while it unfolds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hassenet.data.arrow import unified, usual, usual_kind
from hassenet.data.row_labels import labels_first, row_labels_of
from hassenet.errors import DataError
from hassenet.files.optional import pyarrow
from hassenet.files.unfolding import too_much
from hassenet.tables.arrow import ArrowFile
from hassenet.tables.column_file import ColumnFile
from hassenet.tables.content import TableContent
from hassenet.tables.formats import ARROW, PARQUET, kind_of_bytes
from hassenet.tables.limits import Limits
from hassenet.tables.parquet import ParquetFile
from hassenet.tables.text import brief

_FIRST_ROWS = 64
_MOST_ROWS = 1 << 16
_PARTS = 16
_OFFSET = 4  # bytes that Arrow keeps a cell of no fixed width, beside its content
_START = 8
_CLASSES: dict[str, Callable[..., ColumnFile]] = {PARQUET: ParquetFile, ARROW: ArrowFile}


def opened(source: Any, expected: str, end: Any = None) -> ColumnFile:
    """Return a file that is open, of the kind that its first bytes say, or else of the one that its name stands for.

    Raises
    ------
    pyarrow.ArrowException, OSError
        If it is not of that kind, or cut off.
    """
    kind = kind_of_bytes(source.read_at(_START, 0)) or expected
    file = _CLASSES[kind](source, end)
    try:
        file.schema.names  # noqa: B018  # text in Python from here on
    except UnicodeDecodeError:
        raise pyarrow().ArrowInvalid("the name of a column is not UTF-8") from None
    return file


def not_whole(name: str, kind: str, error: object) -> DataError:
    """Return the error about a file of typed columns that cannot be read."""
    return DataError(f"{name} is not a whole {kind} file: {brief(error)}; write it anew")


def _of(content: TableContent, wanted: Callable[[ColumnFile], Any]) -> Any:
    """Return what is wanted of a file, or say that it is not one."""
    kind = content.kind.typed
    try:
        return wanted(opened(pyarrow().BufferReader(content.data), kind))
    except (pyarrow().ArrowException, OSError) as error:
        raise not_whole(content.path.name, kind, error) from None


def names_of(content: TableContent) -> list[str]:
    """Return the names of a file's columns, those first that name its rows."""
    return list(_of(content, lambda file: labels_first(file.schema)))


def row_labels_in(content: TableContent) -> tuple[str, ...]:
    """Return the columns of a file that are the index of a frame of pandas."""
    return _of(content, lambda file: row_labels_of(file.schema))


def columns_of(content: TableContent, names: Sequence[str], limits: Limits) -> Any:
    """Return columns of a file, a table of Arrow.

    What repeats is stored once: a gigabyte may come of a kilobyte. How much it becomes is known from what the file
    tells of itself; but for text, which is counted while it is read.

    Raises
    ------
    DataError
        If they unfold too far.
    """
    return _of(content, lambda file: _read(content, file, names, limits))


def _read(content: TableContent, file: ColumnFile, names: Sequence[str], limits: Limits) -> Any:
    size = len(content.data)
    limits.check_bytes(content.path, size, max(file.unfolded(names), _of_rows(file, names)))
    most, found, parts = limits.most_bytes(size), 0, []
    levels: dict[str, int] = {}
    for batch in file.batches(names, _rows_at_once(file, names, most)):
        part = _usual(batch.select(names))
        found += part.nbytes - _known_already(part, levels)
        if found > most:
            raise too_much(content.path, size, most, "would become more", limits.remedy(4 * most))
        parts.append(part)
    empty = (
        pyarrow().schema([(name, usual_kind(file.schema.field(name).type)) for name in names]).empty_table()
    )
    return unified(pyarrow().concat_tables([empty, *parts]))


def _known_already(part: Any, levels: dict[str, int]) -> int:
    """Return how many bytes categories have that the rows before had too; ``levels`` is where theirs are."""
    total = 0
    for name, column in zip(part.schema.names, part.columns, strict=True):
        if pyarrow("types").is_dictionary(column.type) and column.num_chunks:
            of_rows = column.chunk(0).dictionary
            place = next((buffer.address for buffer in reversed(of_rows.buffers()) if buffer is not None), 0)
            total += of_rows.nbytes if levels.get(name) == place else 0
            levels[name] = place
    return total


def _usual(columns: Any) -> Any:
    """Return columns as they are used: what is held as views or runs may be small for what it becomes."""
    names = columns.schema.names
    return pyarrow().table([usual(columns.column(k)) for k in range(len(names))], names)


def _of_rows(file: ColumnFile, names: Sequence[str]) -> int:
    """Return how many bytes so many rows of these types have at least."""
    return sum(file.groups) * sum(_width(file.schema.field(name).type) for name in names)


def _width(kind: Any) -> int:
    try:
        return max(kind.bit_width // 8, 1)
    except ValueError:  # of no fixed width
        return _OFFSET


def _rows_at_once(file: ColumnFile, names: Sequence[str], most: int) -> int:
    """Return how many rows, of the size that the first ones have, are a small part of what is allowed."""
    first = next(iter(file.batches(names, _FIRST_ROWS)), None)
    bytes_a_row = 1 if first is None else max(first.nbytes // max(len(first), 1), 1)
    return int(min(max(most // _PARTS // bytes_a_row, 1), _MOST_ROWS))
