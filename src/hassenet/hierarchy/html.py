"""A hierarchy as a table, for notebooks."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from html import escape

from hassenet.hierarchy.covers import Covers

_HEAD = ("rank", "elements", "relays", "covers below", "density", "for instance")


def hierarchy_table(
    title: str, ranks: Sequence[Sequence[Hashable]], relays: Sequence[int], layers: Sequence[Covers]
) -> str:
    """Return an HTML table with a row a rank, the highest first; ``relays`` says how many a rank has."""
    below = [("", ""), *map(_covers, layers)]
    rows = "".join(_row(i, ranks[i], relays[i], *below[i]) for i in reversed(range(len(ranks))))
    head = "".join(f"<th>{column}</th>" for column in _HEAD)
    return f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(i: int, elements: Sequence[Hashable], relays: int, covers: str, density: str) -> str:
    names = ", ".join(map(str, elements[:3])) + (" …" if len(elements) > 3 else "")
    cells = (
        i,
        f"{len(elements) - relays:,}",
        f"{relays:,}" if relays else "",
        covers,
        density,
        escape(names),
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _covers(layer: Covers) -> tuple[str, str]:
    return f"{layer.n:,}", f"{layer.n / max(layer.shape[0] * layer.shape[1], 1):.3g}"
