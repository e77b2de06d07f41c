"""Lines of GAF and GPAD that are known without the first line of their file, which says what they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from hassenet.hierarchy.report import Count
from hassenet.readers.sheet import Row

_TERM = re.compile(r"[A-Za-z_]+:\w+")
_RELATION = re.compile(r"(RO|BFO):\d+")
_EVIDENCE = re.compile(r"[A-Z]{2,3}")
_REMEDY = "read them as annotations, without a choice of columns (read_annotations), or choose lines by where"


def kind_of_line(cells: Sequence[Any]) -> tuple[str, str] | None:
    """Return what the first line of a file of such lines would say; None where they are of another kind.

    Examples
    --------
    >>> line = "UniProtKB P01023 A2M NOT|enables GO:0002020 PMID:1 IDA - F - - protein taxon:9606 20220701 UniProt"
    >>> kind_of_line(line.split())
    ('gaf-version', '2')
    >>> kind_of_line("UniProtKB P01023 enables GO:0002020 PMID:1 ECO:0000314 - - 20220701 UniProt".split())
    ('gpad-version', '1')
    """
    if not all(isinstance(cell, str) for cell in cells):
        return None
    if len(cells) in range(15, 18) and cells[8] in {"P", "F", "C"} and _is_gaf(cells):
        return "gaf-version", "2"
    if len(cells) in range(9, 13) and _TERM.fullmatch(cells[3]) and cells[5].startswith("ECO:"):
        return "gpad-version", "2" if _RELATION.fullmatch(cells[2]) else "1"
    return None


def says_not(qualifiers: str) -> bool:
    """Return whether qualifiers, set apart by |, say that the annotation does not hold.

    Examples
    --------
    >>> says_not("NOT|enables"), says_not("not | enables"), says_not("enables")
    (True, True, False)
    """
    return any(word.strip().upper() == "NOT" for word in qualifiers.split("|"))


def _is_gaf(cells: Sequence[str]) -> bool:
    return _TERM.fullmatch(cells[4]) is not None and _EVIDENCE.fullmatch(cells[6]) is not None


# The column that may hold NOT, by what the first line would say.
_NEGATION = {("gaf-version", "2"): 3, ("gpad-version", "1"): 2, ("gpad-version", "2"): 1}


def negations(rows: Sequence[Row]) -> Count:
    """Return the fault of annotations that are read as pairs although they say NOT."""
    kind = kind_of_line(rows[0][1]) if rows else None
    column = _NEGATION[kind] if kind else 0
    n = sum(says_not(cells[column]) for _, cells in rows) if kind else 0
    return Count("annotations that say NOT, read as pairs like the others", n, remedy=_REMEDY)
