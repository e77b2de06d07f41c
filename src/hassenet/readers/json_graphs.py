"""Graphs in JSON: node-link and adjacency data of networkx, d3's and vis.js's nodes and edges, Cytoscape.js."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from hassenet.errors import DataError, DuplicateElementError, UnknownElementError, listing
from hassenet.files.content import FilePath
from hassenet.files.optional import networkx
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.graphs import Arrows, GraphOptions, of_graph
from hassenet.readers.json_text import json_of, typed
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Source

_ENDS = (("source", "target"), ("from", "to"))


def read_json_graph(
    path: FilePath,
    *,
    arrows: Arrows | None = None,
    label: str | None = None,
    features: Source | None = None,
    rank: Ranking | None = None,
) -> Reading:
    """Return the hierarchy of a directed graph in JSON, as :func:`read_networkx` reads it.

    It is an object with "nodes", and with "links" or "edges" of "source" and "target" (networkx, d3) or "from" and "to"
    (vis.js), or with the "adjacency" of networkx; or "elements" of Cytoscape. Nodes are named by their "id", else by
    their "name", as text. Ends that are numbers where no node is called by a number count nodes from 0, as networkx
    wrote them before version 2, and are counted in the report.

    Parameters
    ----------
    path : str or path
        The file, gzipped or not.
    arrows : "up" or "down", optional
        Whether edges lead from the lower element to the upper one, or from the upper to the lower. By default up; a
        graph that then looks upside down, and has no ranks, is refused.
    label, features, rank
        As of :func:`read_networkx`.

    Raises
    ------
    DataError
        If the file is empty, no text, cut off, no JSON, or no graph; if the graph has no directions, or a node no name.
    HierarchyError
        If an edge has an end that is not a node, the edges have a cycle, two nodes have one name, or the graph looks
        upside down.

    Examples
    --------
    >>> from json import dumps
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> graph = {
    ...     "nodes": [{"id": "XPA"}, {"id": "repair"}],
    ...     "links": [{"source": "XPA", "target": "repair"}],
    ... }
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "graph.json")
    ...     _ = file.write_text(dumps(graph))
    ...     H, report = read_json_graph(file)
    >>> H.ranks
    (('XPA',), ('repair',))
    """
    value = json_of(path)
    if not is_json_graph(value):
        raise DataError(
            f'a graph in JSON has "nodes" and "links", "edges" or "adjacency": {str(path)!r} holds another thing; '
            "read a nested tree with read_tree"
        )
    if value.get("directed") is False:
        raise DataError(
            f"the edges of a hierarchy have directions: the graph in {str(path)!r} has none; write a directed graph"
        )
    graph, places = _graph(_written(value, path), path)
    options = GraphOptions(arrows, label, features, rank)
    H, report = of_graph(graph, Path(path).name, repr(str(path)), options)
    return Reading(H, report + Report("", (places,) if places.n else ()))


def is_json_graph(value: Any) -> bool:
    """Return whether a value in JSON is an object with nodes and edges, or Cytoscape's elements."""
    if not isinstance(value, dict):
        return False
    if isinstance(value.get("nodes"), list):
        return any(isinstance(value.get(key), list) for key in ("links", "edges", "adjacency"))
    elements = value.get("elements")
    if isinstance(elements, dict):
        return is_json_graph(elements) or isinstance(elements.get("nodes"), list)
    return isinstance(elements, list) and bool(elements) and all(map(_has_data, elements))


class _Written(NamedTuple):
    """The attributes of nodes, and of edges, as they stand in a file."""

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]


def _written(value: dict[str, Any], path: FilePath) -> _Written:
    elements = value.get("elements", value)
    if isinstance(elements, list):
        parts = [_data(part) for part in elements]
        edges = [part for part in parts if "source" in part]
        return _Written([part for part in parts if "source" not in part], edges)
    nodes = [_data(part) for part in elements["nodes"]]
    if "adjacency" in value:
        return _Written(nodes, list(_adjacent(nodes, value["adjacency"], path)))
    key = "links" if "links" in elements else "edges"
    return _Written(nodes, [_data(part) for part in typed(elements.get(key), list, f'"{key}"', path)])


def _has_data(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("data"), dict)


def _data(part: Any) -> dict[str, Any]:
    """Return the attributes of a part; Cytoscape has them under "data", and a name alone stands for its node."""
    if _has_data(part):
        return dict(part["data"])
    return dict(part) if isinstance(part, dict) else {"id": part}


def _adjacent(nodes: list[dict[str, Any]], adjacency: list[Any], path: FilePath) -> Iterable[dict[str, Any]]:
    if len(nodes) != len(adjacency) or not all(isinstance(row, list) for row in adjacency):
        raise DataError(
            f'"adjacency" has a list for each node: {str(path)!r} has {len(adjacency)} for {len(nodes)} node(s); '
            "was the file cut off? write it again"
        )
    for node, row in zip(nodes, adjacency, strict=True):
        for other in map(_data, row):
            sign = {"sign": other["sign"]} if "sign" in other else {}
            yield {"source": node.get("id"), "target": other.get("id"), **sign}


def _graph(written: _Written, path: FilePath) -> tuple[Any, Count]:
    """Return the graph of networkx, and how many ends were places of nodes."""
    names = [_name(node, path) for node in written.nodes]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise DuplicateElementError(
            f"a node has a name of its own: {listing(twice)} stand(s) twice in {str(path)!r}; take one out"
        )
    pairs, places = _by_name([_ends(edge, path) for edge in written.edges], names)
    known = set(names)
    unknown = dict.fromkeys(end for end in chain.from_iterable(pairs) if end not in known)
    if unknown:
        raise UnknownElementError(
            f"an edge joins two nodes: {listing(unknown)} in {str(path)!r} is not one; "
            "was the file cut off? write it again"
        )
    graph = networkx().MultiDiGraph()
    graph.add_nodes_from(zip(names, map(_attributes, written.nodes), strict=True))
    signs = [{"sign": edge["sign"]} if "sign" in edge else {} for edge in written.edges]
    graph.add_edges_from((low, up, sign) for (low, up), sign in zip(pairs, signs, strict=True))
    return graph, places


def _name(node: Mapping[str, Any], path: FilePath) -> str:
    name = node.get("id", node.get("name"))
    if not (isinstance(name, str) and name.strip()) and type(name) is not int:
        raise DataError(
            f'a node has an "id" or a "name": {str(path)!r} holds {str(dict(node))[:60]}; name it'
        )
    return str(name)


def _attributes(node: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key != "id"}


def _ends(edge: Mapping[str, Any], path: FilePath) -> tuple[Any, Any]:
    for lower, upper in _ENDS:
        if all(isinstance(edge.get(key), str | int) for key in (lower, upper)):
            return edge[lower], edge[upper]
    raise DataError(
        f'an edge has a "source" and a "target", or "from" and "to": {str(path)!r} '
        f"holds {str(dict(edge))[:60]}; name both"
    )


def _by_name(pairs: list[tuple[Any, Any]], names: list[str]) -> tuple[list[tuple[str, str]], Count]:
    """Return the pairs by name, and how many ends were numbers that count nodes: where no name is a number itself."""
    ends = list(chain.from_iterable(pairs))
    counted = all(type(end) is int and 0 <= end < len(names) for end in ends)
    if not counted or any(name.strip().lstrip("-").isdecimal() for name in names):
        return [(str(a), str(b)) for a, b in pairs], Count("", 0)
    return [(names[a], names[b]) for a, b in pairs], Count("ends that count nodes from 0", len(ends))
