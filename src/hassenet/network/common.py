"""The elements of an ensemble as people count them: those of all members, however many neurons each has there."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from hassenet.network.elements import Elements, Links
from hassenet.network.ensemble import Ensemble
from hassenet.shaping import Unit

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]


def element_of(unit: Hashable) -> Hashable:
    """Return what a neuron is one of, or what stands there alone."""
    while isinstance(unit, Unit):
        unit = unit.element
    return unit


@final
@dataclass(frozen=True, eq=False)
class Common:
    """The elements of all members and the links between them, and where those of each member are among them.

    Attributes
    ----------
    elements : Elements
        Rank after rank, an element at the rank where the first member that has it has it, the outputs at the last. The
        weight of a link is Σᵢ wᵢ mean W, over the members and the pairs of neurons that it stands for, all turned so
        that they rise with their parts: else the signs would mean nothing. A member without the link has 0 there.
    numbers : tuple of arrays of int
        For each member, the number of each of its elements.
    links : tuple of arrays of int
        For each member, the number of each of its links.

    Examples
    --------
    >>> from hassenet import Hierarchy, Network
    >>> from hassenet.shaping import widen
    >>> H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("p", "y")])
    >>> common = Common.of(Ensemble([Network(H), Network(widen(H, 2).hierarchy)]))
    >>> common.elements.names, [numbers.tolist() for numbers in common.numbers]
    (('a', 'b', 'p', 'y'), [[0, 1, 2, 3], [0, 1, 2, 2, 3]])
    """

    elements: Elements
    numbers: tuple[Indices, ...]
    links: tuple[Indices, ...]

    @staticmethod
    def of(ensemble: Ensemble) -> Common:
        """Bring the elements of the members together."""
        parts = [Elements.oriented(net) for net in ensemble.networks]
        names = [[element_of(unit) for unit in part.names] for part in parts]
        ranks = _ranks(names, parts)
        order = sorted(ranks, key=ranks.__getitem__)  # within a rank as they are found
        number = {element: k for k, element in enumerate(order)}
        numbers = tuple(np.array([number[e] for e in of_one], np.int64) for of_one in names)
        sizes = np.bincount(list(ranks.values()), minlength=max(len(part.starts) for part in parts) - 1)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        pairs, links = _links(parts, numbers)
        weight = _means(parts, links, ensemble.weights, len(pairs))
        ends = Links(pairs[:, 0], pairs[:, 1], weight)
        return Common(Elements(tuple(order), starts, (), ends), numbers, links)


def _ranks(names: Sequence[Sequence[Hashable]], parts: Sequence[Elements]) -> dict[Hashable, int]:
    """Return the rank of each element; the outputs have that of the deepest member."""
    rank: dict[Hashable, int] = {}
    for of_one, part in zip(names, parts, strict=True):
        for element, i in zip(of_one, part.ranks.tolist(), strict=True):
            rank.setdefault(element, i)
    deepest = max(len(part.starts) for part in parts) - 2
    return rank | dict.fromkeys(names[0][parts[0].starts[-2] :], deepest)


def _links(parts: Sequence[Elements], numbers: Sequence[Indices]) -> tuple[Indices, tuple[Indices, ...]]:
    """Return the distinct pairs (upper, lower), sorted, and the number of each link of the members among them."""
    ends = [
        np.stack([of_one[part.links.upper], of_one[part.links.lower]], axis=1)
        for part, of_one in zip(parts, numbers, strict=True)
    ]
    pairs, which = np.unique(np.concatenate(ends), axis=0, return_inverse=True)
    places = np.cumsum([len(part) for part in ends])[:-1]
    return pairs, tuple(np.split(which.ravel(), places))


def _means(parts: Sequence[Elements], links: Sequence[Indices], weights: Floats, n: int) -> Floats:
    mean = np.zeros(n)
    for part, which, w in zip(parts, links, weights, strict=True):
        sums = np.bincount(which, part.links.weight, minlength=n)
        mean += w * sums / np.maximum(np.bincount(which, minlength=n), 1)
    return mean
