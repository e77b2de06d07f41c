"""A hierarchy as a table, for notebooks."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from html import escape

from hassenet.hierarchy.rank_rows import RankRow

_HEAD = ("rank", "elements", "relays", "covers below", "density", "for instance")


def hierarchy_table(title: str, ranks: Sequence[Sequence[Hashable]], rows: Sequence[RankRow]) -> str:
    """Return an HTML table with a row a rank, the highest first, and some of its elements."""
    body = "".join(_row(row, ranks[row.rank]) for row in reversed(rows))
    head = "".join(f"<th>{column}</th>" for column in _HEAD)
    return f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(row: RankRow, elements: Sequence[Hashable]) -> str:
    relays = f"{row.relays:,}" if row.relays else ""
    names = ", ".join(map(str, elements[:3])) + (" …" if row.elements > 3 else "")
    cells = (row.rank, f"{row.elements - row.relays:,}", relays, *row.covers_below, escape(names))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
