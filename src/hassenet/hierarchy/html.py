"""A hierarchy as a table, for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hassenet.hierarchy.hierarchy import Hierarchy

_HEAD = ("rank", "elements", "relays", "covers below", "density", "for instance")


def hierarchy_table(H: Hierarchy) -> str:
    """Return an HTML table with a row a rank, the highest first."""
    rows = "".join(_row(H, i) for i in range(H.depth, -1, -1))
    head = "".join(f"<th>{title}</th>" for title in _HEAD)
    return f"<table><caption>{escape(repr(H))}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(H: Hierarchy, i: int) -> str:
    relays = int(H.relays(i).sum())
    covers, density = ("", "") if i == 0 else _covers(H, i - 1)
    names = ", ".join(str(e) for e in H.ranks[i][:3]) + (" …" if H.shape[i] > 3 else "")
    cells = (i, f"{H.shape[i] - relays:,}", f"{relays:,}" if relays else "", covers, density, escape(names))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _covers(H: Hierarchy, i: int) -> tuple[str, str]:
    layer = H.layers[i]
    return f"{layer.n:,}", f"{layer.n / max(layer.shape[0] * layer.shape[1], 1):.3g}"
