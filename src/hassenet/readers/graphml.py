"""GraphML: graphs as networkx, Cytoscape, igraph and yEd write them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from xml.etree.ElementTree import ParseError

from hassenet._report import Count, Report
from hassenet.errors import DataError, DuplicateElementError, ParameterError, listing
from hassenet.hierarchy import Ranking
from hassenet.readers._building import closed, hierarchy_of
from hassenet.readers._networkx import networkx
from hassenet.readers._text import FilePath, text_of
from hassenet.readers._written import Node, elements_of
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation

Arrows = Literal["up", "down"]


def read_graphml(
    path: FilePath,
    *,
    arrows: Arrows = "up",
    label: str | None = None,
    rank: Ranking | None = None,
) -> Reading:
    r"""Return the hierarchy of a directed graph in GraphML.

    Parameters
    ----------
    path : str or path
        The file, gzipped or not.
    arrows : "up" or "down"
        Whether edges lead from the lower element to the upper one, or from the upper to the lower.
    label : str, optional
        The attribute of nodes that names them; by default their identifiers do.
    rank : "below", "above" or a mapping from element to int, optional
        φ, as in :meth:`Hierarchy.from_covers`; by default the nodes' attribute "rank" where all have it and it is a
        whole number ≥ 0, else "below". Ranks that no node has are closed. Attributes that are no ranks are reported.

    Raises
    ------
    DataError
        If the file is empty, no GraphML or cut off, the graph has no directions, or a node lacks the label.
    HierarchyError
        If the edges have a cycle, or two nodes have one label.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from hassenet.hierarchy import Hierarchy
    >>> from hassenet.readers import write_graphml
    >>> H = Hierarchy.from_covers([("BRCA2", "repair"), ("XPA", "repair")])
    >>> with TemporaryDirectory() as folder:
    ...     write_graphml(H, Path(folder, "H.graphml"))
    ...     read_graphml(Path(folder, "H.graphml")).hierarchy == H
    True
    """
    if arrows not in ("up", "down"):
        raise ParameterError(f"arrows lead 'up' or 'down'; got {arrows!r}")
    graph = _parsed(path)
    ranks, ranking = _ranks(graph)
    names, naming = _names(graph, label, ranks, path)
    pairs = tuple((names[a], names[b]) if arrows == "up" else (names[b], names[a]) for a, b in graph.edges())
    report = _report(graph, path) + Report("", dropped=(*ranking, naming))
    relation = Relation(pairs, report, tuple(names.values()), source=Path(path).name)
    given = {names[node]: value for node, value in ranks.items()}
    return hierarchy_of(relation, rank if rank is not None else given or "below")


def _parsed(path: FilePath) -> Any:
    """Return the directed graph of a file."""
    content = BytesIO(text_of(path).encode())
    try:
        graph = networkx().read_graphml(content)
    except ParseError as error:
        raise DataError(
            f"GraphML must be whole XML: {str(path)!r}: {error}; was the file cut off? write it again"
        ) from None
    except (networkx().NetworkXError, ValueError, KeyError, AttributeError) as error:
        raise DataError(f"a file must be GraphML: {str(path)!r}: {error}; write it again") from None
    if not graph.is_directed():
        raise DataError(
            f"edges must lead from lower to upper: the graph in {str(path)!r} has no directions; write a directed one"
        )
    if not len(graph):
        raise DataError(f"a hierarchy has elements: the graph in {str(path)!r} has no node; write it again")
    return graph


def _report(graph: Any, path: FilePath) -> Report:
    return Report(Path(path).name, (Count("nodes", len(graph)), Count("edges", graph.number_of_edges())))


def _ranks(graph: Any) -> tuple[dict[str, int], tuple[Count, Count]]:
    """Return the rank of each node, or nothing where the attribute "rank" is something else; and what is left out."""
    given = {node: rank for node, rank in graph.nodes(data="rank") if rank is not None}
    whole = len(given) == len(graph) and all(type(rank) is int and rank >= 0 for rank in given.values())
    ranks, empty = closed(given if whole else {})
    others = Count("attributes 'rank' that are no ranks of all nodes", 0 if whole else len(given))
    return ranks, (others, empty)


def _names(
    graph: Any, label: str | None, ranks: Mapping[str, int], path: FilePath
) -> tuple[dict[str, Any], Count]:
    """Return the name of each node, and what is left out."""
    if label is not None:
        return _labels(graph, label, path), Count("", 0)
    nodes = [Node(node, ranks.get(node, 0), source) for node, source in graph.nodes(data="relay_of")]
    relays = {node.name for node in nodes if ranks and isinstance(node.relay_of, str)}
    named = [node if node.name in relays else node._replace(relay_of=None) for node in nodes]
    odd = Count.of(
        "attributes 'relay_of' that name no element",
        (node.name for node in nodes if node.relay_of is not None and node.name not in relays),
    )
    return elements_of(named), odd


def _labels(graph: Any, label: str, path: FilePath) -> dict[str, Any]:
    names = dict(graph.nodes(data=label))
    without = [node for node, name in names.items() if name in (None, "")]
    if without:
        there = dict.fromkeys(key for _, data in graph.nodes(data=True) for key in data)
        raise DataError(
            f"a node must have the label: {listing(without)} in {str(path)!r} has no {label!r}; "
            f"there is {listing(there) or 'no attribute at all'}; choose one of these or none"
        )
    twice = [name for name, times in Counter(names.values()).items() if times > 1]
    if twice:
        raise DuplicateElementError(
            f"a label names one node: {listing(twice)} in {str(path)!r} name(s) several; choose another label or none"
        )
    return names
