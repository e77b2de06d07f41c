"""A text table before it is parsed: its text in UTF-8, how it is written, and its header."""

from __future__ import annotations

import warnings
from csv import Error
from pathlib import Path
from typing import NamedTuple

from hassenet.errors import DataError, HassenetWarning
from hassenet.tables.content import TableContent
from hassenet.tables.dialect import Dialect, beginning, rows_of
from hassenet.tables.encoding import decoded

_OF_LENGTHS = (
    " (a cell that holds the mark between columns stands in quotation marks; row names need a name, too; nothing "
    "stands above the header)"
)


class Text(NamedTuple):
    """A text table in UTF-8, and how it is written."""

    path: Path
    data: bytes
    dialect: Dialect

    def fault(self, what: str) -> DataError:
        """Return the error that this is not a table; rows of another length often come from the same things."""
        hint = _OF_LENGTHS if "Expected" in what else ""
        return DataError(f"{self.path.name} is not a table: {what}; correct the row or the file{hint}")


def text_of(content: TableContent, asked: Dialect) -> Text:
    """Return the text of a file in UTF-8 and how it is written; what was recognised and is unusual is a note."""
    expected = str(content.kind.delimiter)
    data, encoding = decoded(content.path, content.data, asked.encoding)
    found = asked.of_text(beginning(data).decode(), expected)
    told = Dialect(
        None if asked.delimiter else found.delimiter,
        None if asked.decimal else found.decimal,
        None if asked.encoding else encoding,
    ).differences(expected)
    if told:
        warnings.warn(
            f"{content.path.name} is read with {', '.join(told)}; if that is wrong, give --sep, --decimal or "
            "--encoding",
            HassenetWarning,
            stacklevel=4,
        )
    return Text(content.path, data, found)


def header_of(text: Text) -> list[str]:
    """Return the cells of the first row that is not blank."""
    try:
        rows = rows_of(beginning(text.data).decode(), str(text.dialect.delimiter))
    except Error as error:
        raise DataError(f"{text.path.name} is not a table: {error}; correct the file") from None
    return rows[0] if rows else []


def brief(error: Exception) -> str:
    """Return the text of an error in one line."""
    text = " ".join(str(error).split())
    return text if len(text) <= 160 else f"{text[:160]}…"
