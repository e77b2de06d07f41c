"""Where the nodes and ribbons of a picture of relevance stand: a column a rank, the largest shares of each shown.

Hidden ranks that nearly everything passes are left out: they only hand on.

Lengths are parts of the height of the picture, so that they only have to be scaled for drawing.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import require_whole_number
from hassenet.explain.contracting import contracted, ranks_that_hand_on
from hassenet.explain.flow import Flow

Floats = NDArray[np.float64]
OTHERS = -1
"""The node of the elements of a rank that are not shown one by one."""
PASSING = -2
"""A node of what passes a rank on its way to a higher one."""
_LEAST = 1e-9
_WORTH_A_NAME = 5e-4  # of an element of a hidden rank
_WORTH_A_NODE = 0.02  # of what passes ranks on its way to one node
_WORTH_A_LABEL = 0.01  # of a node of what passes
_GAP = 0.006  # between nodes


@final
class Node(NamedTuple):
    """A share of a rank.

    Attributes
    ----------
    rank : int
    element : int
        Its number in ``Elements``, or OTHERS or PASSING.
    size : int
        How many elements it stands for.
    share : float
    top, height : float
        Where it stands, from the upper edge.
    """

    rank: int
    element: int
    size: int
    share: float
    top: float
    height: float


@final
class Ribbon(NamedTuple):
    """A share that goes from a node to one of the next rank.

    Attributes
    ----------
    lower, upper : int
        The places of its ends among the nodes.
    share : float
    sign : int
        That of the weight, 0 where it stands for several links of both signs.
    start, end, height : float
        Where it leaves and arrives, from the upper edge, and how thick it is.
    """

    lower: int
    upper: int
    share: float
    sign: int
    start: float
    end: float
    height: float


@final
@dataclass(frozen=True)
class Sankey:
    """The picture of a flow.

    Attributes
    ----------
    nodes : tuple of Node
        Column after column, from the upper edge down.
    ribbons : tuple of Ribbon
        Those of one sign last, to lie on top.
    ranks : tuple of int
        Those that are shown, from the features to the outputs.
    room : float
        What a node with a label has at least.
    """

    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]
    ranks: tuple[int, ...]
    room: float

    @staticmethod
    def of(flow: Flow, most: int = 10, room: float = 0.034, without: Iterable[int] = ()) -> Sankey:
        """Show the ``most`` largest shares of each rank; each node has at least the ``room`` that its label takes.

        Hidden ranks ``without`` names that say anything are left out too.

        Where a column is fuller the room is smaller, and the picture has to be as much higher.
        """
        require_whole_number("the number of elements shown of a rank", most, 1)
        handing_on = sorted({*ranks_that_hand_on(flow), *without})
        short, kept = contracted(flow, handing_on)
        graph = _Graph.of(short, most)
        ranks = tuple(i for i in range(len(flow.elements.starts) - 1) if i not in handing_on)
        nodes, ribbons, room = _placed(graph, _ordered(graph), room)
        return Sankey(tuple(_as_in(node, ranks, kept) for node in nodes), ribbons, ranks, room)


Key = tuple[int, int, int]  # rank, element or OTHERS or PASSING, and of what passes the element it goes to


@final
@dataclass(frozen=True)
class _Graph:
    """Nodes and the shares between nodes of neighbouring ranks; of each share also that with its weight's sign."""

    depth: int
    share: dict[Key, float]
    count: dict[Key, int]
    edges: dict[tuple[Key, Key], tuple[float, float]]

    @staticmethod
    def of(flow: Flow, most: int) -> _Graph:
        """Join the links of a flow that have the same ends among what is shown."""
        shown = _shown(flow, most)
        edges: defaultdict[tuple[Key, Key], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
        links = _joined(flow, shown)
        alone = _alone(links)
        for lower, upper, share, signed in links:
            for ends in _steps(lower, upper, alone):
                old = edges[ends]
                edges[ends] = old[0] + share, old[1] + signed
        count = _counts(flow, shown)
        return _Graph(len(flow.elements.starts) - 2, _shares(flow, shown, edges), count, dict(edges))


def _shown(flow: Flow, most: int) -> NDArray[np.int64]:
    """Return of each element its own number where it is shown, else OTHERS."""
    shown = np.full(len(flow.of_elements), OTHERS)
    ends = flow.elements.starts
    for rank, (start, end) in enumerate(itertools.pairwise(ends.tolist())):
        share = flow.of_elements[start:end]
        least = _WORTH_A_NAME if 0 < rank < len(ends) - 2 else _LEAST
        largest = np.argsort(-share, kind="stable")[: most if len(share) > most + 1 else most + 1]
        largest = largest[share[largest] > least]
        shown[start + largest] = start + largest
    return shown


def _joined(flow: Flow, shown: NDArray[np.int64]) -> list[tuple[Key, Key, float, float]]:
    """Return the ends of the links among what is shown, with the sum of their shares, plain and with signs."""
    upper, lower, weight = flow.elements.links
    rank = flow.elements.ranks
    keep = flow.of_links > _LEAST
    ends = np.stack([rank[lower], shown[lower], rank[upper], shown[upper]])[:, keep]
    distinct, which = np.unique(ends, axis=1, return_inverse=True)
    share = np.bincount(which.ravel(), flow.of_links[keep])
    signed = np.bincount(which.ravel(), (flow.of_links * np.sign(weight))[keep])
    rows = zip(distinct.T.tolist(), share.tolist(), signed.tolist(), strict=True)
    return [((a, j, 0), (b, k, 0), s, t) for (a, j, b, k), s, t in rows]


def _alone(links: list[tuple[Key, Key, float, float]]) -> set[int]:
    """Return the elements to which so much passes ranks that it does so by itself."""
    passing: defaultdict[int, float] = defaultdict(float)
    for lower, upper, share, _ in links:
        passing[upper[1]] += share if upper[0] > lower[0] + 1 else 0.0
    return {element for element, share in passing.items() if share >= _WORTH_A_NODE}


def _steps(lower: Key, upper: Key, alone: set[int]) -> list[tuple[Key, Key]]:
    """Return the way from rank to rank; what goes to one node passes a rank together, the little that is left too."""
    aim = upper[1] if upper[1] in alone else OTHERS
    between: list[Key] = [(rank, PASSING, aim) for rank in range(lower[0] + 1, upper[0])]
    way = [lower, *between, upper]
    return list(itertools.pairwise(way))


def _counts(flow: Flow, shown: NDArray[np.int64]) -> dict[Key, int]:
    hidden = np.bincount(flow.elements.ranks[shown == OTHERS], minlength=len(flow.elements.starts) - 1)
    return {(rank, OTHERS, 0): int(n) for rank, n in enumerate(hidden)}


def _shares(
    flow: Flow, shown: NDArray[np.int64], edges: dict[tuple[Key, Key], tuple[float, float]]
) -> dict[Key, float]:
    """Return the share of each node: of elements their own, of what passes what comes in."""
    share: defaultdict[Key, float] = defaultdict(float)
    for (_, upper), (part, _signed) in edges.items():
        if upper[1] == PASSING:
            share[upper] += part
    kept = flow.of_elements > _LEAST
    columns = (flow.elements.ranks[kept], shown[kept], flow.of_elements[kept])
    for rank, element, of_element in zip(*(column.tolist() for column in columns), strict=True):
        share[rank, element, 0] += of_element
    return dict(share)


def _ordered(graph: _Graph) -> list[list[Key]]:
    """Return the columns, each from the upper edge down: swept to the outputs and back, so that few ribbons cross.

    Other elements and what passes stand below.
    """
    columns = [_by_share(graph, rank) for rank in range(graph.depth + 1)]
    for rank in [*range(graph.depth - 1, -1, -1), *range(1, graph.depth), *range(graph.depth - 1, -1, -1)]:
        columns[rank] = _swept(graph, columns, rank)
    return columns


def _by_share(graph: _Graph, rank: int) -> list[Key]:
    return sorted((key for key in graph.share if key[0] == rank), key=lambda key: -graph.share[key])


def _swept(graph: _Graph, columns: list[list[Key]], rank: int) -> list[Key]:
    """Return a column in the order of the mean place of its neighbours on both sides."""
    near = [*(columns[rank - 1] if rank else []), *columns[rank + 1]]
    place = {key: k / len(columns[key[0]]) for key in near for k in [columns[key[0]].index(key)]}
    total: defaultdict[Key, float] = defaultdict(float)
    moment: defaultdict[Key, float] = defaultdict(float)
    for ends, (share, _) in graph.edges.items():
        for mine, other in (ends, ends[::-1]):
            if mine[0] == rank:
                total[mine] += share
                moment[mine] += share * place[other]
    return sorted(columns[rank], key=lambda key: (-min(key[1], 0), moment[key] / (total[key] or 1)))


def _as_in(node: Node, ranks: tuple[int, ...], kept: NDArray[np.int64]) -> Node:
    """Return a node with the rank and the number that it has in the whole network."""
    element = int(kept[node.element]) if node.element >= 0 else node.element
    return node._replace(rank=ranks[node.rank], element=element)


def _placed(
    graph: _Graph, columns: list[list[Key]], room: float
) -> tuple[list[Node], tuple[Ribbon, ...], float]:
    rooms = [[room if _has_label(graph, key) else 0.0 for key in column] for column in columns]
    room = min(room, 0.7 / max(sum(map(bool, column)) for column in rooms))
    rooms = [[min(one, room) for one in column] for column in rooms]
    shares = [[graph.share[key] for key in column] for column in columns]
    scale = _scale([list(zip(*both, strict=True)) for both in zip(shares, rooms, strict=True)])
    nodes: list[Node] = []
    at: dict[Key, int] = {}
    for column, of_column in zip(columns, rooms, strict=True):
        slots = [_slot(graph.share[key] * scale, one) for key, one in zip(column, of_column, strict=True)]
        top = (1 - sum(slots)) / 2
        for key, slot in zip(column, slots, strict=True):
            height = graph.share[key] * scale
            at[key] = len(nodes)
            nodes.append(_node(graph, key, top + (slot - height) / 2, height))
            top += slot
    return nodes, _ribbons(graph, nodes, at, scale), room


def _has_label(graph: _Graph, key: Key) -> bool:
    return key[1] != PASSING or graph.share[key] >= _WORTH_A_LABEL


def _node(graph: _Graph, key: Key, top: float, height: float) -> Node:
    return Node(key[0], key[1], graph.count.get(key, 1), graph.share[key], top, height)


def _slot(height: float, room: float) -> float:
    """Return the height that a node takes with the gap around it."""
    return max(height + _GAP, room)


def _scale(columns: list[list[tuple[float, float]]]) -> float:
    """Return the height of the share 1, the largest with which every column of shares and rooms fits."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        fits = all(sum(_slot(share * middle, room) for share, room in column) <= 1 for column in columns)
        low, high = (middle, high) if fits else (low, middle)
    return low


def _ribbons(graph: _Graph, nodes: list[Node], at: dict[Key, int], scale: float) -> tuple[Ribbon, ...]:
    """Return the ribbons, which leave and arrive in the order of their other ends."""
    edges = sorted(graph.edges, key=lambda ends: (at[ends[0]], at[ends[1]]))
    start, end = _stacked(edges, graph, nodes, at, scale, 0), _stacked(edges, graph, nodes, at, scale, 1)
    found = [
        Ribbon(at[e[0]], at[e[1]], graph.edges[e][0], _sign(*graph.edges[e]), start[e], end[e],
               graph.edges[e][0] * scale)
        for e in edges
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda ribbon: abs(ribbon.sign)))


def _stacked(
    edges: list[tuple[Key, Key]],
    graph: _Graph,
    nodes: list[Node],
    at: dict[Key, int],
    scale: float,
    side: int,
) -> dict[tuple[Key, Key], float]:
    """Return where each ribbon touches its lower (0) or upper (1) node: one under the other."""
    free = {key: nodes[k].top for key, k in at.items()}
    touched: dict[tuple[Key, Key], float] = {}
    for ends in sorted(edges, key=lambda ends: at[ends[1 - side]]):
        touched[ends] = free[ends[side]]
        free[ends[side]] += graph.edges[ends][0] * scale
    return touched


def _sign(share: float, signed: float) -> int:
    """Return the sign that all links of a ribbon have, else 0."""
    return 0 if abs(signed) < share * (1 - 1e-9) else int(np.sign(signed))
