"""Cells that hold several names: ``GO:1;GO:2``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hassenet.errors import DataError, ParameterError
from hassenet.hierarchy.relation import Pair
from hassenet.hierarchy.report import Count

_IDENTIFIER = re.compile(r"[A-Za-z]\w*:\w+|R-[A-Z]{3}-\d+|(hsa|mmu|ko|map)\d{5}")
_MARKS = (";", "|", ",")


def apart(pairs: Sequence[Pair], split: str) -> tuple[tuple[Pair, ...], list[int]]:
    """Return the pairs of each name in the one cell with each in the other, and the number of the row of each.

    Raises
    ------
    ParameterError
        If nothing sets them apart.
    DataError
        If a cell holds no name.

    Examples
    --------
    >>> apart([("BRCA2", "GO:1; GO:2"), ("XPA", "GO:1")], ";")
    ((('BRCA2', 'GO:1'), ('BRCA2', 'GO:2'), ('XPA', 'GO:1')), [0, 0, 1])
    """
    if not isinstance(split, str) or not split:
        raise ParameterError(
            f"split is the text between two names in a cell; got {split!r}; give one, as split=';'"
        )
    found = [
        ((low, up), k)
        for k, pair in enumerate(pairs)
        for low in _names(pair[0], split)
        for up in _names(pair[1], split)
    ]
    return tuple(pair for pair, _ in found), [k for _, k in found]


def _names(cell: object, split: str) -> list[object]:
    if not isinstance(cell, str):
        return [cell]
    names: list[object] = [name.strip() for name in cell.split(split) if name.strip()]
    if not names:
        raise DataError(
            f"a cell holds names: {cell!r} holds none apart by {split!r}; complete it or take the row out"
        )
    return names


def spelt_several(pairs: Sequence[Pair]) -> Count:
    """Return the fault of upper names that look like several identifiers: each would be an element of its own.

    Examples
    --------
    >>> print(spelt_several([("BRCA2", "GO:1;GO:2"), ("XPA", "GO:1")]))
    upper elements that look like several: 1 ('GO:1;GO:2'); set them apart by split=';' (--split, --feature-split)
    """
    found = {str(up): mark for _, up in pairs if (mark := _mark(up))}
    mark = next(iter(found.values()), "")
    remedy = f"set them apart by split={mark!r} (--split, --feature-split)"
    return Count.of("upper elements that look like several", found, remedy)


def _mark(name: object) -> str:
    """Return what stands between the identifiers in a name; nothing if it does not hold several."""
    if not isinstance(name, str):
        return ""
    marks = (mark for mark in _MARKS if mark in name)
    return next(
        (m for m in marks if all(_IDENTIFIER.fullmatch(p.strip()) for p in name.split(m) if p.strip())), ""
    )
