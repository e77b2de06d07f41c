"""The elements of a network as people count them: without relays, each link from its source to its reader."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.engines.plan import Plan
from hassenet.network.network import Network
from hassenet.network.orientation import Orientation

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
    >>> from hassenet import Hierarchy
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
        rows = real_elements(net.plan)
        names = tuple(rank[k] for rank, real in zip(net.hierarchy.ranks, rows, strict=True) for k in real)
        return Elements(names, net.plan.starts, net.plan.places, _links(net))

    @staticmethod
    def oriented(net: Network) -> Elements:
        """Number the elements of a network, with its weights between neurons that rise with their parts."""
        found, sigma = Elements.of(net), Orientation.of(net).of_elements(net)
        upper, lower, weight = found.links
        return replace(found, links=Links(upper, lower, sigma[upper] * weight * sigma[lower]))

    @property
    def ranks(self) -> Indices:
        """The rank of each element."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def __len__(self) -> int:
        return len(self.names)


def real_elements(plan: Plan) -> list[Indices]:
    """Return for each rank the positions of the elements that are not relays."""
    return [np.arange(plan.n_inputs), *(layer.free for layer in plan.layers)]


def _links(net: Network) -> Links:
    upper, lower, places = net.plan.links
    return Links(upper, lower, net.theta[places].astype(np.float64))
