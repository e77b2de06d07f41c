"""Rows of cells, each with its line, from a text whose columns are set apart by commas or tabs."""

from __future__ import annotations

import csv
from io import StringIO
from typing import NamedTuple

from hassenet.errors import DataError
from hassenet.readers._text import FilePath, text_of


class Row(NamedTuple):
    """The cells of one line, without the blanks around them."""

    line: int
    cells: tuple[str, ...]


def rows_of(path: FilePath) -> list[Row]:
    """Return the rows of a CSV or TSV file, all as long as the first; blank lines are left out.

    Columns are set apart by tabs if there is a tab on the first line that is not blank, by commas otherwise.

    Raises
    ------
    OSError
        If there is no such file, or it may not be read.
    DataError
        If the file is not text, is empty, has rows of different lengths or quotation marks that do not close.
    """
    rows = _parsed(text_of(path), path)
    width = len(rows[0].cells)
    for row in rows:
        if len(row.cells) != width:
            raise DataError(
                f"rows must be equally long: line {row.line} of {str(path)!r} has {len(row.cells)} cell(s), "
                f"line {rows[0].line} has {width}; complete the line, or quote a name that holds a comma"
            )
    return rows


def header_of(rows: list[Row], path: FilePath) -> tuple[str, ...]:
    """Return the names of the columns, which are the first row.

    Raises
    ------
    DataError
        If a name stands twice.
    """
    names = rows[0].cells
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        places = " and ".join(str(k + 1) for k, name in enumerate(names) if name == twice)
        raise DataError(
            f"a column's name must stand once: {twice!r} heads columns {places} of {str(path)!r}; "
            "rename one of them"
        )
    return names


def _parsed(text: str, path: FilePath) -> list[Row]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        rows = [Row(reader.line_num, tuple(cell.strip() for cell in cells)) for cells in reader]
    except csv.Error as error:
        raise DataError(
            f"cells must follow the rules of CSV: line {reader.line_num} of {str(path)!r}: {error}; "
            "close the quotation marks, and double those inside a name"
        ) from error
    return [row for row in rows if len(row.cells) > 1 or any(row.cells)]


def _delimiter(text: str) -> str:
    first = text.strip(" \r\n").partition("\n")[0]
    return "\t" if "\t" in first else ","
