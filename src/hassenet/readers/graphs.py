"""Graphs of networkx, whose nodes may have names, ranks and sources of relays as attributes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from hassenet.errors import DataError, DuplicateElementError, ParameterError, listing
from hassenet.hierarchy import Ranking
from hassenet.hierarchy.placeholders import is_placeholder, left_out
from hassenet.hierarchy.relation import Pair
from hassenet.hierarchy.relay import Relay
from hassenet.hierarchy.report import Count, Report
from hassenet.hierarchy.signs import known_sign
from hassenet.readers.building import closed, hierarchy_of, of_order
from hassenet.readers.direction import check_direction
from hassenet.readers.nodes import Node, Written, check_relays, elements_of, order_of
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation, Source, read_relation
from hassenet.readers.signed import of_pairs

Arrows = Literal["up", "down"]


class GraphOptions(NamedTuple):
    """How a graph is read: the options of :func:`read_networkx`; arrows that are None lead up, if they seem to."""

    arrows: Arrows | None
    label: str | None
    features: Source | None
    rank: Ranking | None


def of_graph(graph: Any, name: str, place: str, options: GraphOptions) -> Reading:
    """Return the hierarchy of a directed graph, which reports call by its name and messages by its place."""
    if options.arrows not in (None, "up", "down"):
        raise ParameterError(f"arrows lead 'up' or 'down'; got {options.arrows!r}")
    if not len(graph):
        raise DataError(f"a hierarchy has elements: {place} has no node; add some")
    ranks, ranking = _ranks(graph)
    nodes, naming = _nodes(graph, options.label, ranks, place)
    edges = _edges(graph, nodes, options.arrows or "up")
    if options.arrows is None and not ranks:
        _check_direction(edges, place, options.features)
    check_relays(nodes, edges, place)
    signs, both, unknown = _signs(graph, edges)
    made = Count("nodes", len(graph)), Count("edges", graph.number_of_edges())
    odd = () if ranks else (node.name for node in nodes if is_placeholder(node.name))
    report = Report(name, made, (*ranking, naming, unknown), faults=(left_out("nodes", odd), both))
    return _read(Written(nodes, edges, signs), bool(ranks), report, options)


def _check_direction(edges: Sequence[tuple[Any, Any]], place: str, features: Source | None) -> None:
    elements = None if features is None else (element for _, element in read_relation(features))
    remedy = "say where arrows lead: arrows='down' (--arrows down), or 'up' if it is right"
    check_direction(edges, place, remedy, elements)


def _read(written: Written, ranked: bool, report: Report, options: GraphOptions) -> Reading:
    nodes, edges, signs = written
    if options.features is None and options.rank is None:
        element = elements_of(nodes)
        pairs = tuple([(element[low], element[up]) for low, up in edges])
        named: dict[Pair, int] = {(element[low], element[up]): sign for (low, up), sign in signs.items()}
        relation = Relation(pairs, report, tuple(element.values()), source=report.step, signs=named)
        return hierarchy_of(relation, {element[node.name]: node.rank for node in nodes if ranked} or "below")
    features = None if options.features is None else read_relation(options.features)
    given = {node.name: node.rank for node in nodes if ranked}
    return of_order(order_of(nodes, edges, signs, report), features, given, options.rank)


def _edges(graph: Any, nodes: Sequence[Node], arrows: Arrows) -> list[tuple[Any, Any]]:
    """Return the pairs (lower, upper) of names."""
    named = dict(zip(graph, (node.name for node in nodes), strict=True))
    pairs = [(named[a], named[b]) for a, b in graph.edges()]
    return pairs if arrows == "up" else [(b, a) for a, b in pairs]


def _signs(graph: Any, pairs: Sequence[tuple[Any, Any]]) -> tuple[dict[tuple[Any, Any], int], Count, Count]:
    """Return the signs of edges that have an attribute "sign", the fault of pairs with both, and what is not one."""
    given = [known_sign(sign) for _, _, sign in graph.edges(data="sign")]
    signs, both = of_pairs(pairs, [sign or 0 for sign in given])
    return signs, both, Count("attributes 'sign' of other words", given.count(None))


def _ranks(graph: Any) -> tuple[dict[Any, int], tuple[Count, Count]]:
    """Return the rank of each node, or nothing where the attribute "rank" is something else; and what is left out."""
    given = {node: rank for node, rank in graph.nodes(data="rank") if rank is not None}
    are_ranks = len(given) == len(graph) and all(type(rank) is int and rank >= 0 for rank in given.values())
    ranks, empty = closed(given if are_ranks else {})
    others = Count("attributes 'rank' that are no ranks of all nodes", 0 if are_ranks else len(given))
    return ranks, (others, empty)


def _nodes(graph: Any, label: str | None, ranks: Mapping[Any, int], place: str) -> tuple[list[Node], Count]:
    """Return what each node is, in the order of the graph, and what is left out."""
    if label is not None:
        names = _labels(graph, label, place)
        return [Node(names[node], ranks.get(node, 0)) for node in graph], Count("", 0)
    blank = [node for node in graph if isinstance(node, str) and not node.strip()]
    if blank:
        raise DataError(
            f"a node has a name: {listing(blank)} in {place} is blank; name it, or choose a label"
        )
    sources = {node: source for node, source in graph.nodes(data="relay_of") if source is not None}
    relays: dict[Any, Any] = {
        node: source for node, source in sources.items() if ranks and source and isinstance(source, str)
    }
    if ranks:
        relays |= {node: node.source for node in graph if isinstance(node, Relay)}
    odd = Count.of("attributes 'relay_of' that name no element", (e for e in sources if e not in relays))
    return [Node(node, ranks.get(node, 0), relays.get(node)) for node in graph], odd


def _labels(graph: Any, label: str, place: str) -> dict[Any, Any]:
    names = dict(graph.nodes(data=label))
    without = [node for node, name in names.items() if name is None or not str(name).strip()]
    if without:
        there = dict.fromkeys(key for _, data in graph.nodes(data=True) for key in data if key != label)
        others = (
            f"there is {listing(there)}; choose one of these or none"
            if there
            else "name them, or choose none"
        )
        raise DataError(
            f"a node must have the label: {listing(without)} in {place} has no {label!r}; {others}"
        )
    twice = [name for name, times in Counter(names.values()).items() if times > 1]
    if twice:
        raise DuplicateElementError(
            f"a label names one node: {listing(twice)} in {place} name(s) several; choose another label or none"
        )
    return names
