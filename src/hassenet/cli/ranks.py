"""The ranks of a hierarchy, or of a network on it, as a table."""

from __future__ import annotations

from hassenet.cli.text import columns
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.rank_rows import RankRow, rank_rows
from hassenet.network import Network


def ranks(H: Hierarchy, net: Network | None = None) -> str:
    """Return a line a rank, and the totals."""
    head = ["rank", "elements", "relays", "covers below", "density", *(["activation"] if net else [])]
    of_ranks = rank_rows([H.relays(i) for i in range(H.depth + 1)], H.layers)
    rows = [_cells(row) + _activation(net, row.rank) for row in of_ranks]
    skips = "" if H.is_graded else f"\n{H.skips.shape[1]:,} covers skip ranks: fit puts in relays for them"
    total = f"elements: {H.n_elements:,}; covers: {H.n_covers:,}; density: {H.density:.3g}"
    return f"{columns([head, *rows])}\n{total}{skips}"


def _cells(row: RankRow) -> list[str]:
    return [str(row.rank), f"{row.elements:,}", f"{row.relays:,}", *row.covers_below]


def _activation(net: Network | None, i: int) -> list[str]:
    if net is None:
        return []
    return [repr(net.activations[i - 1]) if i else ""]
