"""The ranks of a hierarchy, or of a network on it, as a table."""

from __future__ import annotations

from hassenet.cli.text import columns
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network


def ranks(H: Hierarchy, net: Network | None = None) -> str:
    """Return a line a rank, and the totals."""
    head = ["rank", "elements", "relays", "covers below", "density", *(["activation"] if net else [])]
    rows = [_rank(H, i) + _activation(net, i) for i in range(H.depth + 1)]
    skips = "" if H.is_graded else f"\n{H.skips.shape[1]:,} covers skip ranks: fit puts in relays for them"
    total = f"elements: {H.n_elements:,}; covers: {H.n_covers:,}; density: {H.density:.3g}"
    return f"{columns([head, *rows])}\n{total}{skips}"


def _rank(H: Hierarchy, i: int) -> list[str]:
    row = [str(i), f"{H.shape[i]:,}", f"{int(H.relays(i).sum()):,}"]
    if i == 0:
        return [*row, "", ""]
    layer = H.layers[i - 1]
    pairs = layer.shape[0] * layer.shape[1]  # none where a rank is empty
    return [*row, f"{layer.n:,}", f"{layer.n / pairs:.3g}" if pairs else ""]


def _activation(net: Network | None, i: int) -> list[str]:
    if net is None:
        return []
    return [repr(net.activations[i - 1]) if i else ""]
