"""What programs write above the rows of a table: a line that names the mark between columns, a header that is short."""

from __future__ import annotations

import re
from collections.abc import Sequence
from csv import Error
from typing import NamedTuple

from hassenet.tables.dialect import beginning, rows_of

_NAMED_MARK = re.compile(rb"[\s\"]*sep=([^\w\r\n\"])[\"]?[ ]*(?:\r\n?|\n)", re.IGNORECASE)
_BLANK_LINES = re.compile(rb"(?:[ ]*(?:\r\n?|\n))*")
_HEADER = re.compile(rb'(?:[^\r\n"]|"[^"]*")*')
_OF_ROW_NAMES = "a column of row names, for which the header has no cell"
_OF_LAST_MARKS = "a column without a name, as each row ends with a mark between columns"


class Named(NamedTuple):
    """A text without the line that names what stands between its columns, and that mark; None where there is none."""

    text: bytes
    mark: str | None = None


class Whole(NamedTuple):
    """A text whose header has as many cells as its rows, and what was added to it; "" where nothing was."""

    text: bytes
    added: str = ""


def below_named_mark(text: bytes) -> Named:
    r"""Return a text without the first line by which Excel is told what stands between columns.

    >>> below_named_mark(b"sep=;\r\na;b\r\n1;2\r\n")
    Named(text=b'a;b\r\n1;2\r\n', mark=';')
    """
    line = _NAMED_MARK.match(text)
    return Named(text[line.end() :], line[1].decode()) if line and line[1].isascii() else Named(text)


def with_whole_header(text: bytes, mark: str) -> Whole:
    r"""Return a text with a header as long as its rows, where the first rows have one cell more.

    Such cells are names of rows, as R writes them, each another, or, empty in all rows, what a mark at the end of each
    makes. The column has an empty name. Where it is neither, a cell may hold the mark, and the text stays as it is.

    Parameters
    ----------
    text : bytes
        In UTF-8, from the header on.
    mark : str
        What stands between columns.

    Examples
    --------
    >>> with_whole_header(b'"dose"\t"ill"\n"r1"\t3\t1\n', "\t")
    Whole(text=b'\t"dose"\t"ill"\n"r1"\t3\t1\n', added='a column of row names, for which the header has no cell')
    >>> with_whole_header(b"dose,ill\n3,1,\n", ",").text
    b'dose,ill,\n3,1,\n'
    """
    try:
        header, *rows = rows_of(beginning(text).decode(), mark) or [[]]
    except Error:
        return Whole(text)
    if len(header) < 2 or {len(row) - 1 for row in rows[:-1] or rows} != {len(header)}:
        return Whole(text)
    start = _BLANK_LINES.match(text).end()  # type: ignore[union-attr]  # it matches nothing too
    last = [bool(row[-1].strip()) for row in rows]
    if any(last):
        are_names = 2 * sum(last) > len(last) and _are_names([row[0].strip() for row in rows])
        return Whole(text[:start] + mark.encode() + text[start:], _OF_ROW_NAMES) if are_names else Whole(text)
    end = _HEADER.match(text, start).end()  # type: ignore[union-attr]
    return Whole(text[:end] + mark.encode() + text[end:], _OF_LAST_MARKS)


def _are_names(cells: Sequence[str]) -> bool:
    """Return whether cells are all there, and each is another."""
    return all(cells) and len(set(cells)) == len(cells)
