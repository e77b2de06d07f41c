"""Tables to files."""

from __future__ import annotations

import io
from os import PathLike
from pathlib import Path
from typing import Any

from hassenet.files.atomic import check_free, write_atomically
from hassenet.files.gzipped import zipped
from hassenet.files.optional import pyarrow
from hassenet.tables.formats import format_of
from hassenet.tables.table import Table


def write_table(table: Table, path: str | PathLike[str], force: bool = False) -> None:
    """Write a table as CSV, TSV (both also gzipped) or Parquet, whole or not at all.

    Parameters
    ----------
    table : Table
        The columns.
    path : path-like
        Where to; the suffix names the format.
    force : bool
        Whether to replace a file that is there.

    Raises
    ------
    OutputExistsError
        If there is a file, and no ``force``.
    DataError
        If the suffix names no format, or there is no folder that may be written.

    Examples
    --------
    >>> import numpy as np
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / "ages.csv"
    >>> write_table(Table({"age": np.array([31, 64])}), path)
    >>> path.read_text().split()[1:]
    ['31', '64']
    """
    path = Path(path)
    check_writable(path, force)
    write_atomically(path, _encoded(table, path))


def check_writable(path: Path, force: bool) -> None:
    """Refuse a path whose suffix names no format, whose file would be lost, or that has no folder."""
    format_of(path)
    check_free(path, force, "a table")


def _encoded(table: Table, path: Path) -> bytes:
    kind = format_of(path)
    buffer = io.BytesIO()
    columns = pyarrow().table({name: pyarrow().array(table[name]) for name in table.columns})
    if kind.delimiter is None:
        pyarrow("parquet").write_table(columns, buffer)
    else:
        pyarrow("csv").write_csv(columns, buffer, _options(kind.delimiter))
    return zipped(buffer.getvalue(), path)


def _options(delimiter: str) -> Any:
    return pyarrow("csv").WriteOptions(delimiter=delimiter, quoting_style="needed")
