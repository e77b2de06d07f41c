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
_CELL = re.compile(r"[^ \t]+")
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

    A name less is there where rows begin with names of their own, as R prints them, and all columns are aligned. Where
    rows can be divided in two ways, by single blanks and by wider gaps, it is not known which are cells, and these are
    not columns.

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
    >>> are_columns("    city   n\nNew York 512\nSan Jose 711\n")
    False
    """
    header, *rows = rows_in_blanks(text) or [[]]
    is_of_people = is_expected or are_names_of_people(header)  # PLINK parts them so, whatever is between
    names = header[: len(_OF_PEOPLE)] if is_of_people else header
    if '"' in text or len(header) < 2 or _OTHER_MARKS.search(" ".join(names)):
        return False
    lengths = set(map(len, rows))
    if is_of_people:
        return lengths <= {len(header)}
    if _EMPTY.search(text) or len(lengths) != 1:  # between two tabs a cell may be empty
        return False
    n, lines = lengths.pop(), [line for line in re.split("[\r\n]+", text) if line.strip(" \t")]
    if _are_below_names(lines, rows):  # no other division is aligned
        return len(header) == n - 1
    return len(header) == n and not _are_wider_gaps(_lines(text), n) and not _may_be_joined(lines, n)


def begins_with_people(text: str) -> bool:
    """Return whether the first row is one of PLINK, which parts cells by any blanks and tabs.

    It has the names of family and person, or these themselves and numbers, where there is no header.
    """
    first = (rows_in_blanks(text) or [[]])[0]
    return are_names_of_people(first) or _are_of_a_person(first)


def are_names_of_people(cells: Sequence[str]) -> bool:
    """Return whether cells begin as a header of PLINK.

    >>> are_names_of_people(["FID", "IID", "PC1"]), are_names_of_people(["f1", "i1", "0.5"])
    (True, False)
    """
    own = [cell.upper() for cell in cells[:2]]
    return own == _OF_PEOPLE or own[:1] == _OF_PEOPLE[1:]


def _are_of_a_person(cells: Sequence[str]) -> bool:
    """Return whether cells are a family, a person and numbers."""
    return len(cells) > 2 and all(_NUMBER.fullmatch(cell) is not None for cell in cells[2:])


def are_row_names(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether first cells are names of rows, and not the first word of what is one text with a blank inside.

    They are where they count the rows, or where all that follows is numbers.

    >>> are_row_names([["1", "York"], ["2", "Jose"]]), are_row_names([["New", "York"], ["San", "Jose"]])
    (True, False)
    """
    first = [row[0] for row in rows]
    counts = any(first == [str(start + k) for k in range(len(first))] for start in (0, 1))
    return counts or all(_NUMBER.fullmatch(cell) is not None for row in rows for cell in row[1:])


def _are_below_names(lines: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Return whether rows begin at the left with names, each another, and all else is aligned with the header.

    A text with a blank inside would stand so too where all are as long, but for a gap that is wider in some.
    """
    header, *below = ([*_CELL.finditer(line)] for line in lines)
    columns = zip(header, *(row[1:] for row in below), strict=False)  # the last may have names only
    are_aligned = all(map(_is_aligned, columns))
    are_left = all(row[0].start() == 0 for row in below) and header[0].start() > 0
    are_others = len({row[0] for row in rows}) == len(rows)
    are_apart = any(row[1].start() - row[0].end() > 1 for row in below) or are_row_names(rows)
    return "\t" not in "".join(lines) and are_left and are_others and are_aligned and are_apart


def _is_aligned(column: Sequence[re.Match[str]]) -> bool:
    """Return whether cells begin, or end, at one place in their lines."""
    return len({cell.start() for cell in column}) == 1 or len({cell.end() for cell in column}) == 1


def _may_be_joined(lines: Sequence[str], n: int) -> bool:
    """Return whether two columns of words have one blank between in every line, and are not both aligned."""
    cells = [[*_CELL.finditer(line)] for line in lines]
    return any(
        all(row[k].end() + 1 == row[k + 1].start() for row in cells)
        and any(_NUMBER.fullmatch(row[j][0]) is None for row in cells[1:] for j in (k, k + 1))
        and not all(_is_aligned([row[j] for row in cells]) for j in (k, k + 1))
        for k in range(n - 1)
    )


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
