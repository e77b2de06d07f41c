"""Lines above the header of a text table that begin with #, as programs write them that merge profiles."""

from __future__ import annotations

import re
from typing import NamedTuple

_LINE = re.compile(rb"#[^\r\n]*(?:\r\n?|\n|\Z)|[ ]*(?:\r\n?|\n)")
"""One that begins with #, or is blank."""
_ENDS = re.compile(rb"[\r\n]+")
_NUMBER = re.compile(rb"[-+]?[0-9]*[.,]?[0-9]+(?:[eE][-+]?[0-9]+)?")
_LOOK = 1 << 16  # bytes of rows
_END = re.compile(rb"[\r\n]|\Z")


class Body(NamedTuple):
    """A table without the lines above its header, how many of these are comments, and the header if it is like them."""

    text: bytes
    comments: int
    header: bytes = b""


def below_comments(text: bytes, mark: str, *, may_be_header: bool = True) -> Body:
    r"""Return a table from its header on: below lines that begin with # and have not as many cells as the rows.

    A header may begin with # itself.

    Parameters
    ----------
    text : bytes
        In UTF-8.
    mark : str
        What stands between columns.
    may_be_header : bool
        Whether a header may begin with #.

    Examples
    --------
    >>> below_comments(b"#version 3\n#OTU ID\tS1\nO1\t5\n", "\t")
    Body(text=b'#OTU ID\tS1\nO1\t5\n', comments=1, header=b'')
    >>> below_comments(b"#version 3\n\nID\tS1\nO1\t5\n", "\t")
    Body(text=b'ID\tS1\nO1\t5\n', comments=1, header=b'')
    >>> below_comments(b"# x\ty\nID\tS1\nO1\t5\n", "\t").header
    b'# x\ty'
    """
    above = _above(text)
    width = _cells(_line_at(text, above.end), mark)
    if not above.comments or not width:
        return Body(text, 0)
    is_header = may_be_header and above.last >= 0 and _cells(_line_at(text, above.last), mark) == width
    if not is_header:
        return Body(text[above.end :], above.comments)
    header = _line_at(text, above.last)
    is_doubtful = _are_words_above_numbers(text[above.end : above.end + _LOOK], mark)
    return Body(text[above.last :], above.comments - 1, header if is_doubtful else b"")


def _are_words_above_numbers(rows: bytes, mark: str) -> bool:
    """Return whether rows begin with one that is not a row: without a number, while the next has one."""
    first, second, *_ = [*filter(None, _ENDS.split(rows)), b"", b""]
    parts = ([cell.strip(b' "') for cell in line.split(mark.encode())] for line in (first, second))
    above, below = (any(map(_NUMBER.fullmatch, cells)) for cells in parts)
    return below and not above


def below_header(text: bytes) -> bytes:
    r"""Return a text without its first line.

    >>> below_header(b"ID\tS1\r\nO1\t5\n")
    b'O1\t5\n'
    """
    end = _ENDS.search(text)
    return text[end.end() :] if end else b""


def rows_of_lines(text: bytes) -> bytes:
    r"""Return a text from the first line on that is neither blank nor begins with #.

    >>> rows_of_lines(b"#OTU ID;S1\nO1;5\n")
    b'O1;5\n'
    """
    return text[_above(text).end :]


class _Above(NamedTuple):
    """Where lines above a table end, how many of them are comments, and where the last begins; -1 where it is blank."""

    end: int = 0
    comments: int = 0
    last: int = -1


def _above(text: bytes) -> _Above:
    found = _Above()
    while line := _LINE.match(text, found.end):
        is_comment = text.startswith(b"#", line.start())
        found = _Above(line.end(), found.comments + is_comment, line.start() if is_comment else -1)
        if line.end() == len(text):
            break
    return found


def _line_at(text: bytes, start: int) -> bytes:
    end = _END.search(text, start)
    return text[start : end.start()] if end else b""


def _cells(line: bytes, mark: str) -> int:
    """Return how many cells a line has; none where it is blank."""
    return line.count(mark.encode()) + 1 if line.strip() else 0
