"""Cells that spell lineages, as in tables of GTDB, QIIME2 and mothur: a feature, and the taxa that it is in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from hassenet.hierarchy.placeholders import is_placeholder
from hassenet.hierarchy.relation import Pair
from hassenet.hierarchy.report import Count
from hassenet.readers.headers import heads_lineages

SEPARATORS = (";", "|")
"""What stands between the levels of a lineage in a cell."""
_LEVEL = re.compile(r"\s*([a-z]{0,2}|D_\d+)__.*", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\s*[A-Za-z]+[:-]\w+\s*")
_CONFIDENCE = re.compile(r"\(\d+(\.\d+)?\)$")
_MANY = 200  # rows that are enough to know a column
_REMEDY = "read the table by read_taxonomy (on the command line, --format taxonomy)"


def separator_of(cells: Iterable[Any], separators: Sequence[str] = SEPARATORS) -> str | None:
    """Return what separates the levels of lineages in most of some cells; None where these are something else.

    Lineages have levels with prefixes (``d__Bacteria;p__Bacillota``), or three levels and few roots; below a head that
    says so levels are enough. Words that stand for nothing, as "Unassigned", say neither yes nor no.

    Examples
    --------
    >>> separator_of(["k__Bacteria; p__Firmicutes", "k__Archaea; p__X"]), separator_of(["GO:1;GO:2;GO:3"])
    (';', None)
    """
    some = [cell for cell in islice(cells, _MANY) if isinstance(cell, str)]
    return next((sep for sep in separators if _are_lineages(some, sep)), None)


def _are_lineages(cells: Sequence[str], sep: str) -> bool:
    named = [cell.strip(f" {sep}").split(sep) for cell in cells if not is_placeholder(cell)]
    levels = [parts for parts in named if len(parts) > 1]
    roots = [parts for parts in named if len(parts) == 1 and _LEVEL.fullmatch(parts[0])]
    if not levels or 2 * len(levels) < len(named) - len(roots) or all(map(_IDENTIFIER.fullmatch, levels[0])):
        return False
    return heads_lineages(cells[0]) or _are_prefixed(levels) or _have_few_roots(levels)


def _are_prefixed(levels: Sequence[Sequence[str]]) -> bool:
    return 2 * sum(all(map(_LEVEL.fullmatch, parts)) for parts in levels) >= len(levels)


def _have_few_roots(levels: Sequence[Sequence[str]]) -> bool:
    long = sum(len(parts) > 2 for parts in levels)
    return 2 * long >= len(levels) and 2 * len({parts[0] for parts in levels}) <= len(levels)


def plain_lineage(cell: str, sep: str) -> str:
    """Return a lineage without blanks around its levels, a separator at its end, and confidences of all levels.

    Examples
    --------
    >>> plain_lineage("Bacteria(100); Firmicutes(98);", ";")
    'Bacteria;Firmicutes'
    """
    levels = [level.strip() for level in cell.strip().removesuffix(sep).split(sep)]
    if all(map(_CONFIDENCE.search, levels)):
        levels = [_CONFIDENCE.sub("", level) for level in levels]
    return sep.join(levels)


def spelt_lineages(pairs: Sequence[Pair]) -> Count:
    """Return the fault of names of elements that spell lineages: each would be a kingdom of its own."""
    nested = any(
        str(low).startswith(str(up)) for low, up in pairs[:1]
    )  # below A|B stands A|B|C, as it should
    if nested or separator_of(upper for _, upper in pairs) is None:
        return Count("", 0)
    names = dict.fromkeys(upper for _, upper in pairs)
    return Count.of("upper elements whose names spell lineages", names, _REMEDY)
