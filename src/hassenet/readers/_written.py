"""A hierarchy as files hold it: nodes with text for names, and covers between them; exactly what it was, relays too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import chain
from typing import NamedTuple

from hassenet._relay import Relay
from hassenet._report import Report
from hassenet.errors import DuplicateElementError, HierarchyError, UnknownElementError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.readers._building import closed, hierarchy_of
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


# Controls and what is no letter: no format keeps them.
_NOT_KEPT = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def _text(element: Hashable) -> str:
    name = element.source if isinstance(element, Relay) else element
    if not isinstance(name, str) or not name or name != name.strip() or _NOT_KEPT.search(name):
        raise HierarchyError(
            f"an element in a file is named by text without blanks around it or controls inside; got {name!r}; "
            "write hierarchy.rename(…)"
        )
    return str(element)


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
    return {node.name: Relay(node.relay_of, node.rank) if node.relay_of else node.name for node in nodes}


def read_written(nodes: Sequence[Node], covers: Sequence[tuple[str, str]], report: Report) -> Reading:
    """Return the hierarchy that was written; ranks that held nothing are closed.

    Raises
    ------
    HierarchyError
        If it is none, or a cover is of an element that is not there.
    """
    ranks, empty = closed({node.name: node.rank for node in nodes})
    element = elements_of([node._replace(rank=ranks[node.name]) for node in nodes])
    unknown = dict.fromkeys(name for pair in covers for name in pair if name not in element)
    if unknown:
        raise UnknownElementError(
            f"a cover joins elements that are written too: {listing(unknown)} in {report.step} is none; "
            "was the file cut off? write it again"
        )
    pairs = tuple((element[low], element[up]) for low, up in covers)
    report += Report("", dropped=(empty,))
    relation = Relation(pairs, report, tuple(element.values()), source=report.step)
    return hierarchy_of(
        relation, {element[name]: rank for name, rank in ranks.items()}, Hierarchy.from_covers
    )
