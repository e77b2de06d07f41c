"""Taxonomies with a column a rank, as DADA2, phyloseq and data bases have them: their cells as lineages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hassenet.readers.lineage_cells import SEPARATORS
from hassenet.readers.sheet import Sheet

_RANKS = (
    ("domain", "superkingdom"),
    ("kingdom",),
    ("phylum", "division"),
    ("class",),
    ("order",),
    ("family",),
    ("genus",),
    ("species",),
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


def with_lineages(sheet: Sheet) -> tuple[Sheet, str]:
    """Return a sheet with one column of lineages, the last, in place of those of ranks; and what separates levels."""
    ranks = ranks_of(sheet.first)
    body = sheet.rows[1:]
    cells = {cells[k] for _, cells in body for k in ranks}
    sep = next(
        (mark for mark in (*SEPARATORS, ">") if not any(mark in cell for cell in cells)), SEPARATORS[0]
    )
    others = [k for k in range(len(sheet.first)) if k not in ranks]
    rows = [(line, (*(row[k] for k in others), sep.join(row[k] for k in ranks))) for line, row in body]
    head = (sheet.rows[0][0], (*(sheet.first[k] for k in others), "lineage"))
    return replace(sheet, rows=[head, *rows], headed=True), sep


def _levels(heads: Sequence[object]) -> dict[int, int]:
    """Return how far below the root each column is that is headed by a rank."""
    plain = (str(head).strip().lower() for head in heads)
    return {k: _LEVELS[head] for k, head in enumerate(plain) if head in _LEVELS}
