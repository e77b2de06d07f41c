"""Text whose columns are apart by blanks and tabs, any number of them, as people and PLINK align it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from hassenet.errors import DataError
from hassenet.tables.comments import rows_of_lines

BLANKS = "blanks"
"""What stands between the columns of such text, in place of one character."""
MARK = "\t"
"""What stands there once it is text of the usual kind."""
_ANY, _STRONG = re.compile(r"[ \t]+"), re.compile(r"\t[ \t]*| [ \t]+")
_WEAK = re.compile(r"(?<![ \t]) (?![ \t])")
_EMPTY = re.compile(r"\t *\t")
_OTHER_MARKS = re.compile("[,;|]")
_OF_PEOPLE = ["FID", "IID"]
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|NA|nan", re.IGNORECASE)
_NOT_A_COMMENT = re.compile(rb"(?<![^\r\n])#[^\s][^\r\n]*")


def rows_in_blanks(text: str) -> list[list[str]]:
    r"""Return the cells of each row that is not blank.

    >>> rows_in_blanks("a   b\n 1 2\n")
    [['a', 'b'], ['1', '2']]
    """
    return [_ANY.split(line) for line in _lines(text)]


def _lines(text: str) -> list[str]:
    return [bare for line in re.split("[\r\n]+", text) if (bare := line.strip(" \t"))]


def are_columns(text: str, *, is_expected: bool = False) -> bool:
    r"""Return whether all rows have as many cells, so that none of these can be a text with a blank inside.

    A name less is there where a row begins with its own, as R prints it: below a blank, each another. Where rows can be
    divided in two ways, by single blanks and by wider gaps, it is not known which are cells, and these are not columns.

    Parameters
    ----------
    text : str
        The first rows, whole.
    is_expected : bool
        Whether the name of the file says that it is written so: then it is enough that rows have as many cells.

    Examples
    --------
    >>> (
    ...     are_columns("   age sex\n1   31   f\n2    4   m\n"),
    ...     are_columns("name     age\nAnn Lee   31\nBob        4\n"),
    ... )
    (True, False)
    >>> are_columns("first name   age\nAnn Lee       31\nBob Ray        4\n")
    False
    """
    header, *rows = rows_in_blanks(text) or [[]]
    if '"' in text or len(header) < 2 or _OTHER_MARKS.search(" ".join(header)):
        return False
    lengths = set(map(len, rows))
    if is_expected or _are_names_of_people(header):  # PLINK parts them so, whatever is between
        return lengths <= {len(header)}
    if _EMPTY.search(text):  # between two tabs a cell may be empty
        return False
    is_below_a_blank = text.lstrip("\r\n")[:1] in (" ", "\t") and len({row[0] for row in rows}) == len(rows)
    expected = {len(header), len(header) + 1} if is_below_a_blank else {len(header)}
    return len(lengths) == 1 and lengths <= expected and not _are_wider_gaps(_lines(text), max(lengths))


def begins_with_people(text: str) -> bool:
    """Return whether the first row is one of PLINK, which parts cells by any blanks and tabs.

    It has the names of family and person, or these themselves and numbers, where there is no header.
    """
    first = (rows_in_blanks(text) or [[]])[0]
    return _are_names_of_people(first) or are_of_a_person(first)


def _are_names_of_people(cells: Sequence[str]) -> bool:
    return cells[:2] == _OF_PEOPLE or cells[:1] == _OF_PEOPLE[1:]


def are_of_a_person(cells: Sequence[str]) -> bool:
    """Return whether cells are a family, a person and numbers.

    >>> are_of_a_person(["f1", "i1", "0.5", "NA"]), are_of_a_person(["FID", "IID", "PC1"])
    (True, False)
    """
    return len(cells) > 2 and all(_NUMBER.fullmatch(cell) is not None for cell in cells[2:])


def _are_wider_gaps(lines: Sequence[str], n: int) -> bool:
    """Return whether rows have single blanks beside tabs, or wider gaps divide them alike too, into fewer cells."""
    lengths = {len(_STRONG.split(line)) for line in lines}
    are_tabs = any("\t" in line for line in lines) and any(_WEAK.search(line) for line in lines)
    return are_tabs or (len(lengths) == 1 and 1 < min(lengths) < n)


def table_in_tabs(path: Path, text: bytes) -> bytes:
    r"""Return text as :func:`in_tabs`; lines above it that begin with # and a blank are comments, and stay.

    >>> table_in_tabs(Path("x.txt"), b"# by me\n#FID  IID\nf1  i1\n")
    b'# by me\n#FID\tIID\nf1\ti1\n'
    """
    rows = rows_of_lines(text)
    above = text[: len(text) - len(rows)]
    return _NOT_A_COMMENT.sub(lambda line: in_tabs(path, line[0]), above) + in_tabs(path, rows)


def in_tabs(path: Path, text: bytes) -> bytes:
    r"""Return text with a tab in place of all blanks between two cells, and none around a row; lines stay lines.

    Raises
    ------
    DataError
        If it has quotation marks: between them blanks would be part of a cell.

    Examples
    --------
    >>> in_tabs(Path("x.phen"), b" FID  IID\r\n  f1 i1 \r\n")
    b'FID\tIID\r\nf1\ti1\r\n'
    """
    if b'"' in text:
        raise DataError(
            f"columns that are apart by any number of blanks have no quotation marks; {path.name} has some; write it "
            "with tabs or commas between columns, or with one blank (--sep blank)"
        )
    text = text.replace(MARK.encode(), b" ")
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    for end in (b"\n", b"\r"):
        text = text.replace(b" " + end, end).replace(end + b" ", end)
    return text.strip(b" ").replace(b" ", MARK.encode())
