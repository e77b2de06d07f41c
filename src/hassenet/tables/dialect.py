"""How a text table is written: its encoding, what stands between columns, and the decimal mark."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import final

from hassenet.errors import ParameterError
from hassenet.tables.blanks import (
    BLANKS,
    MARK,
    are_columns,
    are_names_of_people,
    are_row_names,
    begins_with_people,
    rows_in_blanks,
)

# With the least number of rows that a mark has to divide alike: bars and blanks stand inside of names, too.
_MARKS = {",": 1, ";": 1, "\t": 1, "|": 2, BLANKS: 3, " ": 3}
_LENGTH = 1 << 16
_ROWS = 200
_LEAST_LINES = 3
_WITH_COMMA = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?")
_WITH_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_UNEVEN = re.compile(r"[ \t]{2}|^[ \t]|[ \t]$|\t[^\n]* | [^\n]*\t", re.MULTILINE)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_NAMES = {"\t": "tabs", " ": "blanks", BLANKS: "any number of blanks"}


@final
@dataclass(frozen=True)
class Dialect:
    r"""How a text table is written; None where the file is to say.

    Parameters
    ----------
    delimiter : str, optional
        One character, what stands between columns, or "blanks" where any number of blanks and tabs does.
    decimal : "." or ",", optional
        The decimal mark.
    encoding : str, optional
        As Python calls it.

    Raises
    ------
    ParameterError
        If one of them is something else.

    Examples
    --------
    >>> Dialect().of_text("age;dose\n31;1,5\n64;2,25\n", ",")
    Dialect(delimiter=';', decimal=',', encoding=None)
    """

    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is not a mark."""
        if self.delimiter not in (None, BLANKS) and (len(self.mark) != 1 or self.mark in '"\r\n'):
            raise ParameterError(
                f"one character stands between columns, not a quotation mark, or blanks; got {self.delimiter!r}; give "
                "sep=';' (--sep ';')"
            )
        if self.decimal not in (None, ".", ","):
            raise ParameterError(
                f"the decimal mark is '.' or ','; got {self.decimal!r}; give decimal=',' (--decimal ,)"
            )

    @property
    def mark(self) -> str:
        """The character between columns once any number of blanks is a tab."""
        return MARK if self.delimiter == BLANKS else str(self.delimiter)

    def of_text(self, text: str, expected: str) -> Dialect:
        """Return the dialect with what was left open taken from a text.

        Parameters
        ----------
        text : str
            The first lines are enough.
        expected : str
            The delimiter that the name of the file stands for.
        """
        delimiter = self.delimiter or _delimiter(text, expected)
        return Dialect(delimiter, self.decimal or _decimal(text, delimiter), self.encoding)

    def differences(self, expected: str) -> list[str]:
        """Return what is to be told of it: what is otherwise than in a file with that delimiter, as most are."""
        told = []
        if self.delimiter != expected and self.delimiter is not None:
            told.append(f"{_NAMES.get(self.delimiter, repr(self.delimiter))} between columns")
        if self.decimal == ",":
            told.append("decimal commas")
        if self.encoding not in (None, "utf-8"):
            told.append(f"encoding {self.encoding}")
        return told


def beginning(data: bytes) -> bytes:
    r"""Return the first lines of a text: three at least, and as many as 64 kilobytes hold.

    Examples
    --------
    >>> beginning(b"a,b\n1,2")
    b'a,b\n1,2'
    """
    end = 0
    for _ in range(_LEAST_LINES):
        end = data.find(b"\n", end) + 1 or len(data)
    return data[: max(end, data.rfind(b"\n", 0, _LENGTH) + 1)]


def rows_of(text: str, delimiter: str) -> list[list[str]]:
    """Return the first rows of a text that are not blank."""
    if delimiter == BLANKS:
        return rows_in_blanks(text)[:_ROWS]
    return list(islice(filter(None, csv.reader(StringIO(text, newline=""), delimiter=delimiter)), _ROWS))


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Return rows that are whole; none where the text cannot be divided so."""
    try:
        rows = rows_of(text, delimiter)
    except csv.Error:
        return []
    return rows if len(rows) <= _LEAST_LINES - 1 else rows[:-1]  # the last one may be cut off


def _delimiter(text: str, expected: str) -> str:
    """Return the mark that divides all rows alike, the expected one first, or else the one in the header."""
    others = [mark for mark in _MARKS if mark != expected]
    alike = (
        mark
        for divides in (_divides, _divides_rows)
        for mark in (expected, *others)
        if (_are_in_blanks(text, mark == expected) if mark == BLANKS else divides(text, mark))
    )
    header = (_rows(text, expected) or [[""]])[0]
    in_header = (mark for mark in others if _MARKS[mark] == 1 and len(header) == 1 and mark in header[0])
    return next(alike, None) or next(in_header, expected)


def _are_in_blanks(text: str, is_expected: bool) -> bool:
    """Return whether any number of blanks is between columns, and at some place not one."""
    lines = text.splitlines()
    whole = "\n".join(lines if len(lines) < _LEAST_LINES else lines[:-1])
    if is_expected:
        return not _is_in_tabs(text, whole) and are_columns(whole, is_expected=True)
    return len(lines) >= _MARKS[BLANKS] and _UNEVEN.search(text) is not None and are_columns(text)


def _is_in_tabs(text: str, whole: str) -> bool:
    """Return whether tabs are between the columns of people: there are blanks inside of cells, or empty ones."""
    if not _divides(text, MARK) or are_names_of_people(rows_in_blanks(whole)[0]):
        return False
    values = [*zip(*_rows(text, MARK), strict=True)][len(("family", "person")) :]
    are_empty = any(len({not cell.strip() for cell in column}) > 1 for column in values)
    return are_empty or (" " in whole and not begins_with_people(whole))


def _divides(text: str, mark: str) -> bool:
    rows = _rows(text, mark)
    are_alike = len(rows) >= _MARKS[mark] and len(set(map(len, rows))) == 1 and len(rows[0]) > 1
    return are_alike and _are_cells(text, mark, rows)


def _divides_rows(text: str, mark: str) -> bool:
    """Return whether a mark divides all rows but the header alike, which names all columns but one."""
    header, *rows = _rows(text, mark) or [[]]
    are_alike = {len(row) - 1 for row in rows} == {len(header)} != {1}
    return (
        len(rows) + 1 >= max(_MARKS[mark], 2) and are_alike and _are_cells(text, mark, [["", *header], *rows])
    )


def _are_cells(text: str, mark: str, rows: Sequence[Sequence[str]]) -> bool:
    """Return whether rows have cells between single blanks: at most the first, names of rows, has no name."""
    if mark != " " or '"' in text:
        return True
    header, *below = rows
    return all(header) or (all(header[1:]) and are_row_names(below))


def _decimal(text: str, delimiter: str) -> str:
    """Return the comma if numbers have one and none has a point; commas may also part thousands."""
    cells = [cell.strip() for row in _rows(text, delimiter)[1:] for cell in row]
    commas = _like(cells, _WITH_COMMA.fullmatch)
    doubtful = delimiter != ";" and len(_like(commas, _THOUSANDS.fullmatch)) == len(commas)
    return "," if commas and not doubtful and not _like(cells, _WITH_POINT.fullmatch) else "."


def _like(cells: Sequence[str], matches: Callable[[str], object]) -> list[str]:
    return [cell for cell in cells if matches(cell)]
