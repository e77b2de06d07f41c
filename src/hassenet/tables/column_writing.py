"""Columns to files of typed columns: Parquet, or Arrow."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from hassenet.data.arrow import unified, with_room
from hassenet.files.optional import pyarrow
from hassenet.tables.formats import ARROW, STREAM_OF_ARROW, format_of


def bytes_of_columns(columns: Any, path: Path) -> bytes:
    """Return a table of Arrow as a file of the kind that its name stands for."""
    buffer = io.BytesIO()
    columns = unified(columns)
    with _writer(buffer, path, columns.schema) as writer:
        writer.write_table(columns)
    return buffer.getvalue()


def columns_to(file: BinaryIO, path: Path, stack: ExitStack) -> Callable[[Any], None]:
    """Return what appends the rows of a table of Arrow to a file; the types are those of the first one."""
    is_arrow = format_of(path).typed == ARROW
    so_far: Any = None
    writer: Any = None

    def append(columns: Any) -> None:
        nonlocal so_far, writer
        if writer is None:
            schema = with_room(columns.schema) if is_arrow else columns.schema
            so_far, writer = schema.empty_table(), stack.enter_context(_writer(file, path, schema))
        columns = columns.cast(so_far.schema)
        if is_arrow:  # categories of which a file of Arrow knows some are these, and the new ones behind them
            both = pyarrow().concat_tables([so_far, columns]).unify_dictionaries()
            so_far, columns = both.slice(0, 0), both
        writer.write_table(columns)

    return append


def _writer(file: Any, path: Path, schema: Any) -> Any:
    if format_of(path).typed != ARROW:
        return pyarrow("parquet").ParquetWriter(file, schema)
    ipc = pyarrow("ipc")
    new = ipc.new_stream if path.suffix.lower() == STREAM_OF_ARROW else ipc.new_file
    return new(file, schema, options=ipc.IpcWriteOptions(emit_dictionary_deltas=True))
