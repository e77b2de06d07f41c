"""Cells that spell lineages, as in tables of GTDB, QIIME2 and mothur: a feature, and the taxa that it is in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from hassenet.hierarchy.relation import Pair
from hassenet.hierarchy.report import Count

SEPARATORS = (";", "|")
"""What stands between the levels of a lineage in a cell."""
_LEVEL = re.compile(r"\s*([a-z]{1,2}|D_\d+)__.*", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\s*[A-Za-z]+[:-]\w+\s*")
_MANY = 200  # rows that are enough to know a column
_REMEDY = "read the table by read_taxonomy (on the command line, --format taxonomy)"


def separator_of(cells: Iterable[Any], separators: Sequence[str] = SEPARATORS) -> str | None:
    """Return what separates the levels of lineages in most of some cells; None where these are something else.

    Lineages have levels with prefixes (``d__Bacteria;p__Bacillota``), or three levels and few roots.

    Examples
    --------
    >>> separator_of(["k__Bacteria; p__Firmicutes", "k__Archaea; p__X"]), separator_of(["GO:1;GO:2;GO:3"])
    (';', None)
    """
    some = [cell for cell in islice(cells, _MANY) if isinstance(cell, str)]
    return next((sep for sep in separators if _are_lineages(some, sep)), None)


def _are_lineages(cells: Sequence[str], sep: str) -> bool:
    levels = [parts for cell in cells if len(parts := cell.strip(f" {sep}").split(sep)) > 1]
    if not levels or 2 * len(levels) < len(cells) or all(map(_IDENTIFIER.fullmatch, levels[0])):
        return False
    prefixed = sum(all(map(_LEVEL.fullmatch, parts)) for parts in levels)
    roots = {parts[0] for parts in levels}
    long = sum(len(parts) > 2 for parts in levels)
    return 2 * prefixed >= len(levels) or (2 * long >= len(levels) and 2 * len(roots) <= len(levels))


def spelt_lineages(pairs: Sequence[Pair]) -> Count:
    """Return the fault of names of elements that spell lineages: each would be a kingdom of its own."""
    nested = any(
        str(low).startswith(str(up)) for low, up in pairs[:1]
    )  # below A|B stands A|B|C, as it should
    if nested or separator_of(upper for _, upper in pairs) is None:
        return Count("", 0)
    names = dict.fromkeys(upper for _, upper in pairs)
    return Count.of("upper elements whose names spell lineages", names, _REMEDY)
