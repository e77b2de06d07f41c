"""The tables that ``write_edges`` writes: a line an element, then a line a cover."""

from __future__ import annotations

import re
from collections.abc import Callable

from hassenet.errors import DataError
from hassenet.hierarchy import Hierarchy, Ranking
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.building import of_order
from hassenet.readers.nodes import Node, Written, check_written, elements_of, order_of, read_written
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation
from hassenet.readers.sheet import Sheet

# Python refuses to read numbers of some thousand digits, and no rank has more than these.
_RANK = re.compile("[0-9]{1,18}")
_SIGNS = {"1": 1, "-1": -1, "": 0}


def read_table(
    sheet: Sheet, features: Relation | None, rank: Ranking | None, constructor: Callable[..., Hierarchy]
) -> Reading:
    """Return the hierarchy that was written, or that of its order with features below, or with other ranks."""
    written = nodes, covers, signs = _lines(sheet)
    report = Report(sheet.name, (Count("lines", len(sheet.rows) - 1),), sheet.dropped, faults=sheet.faults)
    if features is None and rank is None:
        return read_written(written, report, constructor)
    check_written(nodes, covers, elements_of(nodes), sheet.name)
    order = order_of(nodes, covers, signs, report + Report("", (Count("pairs", len(covers)),)))
    return of_order(order, features, {node.name: node.rank for node in nodes}, rank, constructor)


def _lines(sheet: Sheet) -> Written:
    nodes, covers = [], []
    signs: dict[tuple[str, str], int] = {}
    for line, (low, up, rank, source, *sign) in sheet.rows[1:]:
        if up and low and not rank and not source and (not sign or sign[0] in _SIGNS):
            covers.append((low, up))
            signs |= {(low, up): _SIGNS[sign[0]]} if sign and sign[0] else {}
        elif low and not up and _RANK.fullmatch(rank) and not any(sign):
            nodes.append(Node(low, int(rank), source or None))
        else:
            raise DataError(
                f"a line has an element with its rank, or a cover of two elements: {sheet.at(line)} reads "
                f"{','.join((low, up, rank, source, *sign))!r}; write the file again with write_edges"
            )
    return Written(nodes, covers, signs)
