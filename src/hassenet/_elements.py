"""The elements of a network as people count them: without relays, each link from its source to its reader."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.hierarchy import Hierarchy
from hassenet.network import Network

Indices = NDArray[np.int64]


@final
class Links(NamedTuple):
    """The covers with weights: who reads, what is read, and the weight, relays looked through.

    Attributes
    ----------
    upper, lower : (k,) arrays of int
        Numbers of elements.
    weight : (k,) array
    """

    upper: Indices
    lower: Indices
    weight: NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False)
class Elements:
    """All elements but the relays, numbered through the ranks.

    Attributes
    ----------
    names : tuple of n Hashable
    starts : (D + 2,) array of int
        The first number of each rank, and n.
    numbers : tuple of D + 1 arrays of int
        The number of each position of a rank; at a relay's position that of its source.
    links : Links
        In the order of the weights in θ.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]).graded()
    >>> elements = Elements.of(Network(H, seed=0))
    >>> elements.names
    ('a', 'x', 'b', 'c')
    >>> [(elements.names[k], elements.names[j]) for k, j in zip(*elements.links[:2])]
    [('b', 'a'), ('c', 'b'), ('c', 'x')]
    """

    names: tuple[Hashable, ...]
    starts: Indices
    numbers: tuple[Indices, ...]
    links: Links

    @staticmethod
    def of(net: Network) -> Elements:
        """Number the elements of a network."""
        H = net.hierarchy
        free = [~H.relays(i) for i in range(H.depth + 1)]
        starts = np.concatenate([[0], np.cumsum([int(mask.sum()) for mask in free])])
        numbers = _numbers(H, free, starts)
        names = (
            e
            for rank, mask in zip(H.ranks, free, strict=True)
            for e, is_free in zip(rank, mask, strict=True)
            if is_free
        )
        return Elements(tuple(names), starts, numbers, _links(net, numbers))

    @property
    def ranks(self) -> Indices:
        """The rank of each element."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def take(self, i: int, values: Any) -> Any:
        """Return of the last axis, a value a position of rank i, those of its elements, relays left out."""
        mine = self.numbers[i] >= self.starts[i]
        return values[..., mine]

    def __len__(self) -> int:
        return len(self.names)


def _numbers(H: Hierarchy, free: list[NDArray[np.bool_]], starts: Indices) -> tuple[Indices, ...]:
    numbers: list[Indices] = []
    for i, mask in enumerate(free):
        of_rank = starts[i] + np.cumsum(mask) - 1
        if not mask.all():
            pattern = H.layers[i - 1].csr
            of_rank[~mask] = numbers[i - 1][pattern.indices[pattern.indptr[:-1][~mask]]]
        numbers.append(of_rank.astype(np.int64))
    return tuple(numbers)


def _links(net: Network, numbers: tuple[Indices, ...]) -> Links:
    pairs = [layer.pairs for layer in net.plan.layers]
    upper = [numbers[i + 1][up] for i, (up, _) in enumerate(pairs)]
    lower = [numbers[i][low] for i, (_, low) in enumerate(pairs)]
    weight = [net.theta[layer.weight] for layer in net.plan.layers]
    return Links(np.concatenate(upper), np.concatenate(lower), np.concatenate(weight).astype(np.float64))
