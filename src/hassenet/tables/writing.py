"""Tables to files."""

from __future__ import annotations

import gzip
import io
import os
from os import PathLike
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from hassenet.errors import DataError, OutputExistsError
from hassenet.tables.arrow import pyarrow
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
    data = _encoded(table, path)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            _give_usual_permissions(file.name)
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def check_writable(path: Path, force: bool) -> None:
    """Refuse a path whose suffix names no format, whose file would be lost, or that has no folder."""
    format_of(path)
    if path.is_dir() or (path.exists() and not force):
        raise OutputExistsError(
            f"an existing file is kept; {path} is there; choose another name or pass --force"
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        what = "may not be written" if path.parent.is_dir() else "is no folder"
        raise DataError(f"a table is written into a folder; {path.parent} {what}; choose another for {path}")


def _encoded(table: Table, path: Path) -> bytes:
    kind = format_of(path)
    buffer = io.BytesIO()
    columns = pyarrow().table({name: pyarrow().array(table[name]) for name in table.columns})
    if kind.delimiter is None:
        pyarrow("parquet").write_table(columns, buffer)
    else:
        pyarrow("csv").write_csv(columns, buffer, _options(kind.delimiter))
    return gzip.compress(buffer.getvalue(), mtime=0) if kind.gzip else buffer.getvalue()


def _options(delimiter: str) -> Any:
    return pyarrow("csv").WriteOptions(delimiter=delimiter, quoting_style="needed")


def _give_usual_permissions(name: str) -> None:
    """Temporary files are private; a result has the permissions of any new file."""
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(name, 0o666 & ~mask)
