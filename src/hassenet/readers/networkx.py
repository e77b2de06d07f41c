"""Graphs of networkx."""

from __future__ import annotations

from typing import Any

from hassenet.hierarchy import Ranking
from hassenet.hierarchy.relation import check_directed
from hassenet.readers.graphs import Arrows, GraphOptions, of_graph
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Source


def read_networkx(
    graph: Any,
    *,
    arrows: Arrows = "up",
    label: str | None = None,
    features: Source | None = None,
    rank: Ranking | None = None,
) -> Reading:
    """Return the hierarchy of a directed graph of networkx; its edges are an order, whose covers are found.

    Parameters
    ----------
    graph : networkx.DiGraph or networkx.MultiDiGraph
        The graph; what ``to_networkx`` made comes back equal.
    arrows : "up" or "down"
        Whether edges lead from the lower element to the upper one, or from the upper to the lower.
    label : str, optional
        The attribute of nodes that names them; by default they are their names.
    features : path, data frame, mapping or iterable of (feature, element), optional
        As of :func:`read_edges`; ranks that nodes have are then lifted by one.
    rank : "below", "above" or a mapping from element to int, optional
        φ, as in :meth:`Hierarchy.from_covers`; by default the nodes' attribute "rank" where all have it and it is a
        whole number ≥ 0, else "below". Ranks that no node has are closed. Attributes that are not ranks are reported.

    Raises
    ------
    ParameterError
        If it is not a graph of networkx, or one without directions.
    DataError
        If it has no node, or a node lacks the label; FeatureError if no feature belongs to an element.
    HierarchyError
        If the edges have a cycle, or two nodes have one label.

    Examples
    --------
    >>> from networkx import DiGraph
    >>> H, report = read_networkx(DiGraph([("repair", "BRCA2"), ("repair", "XPA")]), arrows="down")
    >>> H.ranks
    (('BRCA2', 'XPA'), ('repair',))
    """
    check_directed(graph)
    return of_graph(graph, "graph", "the graph", GraphOptions(arrows, label, features, rank))
