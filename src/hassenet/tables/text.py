"""A text table before it is parsed: its text in UTF-8, how it is written, and its header."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from csv import Error
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from hassenet.errors import DataError, HassenetWarning, counted
from hassenet.tables.blanks import BLANKS, table_in_tabs
from hassenet.tables.comments import below_comments, below_header, rows_of_lines
from hassenet.tables.content import TableContent
from hassenet.tables.dialect import Dialect, beginning, rows_of
from hassenet.tables.doubts import Doubts
from hassenet.tables.encoding import decoded
from hassenet.tables.headers import below_named_mark, with_whole_header
from hassenet.tables.people import is_of_people, with_plinks_header, without_hash

_ROW = re.compile(r"Row #(\d+)")
_BLANK, _GAP = re.compile(r"\s"), re.compile(r"\s{2}")
_OF_LENGTHS = (
    " (a cell that holds the mark between columns stands in quotation marks; row names need a name, too; nothing "
    "stands above the header)"
)


class Text(NamedTuple):
    """A text table in UTF-8, how it is written, and what its rows leave in doubt."""

    path: Path
    data: bytes
    dialect: Dialect
    doubts: Doubts = Doubts()

    def fault(self, what: str) -> DataError:
        """Return the error that this is not a table; the header was counted as the first row."""
        return not_a_table(self.path, what, -1)


def not_a_table(path: Path, what: str, before: int) -> DataError:
    """Return the error that a text is not a table; rows of another length often come from the same things.

    Parameters
    ----------
    path : Path
    what : str
        What is wrong, in one line, as a parser says it.
    before : int
        How many rows below the header stand before those that the parser counted.

    Examples
    --------
    >>> print(str(not_a_table(Path("x.csv"), "Row #3: no text", 40)))
    x.csv is not a table: Row #43 below the header: no text; correct the row or the file
    """
    says = _ROW.sub(lambda k: f"Row #{int(k[1]) + before} below the header", what, count=1)
    hint = _OF_LENGTHS if "Expected" in what else ""
    return DataError(f"{path.name} is not a table: {says}; correct the row or the file{hint}")


def text_of(content: TableContent, asked: Dialect) -> Text:
    """Return the text of a file in UTF-8 and how it is written; what was recognised and is unusual is a note."""
    expected = str(content.kind.delimiter)
    data, encoding = decoded(content.path, content.data, asked.encoding)
    data, named = below_named_mark(without_hash(data))
    asked = replace(asked, delimiter=asked.delimiter or named)
    delimiter = _delimiter_of(content.path, data, asked, expected)
    mark = replace(asked, delimiter=delimiter).mark
    data = table_in_tabs(content.path, data) if delimiter == BLANKS else data
    data, comments, header = below_comments(data, mark, may_be_header=not is_of_people(content.path))
    data = with_plinks_header(content.path, data, mark)
    data, added = with_whole_header(data, mark)
    doubts = Doubts.of(below_header(data), mark)
    found = _to_the_end(
        replace(asked, delimiter=delimiter).of_text(beginning(data).decode(), expected), asked, doubts
    )
    told = Dialect(
        None if asked.delimiter else found.delimiter,
        None if asked.decimal else found.decimal,
        None if asked.encoding else encoding,
    ).differences(expected)
    told += filter(None, [added])
    if comments:
        told.append(f"{counted(comments, 'line')} above the header left out, which begin with #")
    say_how_read(content.path, told)
    if header:
        _say_header(content.path, header.decode())
    if asked.delimiter is None:
        _say_one_column(content.path, beginning(data).decode(), found.mark)
    return Text(content.path, data, found, doubts)


def say_how_read(path: Path, told: Sequence[str]) -> None:
    """Warn of what was recognised and is unusual, if anything was."""
    if told:
        warnings.warn(
            f"{path.name} is read with {', '.join(told)}; if that is wrong, give --sep, --decimal or --encoding",
            HassenetWarning,
            stacklevel=5,
        )


def _say_header(path: Path, header: str) -> None:
    """Warn of a header that may be a comment."""
    warnings.warn(
        f"the header of {path.name} is the last line above the rows that has as many cells as they have, "
        f"{brief(header)!r}, though the row below it is words above numbers; if it is a comment, take it out of the "
        "file",
        HassenetWarning,
        stacklevel=4,
    )


def _say_one_column(path: Path, text: str, mark: str) -> None:
    """Warn of one column whose rows all have blanks inside, and its name too, or gaps: there may be several."""
    header, *rows = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    are_blanks = bool(rows) and all(map(_BLANK.search, rows))
    are_gaps = _BLANK.search(header) is not None or any(map(_GAP.search, rows))
    if mark not in header and '"' not in header and are_blanks and are_gaps:
        warnings.warn(
            f"{path.name} is read as one column, {brief(header)!r}, though all rows have blanks inside; if these are "
            "between columns, name what stands there: sep='blanks' (--sep blanks) for any number of blanks, where no "
            "cell has one",
            HassenetWarning,
            stacklevel=4,
        )


def _to_the_end(found: Dialect, asked: Dialect, doubts: Doubts) -> Dialect:
    """Return a dialect whose decimal mark is that of all rows, where the first ones have numbers without any."""
    if asked.decimal is not None or found.decimal == ",":
        return found
    return replace(found, decimal=doubts.decimals.mark(found.mark))


def _delimiter_of(path: Path, data: bytes, asked: Dialect, expected: str) -> str:
    """Return what stands between columns, as rows show that are not comments."""
    rows = rows_of_lines(data)
    if not rows and len(data.strip().splitlines()) > 1:
        raise DataError(
            f"a table has columns and rows; all lines of {path.name} begin with #; give a file with data"
        )
    return str(asked.of_text(beginning(rows).decode(), expected).delimiter)


def header_of(text: Text) -> list[str]:
    """Return the cells of the first row that is not blank."""
    try:
        rows = rows_of(beginning(text.data).decode(), text.dialect.mark)
    except Error as error:
        raise DataError(f"{text.path.name} is not a table: {error}; correct the file") from None
    return rows[0] if rows else []


def brief(error: object) -> str:
    """Return the text of an error, or of a line, in one line."""
    text = " ".join(str(error).split())
    return text if len(text) <= 160 else f"{text[:160]}…"
