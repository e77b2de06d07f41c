"""The lines of a text, and whether its last one has an end."""

from __future__ import annotations

import re
from pathlib import Path

from hassenet.files.content import FileContent, FilePath
from hassenet.hierarchy.report import Count


def text_of(path: FilePath) -> str:
    """Return the text of a file in UTF-8, gzipped or not; errors are those of :attr:`FileContent.text`."""
    return FileContent.of(path).text


def unended(text: str, path: FilePath) -> Count:
    r"""Return the fault of a text whose last line has no end: most files that were cut off have none.

    Examples
    --------
    >>> print(unended("a,b\nc,", "edges.csv"))
    files whose last line has no end (cut off?): 1 ('edges.csv')
    """
    names = [] if text.endswith(("\n", "\r")) else [Path(path).name]
    return Count.of("files whose last line has no end (cut off?)", names)


def lines_of(text: str) -> list[str]:
    r"""Return the lines of a text as editors count them; other signs that Python takes for ends of lines are text.

    Examples
    --------
    >>> lines_of("a\x0bb\r\nc\n")
    ['a\x0bb', 'c']
    """
    lines = re.split(r"\r\n|\r|\n", text)
    return lines if lines[-1] else lines[:-1]
