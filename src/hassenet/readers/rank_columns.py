"""Taxonomies with a column a rank, as DADA2, phyloseq and data bases have them: their cells as lineages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from sys import maxunicode

from hassenet.hierarchy.placeholders import is_placeholder
from hassenet.readers.headers import heads_features
from hassenet.readers.lineage_cells import SEPARATORS
from hassenet.readers.sheet import Sheet

NUMBERS = re.compile(r"[\d.|;,eE+%-]*")
"""Cells that are numbers, or several."""
_RANKS = (
    ("realm",),
    ("domain", "superkingdom"),
    ("kingdom",),
    ("subkingdom",),
    ("superphylum", "superdivision"),
    ("phylum", "division"),
    ("subphylum", "subdivision"),
    ("infraphylum",),
    ("superclass",),
    ("class",),
    ("subclass",),
    ("infraclass",),
    ("superorder",),
    ("order",),
    ("suborder",),
    ("infraorder",),
    ("parvorder",),
    ("superfamily",),
    ("family",),
    ("subfamily",),
    ("tribe",),
    ("subtribe",),
    ("genus",),
    ("subgenus",),
    ("species",),
    ("subspecies",),
    ("strain",),
)
"""The ranks of a taxonomy from the root down, each with its names."""
_LEVELS = {name: level for level, names in enumerate(_RANKS) for name in names}
_LEAST = 3  # columns: "order" and "class" are words of shops and schools too


def are_taxonomic(heads: Iterable[object]) -> bool:
    """Return whether two heads of columns are ranks of a taxonomy.

    Examples
    --------
    >>> are_taxonomic(["OTU", "Genus", "Family"]), are_taxonomic(["gene", "pathway", "family"])
    (True, False)
    """
    return len(_levels(list(heads))) > 1


def ranks_of(heads: Sequence[object]) -> list[int]:
    """Return the columns that are headed by ranks of a taxonomy, from the root down; none if a lineage is not seen.

    Examples
    --------
    >>> ranks_of(["OTU", "Genus", "Family", "Kingdom"]), ranks_of(["Kingdom", "Phylum", "Class"])
    ([3, 2, 1], [])
    """
    levels = _levels(heads)
    are_ranks = _LEAST <= len(levels) < len(heads) and len(set(levels.values())) == len(levels)
    return sorted(levels, key=lambda k: levels[k]) if are_ranks else []


def column_of_names(sheet: Sheet, ranks: Sequence[int]) -> int | None:
    """Return the column beside those of ranks that names features; None if the others hold numbers.

    Names are text, or below a head that says so; of several columns the one that is headed so, or names each row apart.
    """
    found = max((_naming(sheet, k), -k) for k in range(len(sheet.first)) if k not in ranks)
    (is_text, is_headed, _), place = found
    return -place if is_text or is_headed else None


def _naming(sheet: Sheet, column: int) -> tuple[bool, bool, bool]:
    """Return whether cells are text, below a head of names, and each another."""
    cells = [cells[column] for _, cells in sheet.rows[1:] if not is_placeholder(cells[column])]
    is_text = not all(map(NUMBERS.fullmatch, cells))
    return is_text, heads_features(sheet.first[column]), len(set(cells)) == len(cells)


def with_lineages(sheet: Sheet, ranks: Sequence[int]) -> tuple[Sheet, str]:
    """Return a sheet with one column of lineages, the last, in place of those of ranks; and what separates levels."""
    body = sheet.rows[1:]
    held = "".join(cells[k] for _, cells in body for k in ranks)
    arrows = map(chr, range(ord("→"), maxunicode))
    sep = next(mark for mark in chain(SEPARATORS, ">", arrows) if mark not in held)
    others = [k for k in range(len(sheet.first)) if k not in ranks]
    # A separator at the end, so that a level without a name stays one.
    rows = [(line, (*(row[k] for k in others), sep.join(row[k] for k in ranks) + sep)) for line, row in body]
    head = (sheet.rows[0][0], (*(sheet.first[k] for k in others), "lineage"))
    return replace(sheet, rows=[head, *rows], headed=True), sep


def _levels(heads: Sequence[object]) -> dict[int, int]:
    """Return how far below the root each column is that is headed by a rank."""
    plain = (str(head).strip().lower() for head in heads)
    return {k: _LEVELS[head] for k, head in enumerate(plain) if head in _LEVELS}
