"""Tables to files, some rows at a time: the file is there once all rows are."""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, cast

from hassenet.files.atomic import give_usual_permissions, naming, write_through_names
from hassenet.files.optional import pyarrow
from hassenet.files.temporary import file_beside
from hassenet.tables.column_writing import columns_to
from hassenet.tables.formats import STANDARD_STREAM, format_of
from hassenet.tables.lines import lines_of
from hassenet.tables.table import Table
from hassenet.tables.writing import check_writable

Append = Callable[[Table], None]


@contextmanager
def growing(path: str | PathLike[str], force: bool = False) -> Iterator[Append]:
    """Write a table as :func:`write_table` does, of which some rows come after the others.

    Inside, each table appends its rows; columns are those of the first. The file has its name at the end, whole; after
    an error there is none. ``-`` is CSV on standard output, as it comes.

    Raises
    ------
    OutputExistsError, DataError
        As :func:`write_table`.

    Examples
    --------
    >>> import numpy as np
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / "ages.csv"
    >>> with growing(path) as append:
    ...     append(Table({"age": np.array([31])}))
    ...     append(Table({"age": np.array([64])}))
    >>> path.read_text().split()
    ['age', '31', '64']
    """
    path = Path(path)
    check_writable(path, force)
    if str(path) == STANDARD_STREAM:
        sys.stdout.flush()
        yield _lines_to(sys.stdout.buffer, ",")
        sys.stdout.buffer.flush()
        return
    with naming(path), file_beside(path) as new:
        with new.open("wb") as file:
            with ExitStack() as stack:
                yield _appending(file, path, stack)
            file.flush()
            os.fsync(file.fileno())
        give_usual_permissions(new, 0o666)
        os.replace(new, path)
    write_through_names(path.parent)


def _appending(file: BinaryIO, path: Path, stack: ExitStack) -> Append:
    kind = format_of(path)
    if kind.delimiter is None:
        return _typed_to(file, path, stack)
    if kind.gzip:
        file = cast(
            BinaryIO, stack.enter_context(gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0))
        )
    return _lines_to(file, kind.delimiter)


def _lines_to(file: BinaryIO, delimiter: str) -> Append:
    begun = False

    def append(table: Table) -> None:
        nonlocal begun
        lines = lines_of(_columns(table), delimiter)
        file.write(lines[lines.index(b"\n") + 1 :] if begun else lines)
        begun = True

    return append


def _typed_to(file: BinaryIO, path: Path, stack: ExitStack) -> Append:
    append = columns_to(file, path, stack)
    return lambda table: append(pyarrow().table(_columns(table)))


def _columns(table: Table) -> dict[str, Any]:
    return {name: table.stored(name) for name in table.columns}
