"""Text tables for the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from shutil import get_terminal_size
from unicodedata import combining, east_asian_width

from hassenet.cli.terminal import shown


def columns(rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return rows of cells with aligned columns, the first ``left`` to the left, the others to the right.

    Examples
    --------
    >>> print(columns([["", "R²"], ["network", "0.91"]]))
               R²
    network  0.91
    """
    lines = [list(map(in_a_line, row)) for row in rows]
    widths = [max(map(letters, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(_cells(line, widths, left)).rstrip() for line in lines)


def _cells(row: Sequence[str], widths: Sequence[int], left: int) -> Iterable[str]:
    for k, (cell, width) in enumerate(zip(row, widths, strict=True)):
        blanks = " " * (width - letters(cell))
        yield cell + blanks if k < left else blanks + cell


def in_a_line(text: object) -> str:
    r"""Return a text as a cell of a table shows it: controls, tabs and ends of lines as they are written in Python.

    Examples
    --------
    >>> print(in_a_line("a\tb\x1b[0m"))
    a\tb\x1b[0m
    """
    return shown(text).replace("\t", "\\t").replace("\n", "\\n")


def letters(text: str) -> int:
    """Return how wide a text stands on a terminal: letters of Chinese, Japanese and Korean are two wide, marks none.

    Examples
    --------
    >>> letters("gene"), letters("遺伝子")
    (4, 6)
    """
    return sum(2 if east_asian_width(c) in "WF" else not combining(c) for c in text)


def width() -> int:
    """Return how many letters a line has on the terminal, or as COLUMNS says; 100 where there is none."""
    return get_terminal_size((100, 24)).columns


def short(name: object, width: int = 40) -> str:
    """Return a name, or its end if it is long: that of a lineage tells most. Words stay whole if they have room.

    Examples
    --------
    >>> short("Bacteria|Firmicutes|Bacilli", width=12), short("TRANSCRIPTIONAL", width=9)
    ('…|Bacilli', '…IPTIONAL')
    """
    text = in_a_line(name)
    if len(text) <= width:
        return text
    end = text[1 - width :]
    cut = re.search(r"[|;\s]", end[:-1])
    return f"…{end[cut.start() :] if cut else end}"


def number(value: float) -> str:
    """Return a number for reading: whole ones as such, others with four digits.

    Examples
    --------
    >>> number(1234.0), number(0.96042)
    ('1,234', '0.9604')
    """
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:.4g}"
