"""Lines above the header of a text table that begin with #, as programs write them that merge profiles."""

from __future__ import annotations

from itertools import takewhile
from typing import NamedTuple


class Body(NamedTuple):
    """A table without the lines above its header, and how many these were."""

    text: bytes
    comments: int


def below_comments(text: bytes, mark: str) -> Body:
    r"""Return a table from its header on: below lines that begin with # and have not as many cells as the rows.

    A header may begin with # itself.

    Parameters
    ----------
    text : bytes
        In UTF-8.
    mark : str
        What stands between columns.

    Examples
    --------
    >>> below_comments(b"#version 3\n#OTU ID\tS1\nO1\t5\n", "\t")
    Body(text=b'#OTU ID\tS1\nO1\t5\n', comments=1)
    >>> below_comments(b"#version 3\nID\tS1\nO1\t5\n", "\t").comments
    1
    """
    if not text.startswith(b"#"):
        return Body(text, 0)
    head = list(takewhile(lambda line: line.startswith(b"#"), text.split(b"\n", _MOST)))
    width = _cells(text.split(b"\n", len(head) + 1)[len(head) : len(head) + 1], mark)
    above = head[:-1] if _cells(head[-1:], mark) == width else head
    return Body(text[sum(len(line) + 1 for line in above) :], len(above)) if width else Body(text, 0)


_MOST = 1000


def _cells(lines: list[bytes], mark: str) -> int:
    """Return how many cells a line has; none where there is no line."""
    return lines[0].count(mark.encode()) + 1 if lines and lines[0].strip() else 0
