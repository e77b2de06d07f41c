"""Tables to files."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from os import PathLike
from pathlib import Path

from hassenet.errors import DataError, OutputExistsError
from hassenet.files.atomic import check_free, write_atomically
from hassenet.files.gzipped import zipped
from hassenet.files.optional import pyarrow
from hassenet.tables.blanks import BLANKS
from hassenet.tables.cells import Cells
from hassenet.tables.column_writing import bytes_of_columns
from hassenet.tables.formats import STANDARD_STREAM, format_of
from hassenet.tables.guarding import guarded_cells, guarded_text
from hassenet.tables.lines import lines_of
from hassenet.tables.table import Table


def write_table(table: Table, path: str | PathLike[str], force: bool = False) -> None:
    """Write a table as CSV, TSV (both also gzipped), Parquet or Arrow (.feather, .arrow), whole or not at all.

    What was read from a file comes out as it stood there: text as it is spelled, other values in their type.

    Parameters
    ----------
    table : Table
        The columns.
    path : path-like
        Where to; the suffix names the format. ``-`` is CSV on standard output.
    force : bool
        Whether to replace a file that is there.

    Raises
    ------
    OutputExistsError
        If there is a file, and no ``force``.
    DataError
        If the suffix names no format, there is no folder that may be written, or a column cannot be written as text.

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
    if str(path) == STANDARD_STREAM:
        sys.stdout.flush()
        sys.stdout.buffer.write(_encoded(table, path))
        sys.stdout.buffer.flush()
    else:
        write_atomically(path, _encoded(table, path))


def guarded(table: Table, copied: Collection[str] = ()) -> Table:
    """Return a table whose text no spreadsheet takes for a formula: it has an apostrophe before it, in heads too.

    Columns that are ``copied`` stay as they are.

    Examples
    --------
    >>> import numpy as np
    >>> guarded(Table({"gene": np.array(["=1+1", "-1.5", "TP53"], object)}))["gene"].tolist()
    ["'=1+1", '-1.5', 'TP53']
    """
    own = [name for name in table.columns if name not in copied]
    columns = {guarded_text(name): guarded_cells(table.stored(name)) for name in own}
    return Table(Cells.typed(columns)) if not copied else table.select(copied).with_columns(columns)


def check_writable(path: Path, force: bool, *sources: Path | None) -> None:
    """Refuse a path whose suffix names no format, whose file would be lost, or that has no folder.

    Files that are read are never replaced, whether asked for or not: ``sources``, of which some may not be given. Nor
    is a file of typed columns written into a folder that is read, where it would be one of its files from then on.
    """
    if format_of(path).delimiter == BLANKS:
        raise DataError(
            f"a table is written as CSV, TSV, Parquet or Arrow; {path.name} is PLINK's; write it as .tsv"
        )
    if str(path) == STANDARD_STREAM:
        return
    given = [source for source in sources if source is not None and source.exists()]
    if any(_is_read(path, source) for source in given):
        raise OutputExistsError(f"a table that is read is not replaced; {path} is one; choose another name")
    if found := next((source for source in given if _is_read_from(path, source)), None):
        raise DataError(
            f"a folder of a table holds the files of one; {path} would be one more of {found}; choose another folder"
        )
    check_free(path, force, "a table")


def _is_read(path: Path, source: Path) -> bool:
    """Return whether a file is a source, or one of the files of a folder that is."""
    if not path.exists():
        return False
    files = (source, *source.rglob(f"*{path.suffix}")) if source.is_dir() else (source,)
    return any(os.path.samefile(path, file) for file in files if file.exists())


def _is_read_from(path: Path, source: Path) -> bool:
    """Return whether a file of typed columns would lie in a folder that is read."""
    is_typed = format_of(path).delimiter is None
    return is_typed and source.is_dir() and path.resolve().is_relative_to(source.resolve())


def _encoded(table: Table, path: Path) -> bytes:
    kind = format_of(path)
    columns = {name: table.stored(name) for name in table.columns}
    if kind.delimiter is not None:
        return zipped(lines_of(columns, kind.delimiter), path)
    return bytes_of_columns(pyarrow().table(columns), path)
