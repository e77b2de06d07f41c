"""Sheets of texts whose columns are set apart by commas or tabs, and of data frames."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from hassenet.errors import DataError
from hassenet.files.content import FilePath
from hassenet.files.text import text_of, unended
from hassenet.hierarchy.report import Count
from hassenet.readers.foreign import check_kind
from hassenet.readers.headers import is_header_in_either_order, spoken
from hassenet.readers.sheet import Row, Sheet


def sheet_of(path: FilePath, set_apart: Callable[[str], str] | None = None) -> Sheet:
    """Return the rows of a CSV or TSV file, all as long as the first; blank lines are left out.

    Columns are set apart by tabs if there is a tab on the first line that is not blank, by commas otherwise. Lines
    that begin with #, not quoted, are comments; the last of those at the head is a header if it has as many columns as
    the rows and does not look like a sentence, in which a comma comes before a blank. ``set_apart`` says what else
    stands between the columns of a text.

    Raises
    ------
    OSError
        If there is no such file, or it may not be read.
    DataError
        If the file is not text, is empty, has rows of different lengths or quotation marks that do not close.
    """
    text = text_of(path)
    check_kind(text, path)
    above, body = split_comments(text)
    if not body.strip():
        raise DataError(f"a table has rows: {str(path)!r} has comments alone; add some")
    delimiter = (set_apart or delimiter_of)(body)
    lines = _Lines(StringIO(body, newline=""), above.count("\n"))
    rows = list(_parsed(lines, delimiter, path))
    _check_lengths(rows, delimiter, path)
    head = _header(above, delimiter, rows[0][1])
    comments = (
        Count("lines at the head that begin with #", len([*filter(str.strip, above.split("\n"))])),
        Count("lines below the head that begin with #", lines.comments),
    )
    faults = (unended(text, path),)
    return Sheet(Path(path).name, repr(str(path)), "line", head + rows, faults, bool(head), comments)


def sheet_of_frame(frame: Any) -> Sheet:
    """Return the rows of a data frame of pandas or polars, its column names the first of them.

    Raises
    ------
    DataError
        If a column's name stands twice.
    """
    names = Sheet("table", "the table", "row", [(-1, tuple(frame.columns))]).header()
    columns = [_stripped(frame[name].to_list()) for name in names]
    body = enumerate(zip(*columns, strict=True))
    return Sheet("table", "the table", "row", [(-1, names), *body], headed=True)


def _stripped(cells: list[Any]) -> list[Any]:
    return [cell.strip() if isinstance(cell, str) else cell for cell in cells]


def _check_lengths(rows: list[Row], delimiter: str, path: FilePath) -> None:
    start, width = rows[0][0], len(rows[0][1])
    odd = next(((line, cells) for line, cells in rows if len(cells) != width), None)
    if odd is None:
        return
    line, cells = odd
    raise DataError(
        f"rows must be equally long: line {line} of {str(path)!r} has {len(cells)} cell(s), line {start} has {width}; "
        f"{_remedy(line == rows[-1][0], len(cells) > width, delimiter)}"
    )


def _remedy(last: bool, longer: bool, delimiter: str) -> str:
    if longer:
        return "quote a name that holds a comma" if delimiter == "," else "take out what is too much"
    return "was the file cut off? complete the line" if last else "complete the line"


_COMMENTS = re.compile(r"\A(?:[^\S\n]*(?:#[^\n]*)?\n)*")


def split_comments(text: str) -> tuple[str, str]:
    r"""Return the head of a text, which is comments and blank lines, and the rest.

    Examples
    --------
    >>> split_comments("# made by hand\n\n#child,parent\na,b\n#c,b\n")
    ('# made by hand\n\n#child,parent\n', 'a,b\n#c,b\n')
    """
    body = _COMMENTS.sub("", text, count=1)
    return text[: len(text) - len(body)], body


def _header(above: str, delimiter: str, first: tuple[str, ...]) -> list[Row]:
    """Return the row of names in the last comment, if it has as many cells as the first row, and more than one."""
    lines = above.rstrip().split("\n")
    raw = lines[-1].strip().lstrip("#").split(delimiter)
    cells = tuple(map(str.strip, raw))
    if len(cells) != len(first) or len(cells) < 2 or is_header_in_either_order(first):
        return []
    prose = any(cell.startswith(" ") for cell in raw[1:]) and any(" " in cell for cell in cells)
    names = spoken(cells) if prose else cells  # of a sentence only what says which name is the lower one
    return [(len(lines), names)] if names else []


class _Lines:
    """The lines of a text for a parser of rows: between rows it leaves out those that begin with #, and counts them.

    Attributes
    ----------
    number : int
        Of the last line that was handed out.
    comments : int
        How many lines were left out.
    between : bool
        Whether the next line begins a row; the parser of the rows sets it.
    """

    def __init__(self, lines: Iterable[str], number: int) -> None:
        self._lines, self.number = iter(lines), number
        self.comments, self.between = 0, True

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.number += 1
            if self.between and line.lstrip().startswith("#"):
                self.comments += 1
            else:
                self.between = False
                yield line


def _parsed(lines: _Lines, delimiter: str, path: FilePath) -> Iterator[Row]:
    """Yield the rows of a text that has some lines above it."""
    try:
        for cells in csv.reader(lines, delimiter=delimiter, strict=True):
            lines.between = True
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield lines.number, tuple([cell.strip() for cell in cells])
    except csv.Error as error:
        raise DataError(
            f"cells must follow the rules of CSV: line {lines.number} of {str(path)!r}: {error}; "
            "close the quotation marks, and double those inside a name"
        ) from error


def delimiter_of(text: str) -> str:
    """Return what sets columns apart: tabs where the first line has one, else commas."""
    first = text.strip(" \r\n").partition("\n")[0]
    return "\t" if "\t" in first else ","
