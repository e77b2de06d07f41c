"""OBO Graphs: ontologies in JSON, as ROBOT and the OBO Foundry write them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from hassenet.errors import DataError, DuplicateElementError
from hassenet.files.content import FilePath
from hassenet.files.optional import networkx
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.report import Count
from hassenet.readers.choices import Names
from hassenet.readers.json_text import json_of, typed
from hassenet.readers.ontology_terms import Ontology
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Source

_IDENTIFIER = re.compile(r".*[/#]([A-Za-z][A-Za-z0-9]*)_(\w+)")
_LAST_PART = re.compile(r".*[/#]")


def read_obographs(
    path: FilePath,
    *,
    relations: Names | None = None,
    namespace: Names | None = None,
    annotations: Source | None = None,
    rank: Ranking = "below",
) -> Reading:
    """Return the hierarchy of an ontology in OBO Graphs (JSON): the same as that of its file in OBO.

    ``http://purl.obolibrary.org/obo/GO_0008150`` is ``GO:0008150``; a relation is called by its label, with underscores
    for blanks: "part_of". Pairs of properties and of individuals are left out and counted.

    Parameters
    ----------
    path : str or path
        The file, gzipped or not.
    relations, namespace, annotations, rank
        As of :func:`read_obo`.

    Raises
    ------
    DataError
        If the file is empty, no text, cut off, no JSON, or no OBO Graphs.
    HierarchyError
        If a term stands twice, or the relations have a cycle.

    References
    ----------
    Mungall et al., OBO Graphs, https://github.com/geneontology/obographs.

    Examples
    --------
    >>> from json import dumps
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> at = "http://purl.obolibrary.org/obo/"
    >>> nodes = [{"id": f"{at}GO_{k}", "type": "CLASS", "lbl": f"term {k}"} for k in (1, 2)]
    >>> graph = {"nodes": nodes, "edges": [{"sub": f"{at}GO_2", "pred": "is_a", "obj": f"{at}GO_1"}]}
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "go.json")
    ...     _ = file.write_text(dumps({"graphs": [graph]}))
    ...     H, report = read_obographs(file, annotations={"A2M": "GO:2"})
    >>> H.ranks
    (('A2M',), ('GO:2',), ('GO:1',))
    """
    return _ontology_of(path).read(relations, namespace, annotations, rank)


def names_of(path: FilePath) -> dict[str, str]:
    """Return the name of each term of a file that is not obsolete."""
    return _ontology_of(path).names


def is_obo_graphs(value: Any) -> bool:
    """Return whether a value in JSON is an object of graphs with nodes or edges."""
    graphs = value.get("graphs") if isinstance(value, dict) else None
    return isinstance(graphs, list) and any(
        isinstance(graph, dict) and ("nodes" in graph or "edges" in graph) for graph in graphs
    )


def identifier(address: str) -> str:
    """Return the identifier that the address of a term stands for.

    Examples
    --------
    >>> (
    ...     identifier("http://purl.obolibrary.org/obo/GO_0008150"),
    ...     identifier("GO:1"),
    ...     identifier("http://x.org/a#part"),
    ... )
    ('GO:0008150', 'GO:1', 'part')
    """
    found = _IDENTIFIER.fullmatch(address)
    return f"{found[1]}:{found[2]}" if found else _LAST_PART.sub("", address)


def _ontology_of(path: FilePath) -> Ontology:
    value = json_of(path)
    if not is_obo_graphs(value):
        raise DataError(
            f'OBO Graphs are an object with "graphs" of nodes and edges: {str(path)!r} holds another thing; '
            "read a nested tree with read_tree, another graph with read_json_graph"
        )
    nodes, edges = (list(_parts(value, key, path)) for key in ("nodes", "edges"))
    named = {edge[end] for edge in edges for end in ("sub", "obj")}
    classes = _classes(nodes, named, path)
    if not classes:
        raise DataError(f"an ontology has terms: {str(path)!r} has no node of type CLASS; was it cut off?")
    called = {str(node["id"]): _relation(node) for node in nodes if node.get("type") == "PROPERTY"}
    others = {str(node["id"]) for node in nodes} - classes.keys()
    kept = [edge for edge in edges if others.isdisjoint((edge["sub"], edge["obj"]))]
    graph = _graph(classes, kept, called)
    lines = dict.fromkeys(map(identifier, classes), 0)
    apart = Count("pairs of properties and individuals", len(edges) - len(kept))
    return Ontology(Path(path), graph, lines, apart, Count("", 0))


def _parts(value: dict[str, Any], key: str, path: FilePath) -> Iterator[dict[str, Any]]:
    """Yield the nodes or the edges of all graphs."""
    needed = ("id",) if key == "nodes" else ("sub", "pred", "obj")
    for graph in value["graphs"]:
        for part in typed(typed(graph, dict, "a graph", path).get(key), list, f'"{key}"', path):
            if not (isinstance(part, dict) and all(isinstance(part.get(k), str) for k in needed)):
                raise DataError(
                    f"{key} of OBO Graphs have {', '.join(needed)}: {str(path)!r} holds {str(part)[:60]}; correct it"
                )
            yield part


def _classes(
    nodes: list[dict[str, Any]], named: Collection[str], path: FilePath
) -> dict[str, dict[str, Any]]:
    """Return what is known of each term by its address.

    A node without a type is one too if it has a name, and pairs or only such beside it: where others have types, one
    without pairs is a subset or a kind of synonym.
    """
    untyped = not any("type" in node for node in nodes)
    found: dict[str, dict[str, Any]] = {}
    for node in nodes:
        is_term = "lbl" in node and (untyped or node["id"] in named)
        if node.get("type", "CLASS" if is_term else None) == "CLASS":
            if node["id"] in found:
                raise DuplicateElementError(
                    f"a term is one node: {node['id']!r} stands twice in {str(path)!r}; merge the two"
                )
            found[node["id"]] = _known(node, path)
    return found


def _known(node: dict[str, Any], path: FilePath) -> dict[str, Any]:
    """Return the attributes of a term as obonet calls them."""
    meta = typed(node.get("meta"), dict, '"meta"', path)
    said: dict[str, list[str]] = {}
    for value in typed(meta.get("basicPropertyValues"), list, '"basicPropertyValues"', path):
        item = typed(value, dict, "a property", path)
        said.setdefault(_LAST_PART.sub("", str(item.get("pred"))), []).append(str(item.get("val")))
    known: dict[str, Any] = {"alt_id": said.get("hasAlternativeId", [])}
    if "lbl" in node:
        known["name"] = typed(node["lbl"], str, '"lbl"', path)
    if "hasOBONamespace" in said:
        known["namespace"] = said["hasOBONamespace"][0]
    if meta.get("deprecated"):
        known["is_obsolete"] = "true"
    return known


def _relation(node: dict[str, Any]) -> str:
    label = node.get("lbl")
    return label.replace(" ", "_") if isinstance(label, str) and label else identifier(node["id"])


def _graph(classes: dict[str, dict[str, Any]], edges: list[dict[str, Any]], called: dict[str, str]) -> Any:
    """Return the graph as obonet makes it of OBO: an edge (lower, upper, relation)."""
    graph = networkx().MultiDiGraph(typedefs=[{"id": name} for name in called.values()])
    graph.add_nodes_from((identifier(address), known) for address, known in classes.items())
    for edge in edges:
        relation = called.get(edge["pred"]) or identifier(edge["pred"])
        graph.add_edge(identifier(edge["sub"]), identifier(edge["obj"]), key=relation)
    return graph
