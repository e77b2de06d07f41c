"""A hierarchy as files hold it: nodes with text for names, and covers between them; exactly what it was, relays too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from hassenet.errors import DuplicateElementError, HierarchyError, UnknownElementError, listing
from hassenet.hierarchy import Covariate, Hierarchy
from hassenet.hierarchy.relay import Relay
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.building import Constructor, closed, hierarchy_of
from hassenet.readers.reading import Reading
from hassenet.readers.relation import Relation


class Node(NamedTuple):
    """An element: its name, its rank, and for a relay the name of its source."""

    name: str
    rank: int
    relay_of: str | None = None


class Written(NamedTuple):
    """All elements in the order of their ranks, and all covers (lower, upper) by name."""

    nodes: list[Node]
    covers: list[tuple[str, str]]


def written(H: Hierarchy) -> Written:
    """Return a hierarchy as nodes and covers.

    Raises
    ------
    HierarchyError
        If an element is named by something else than text, or a relay is called like an element.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]).graded()
    >>> written(H).nodes[-2:]
    [Node(name='x ↑1', rank=1, relay_of='x'), Node(name='c', rank=2, relay_of=None)]
    >>> read_written(*written(H), Report("H")).hierarchy == H
    True
    """
    names = [_text(element) for element in chain(*H.ranks)]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise DuplicateElementError(
            f"an element in a file has a name of its own: {listing(twice)} is a relay's too; rename it"
        )
    nodes = [_node(element, i) for i, rank in enumerate(H.ranks) for element in rank]
    pairs = zip(*(ends.tolist() for ends in H.pairs()), strict=True)
    return Written(nodes, [(names[p], names[q]) for p, q in pairs])


# Controls and what is not a letter: no format keeps them.
_NOT_KEPT = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def _text(element: Hashable) -> str:
    name = element.source if isinstance(element, Relay) else element
    if isinstance(name, Covariate):
        raise HierarchyError(
            f"a file keeps the order, outside of which covariates stand; {name} is one; write restrict(…) of the "
            "features, or save() the network"
        )
    if not isinstance(name, str) or not _is_kept(name):
        raise HierarchyError(
            f"an element in a file is named by text without blanks around it or controls inside; got {name!r}; "
            "write hierarchy.rename(…)"
        )
    return str(element)


def _is_kept(name: str) -> bool:
    return bool(name) and name == name.strip() and not _NOT_KEPT.search(name)


def _node(element: object, rank: int) -> Node:
    source = element.source if isinstance(element, Relay) else None
    return Node(str(element), rank, None if source is None else str(source))


def elements_of(nodes: Sequence[Node]) -> dict[str, str | Relay]:
    """Return the element that each node stands for, by the node's name.

    Raises
    ------
    DuplicateElementError
        If two nodes have one name.
    """
    twice = [name for name, times in Counter(node.name for node in nodes).items() if times > 1]
    if twice:
        raise DuplicateElementError(f"an element is written once: {listing(twice)} came twice; take one out")
    return {
        node.name: node.name if node.relay_of is None else Relay(node.relay_of, node.rank) for node in nodes
    }


def read_written(
    nodes: Sequence[Node],
    covers: Sequence[tuple[str, str]],
    report: Report,
    constructor: Constructor = Hierarchy.from_covers,
) -> Reading:
    """Return the hierarchy that was written; ranks that held nothing are closed.

    Raises
    ------
    HierarchyError
        If it is not a hierarchy, a cover is of an element that is not there, or a relay does not hand on its source.
    """
    ranks, empty = closed({node.name: node.rank for node in nodes})
    element = elements_of([node._replace(rank=ranks[node.name]) for node in nodes])
    check_written(nodes, covers, element, report.step)
    pairs = tuple([(element[low], element[up]) for low, up in covers])
    report += Report("", dropped=(empty,))
    relation = Relation(pairs, report, tuple(element.values()), source=report.step)
    return hierarchy_of(relation, {element[name]: rank for name, rank in ranks.items()}, constructor)


def order_of(nodes: Sequence[Node], covers: Sequence[tuple[Any, Any]], report: Report) -> Relation:
    """Return who looks at whom, relays looked through.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]).graded()
    >>> print(*order_of(*written(H), Report("H")))
    ('a', 'b') ('b', 'c') ('x', 'c')
    """
    source = {node.name: node.relay_of for node in nodes if node.relay_of is not None}
    pairs = tuple([(source.get(low, low), up) for low, up in covers if up not in source])
    elements = tuple(node.name for node in nodes if node.relay_of is None)
    dropped = (
        Count("relays (looked through)", len(source)),
        Count("pairs of relays (looked through)", len(covers) - len(pairs)),
    )
    return Relation(pairs, report + Report("", dropped=dropped), elements, source=report.step)


def check_written(
    nodes: Sequence[Node], covers: Sequence[tuple[str, str]], known: Collection[str], place: str
) -> None:
    """Refuse names that would not be written, covers of what is not there, and invalid relays."""
    blank = [node.name for node in nodes if not _is_kept(node.name)]
    if blank:
        raise HierarchyError(
            f"an element in a file is named by text without blanks around it or controls inside: {listing(blank)} in "
            f"{place} is not; write the file again"
        )
    unknown = set(chain.from_iterable(covers)).difference(known)
    if unknown:
        raise UnknownElementError(
            f"a cover joins elements that are written too: {listing(sorted(unknown))} in {place} is not one of them; "
            "was the file cut off? write it again"
        )
    check_relays(nodes, covers, place)


def check_relays(nodes: Sequence[Node], covers: Iterable[tuple[str, str]], place: str) -> None:
    """Refuse relays that cover anything but their source or one relay of it.

    Raises
    ------
    HierarchyError
        With their names.
    """
    below: dict[str, set[str]] = {node.name: set() for node in nodes if node.relay_of is not None}
    if not below:
        return
    source = {node.name: node.name if node.relay_of is None else node.relay_of for node in nodes}
    for low, up in covers:
        if up in below:
            below[up].add(low)
    odd = [name for name, lower in below.items() if [source.get(low) for low in lower] != [source[name]]]
    if odd:
        raise HierarchyError(
            f"a relay covers its source, or one relay of it, and nothing else: {listing(odd)} in {place} does not; "
            "write the file again"
        )
