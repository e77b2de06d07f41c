"""The content of a table's file, or of standard input."""

from __future__ import annotations

import sys
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from hassenet.errors import DataError
from hassenet.files.gzipped import is_gzipped, unzipped
from hassenet.files.paths import path_of_file
from hassenet.tables.formats import STANDARD_STREAM, Format, format_of, format_of_content, kind_of_bytes
from hassenet.tables.limits import USUAL, Limits

_STANDARD_INPUT = Path("standard input")


class TableContent(NamedTuple):
    """What is read of a table: the path that messages name, its bytes, unzipped, and its format."""

    path: Path
    data: bytes
    kind: Format


def content_of(path: str | PathLike[str], limits: Limits = USUAL) -> TableContent:
    """Return the content of a file, or of standard input where the path is ``-``.

    Raises
    ------
    DataError
        If there is no such file, it is empty, its suffix names no format, or it unfolds too far.
    """
    path = path_of_file(path)
    if str(path) == STANDARD_STREAM:
        data = _unzipped(sys.stdin.buffer.read(), _STANDARD_INPUT, limits)
        return TableContent(
            _STANDARD_INPUT, checked_not_empty(_STANDARD_INPUT, data), format_of_content(data)
        )
    kind = kind_of(path)
    data = path.read_bytes()
    if kind.delimiter is None:
        return TableContent(path, data, kind._replace(typed=kind_of_bytes(data) or kind.typed))
    return TableContent(path, checked_not_empty(path, _unzipped(data, path, limits)), kind)


def kind_of(path: Path) -> Format:
    """Return the format of a file that is there, and gzipped if its name says so."""
    kind = format_of(path)
    if not path.is_file():
        raise DataError(f"a table is a file; there is none at {path}; check the path")
    if kind.gzip:
        _check_gzipped(path)
    return kind


def checked_not_empty(path: Path, data: bytes) -> bytes:
    """Return data that hold more than blanks."""
    if not data or data.isspace():
        raise DataError(f"a table has columns and rows; {path.name} is empty; give a file with data")
    return data


def _unzipped(data: bytes, path: Path, limits: Limits) -> bytes:
    most = limits.most_bytes(len(data))
    return unzipped(data, path, most, limits.remedy(4 * most))


def _check_gzipped(path: Path) -> None:
    """Refuse a table that is not gzipped although its name says so."""
    with path.open("rb") as file:
        start = file.read(2)
    if start and not is_gzipped(start):
        raise DataError(
            f"{path.name} is not a whole gzip file: it does not begin as one; copy or compress it anew"
        )
