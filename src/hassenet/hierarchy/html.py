"""A hierarchy as a table, for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from hassenet.hierarchy.rank_rows import RankRow, rank_rows

if TYPE_CHECKING:
    from hassenet.hierarchy.hierarchy import Hierarchy

_HEAD = ("rank", "elements", "relays", "covers below", "density", "for instance")


def hierarchy_table(H: Hierarchy) -> str:
    """Return an HTML table with a row a rank, the highest first."""
    rows = "".join(_row(row, H) for row in reversed(rank_rows(H)))
    head = "".join(f"<th>{title}</th>" for title in _HEAD)
    return f"<table><caption>{escape(repr(H))}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(row: RankRow, H: Hierarchy) -> str:
    relays = f"{row.relays:,}" if row.relays else ""
    names = ", ".join(map(str, H.ranks[row.rank][:3])) + (" …" if row.elements > 3 else "")
    cells = (row.rank, f"{row.elements - row.relays:,}", relays, *row.covers_below, escape(names))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
