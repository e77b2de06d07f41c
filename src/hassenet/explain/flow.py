"""How what is explained comes from the features through the ranks: shares that add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet._elements import Elements
from hassenet.engines.reference import add_gradient
from hassenet.explain._explained import Explained, Output, explained
from hassenet.explain._passes import feed, gradients
from hassenet.explain._summary import checked, columns
from hassenet.network import Network

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False, repr=False)
class Flow:
    """What share of what is explained passes each element and each link; see :func:`relevance_flow`.

    Attributes
    ----------
    output : str
        What is explained.
    elements : Elements
        The elements without relays, and the links between them.
    of_elements : (n,) array
        The share of each element; those of the outputs add up to 1.
    of_links : array
        The share of each link, in the order of ``elements.links``.
    """

    output: str
    elements: Elements
    of_elements: Floats
    of_links: Floats

    def __repr__(self) -> str:
        return f"Flow({self.output!r}: {len(self.of_elements):,} elements, {len(self.of_links):,} links)"


def relevance_flow(net: Network, X: Any, output: Output = None) -> Flow:
    """Split what is explained among the elements and covers that it comes from, from the outputs down to the features.

    What j hands to k over the cover j ⋖ k has, over the examples, the mean absolute gradient × feature

        a_kj = mean |x_j W_kj ∂t/∂s_k|

    An output k has the share |v_k| / Σ|v|, and each element splits its share among what it covers in proportion to a.
    Relays are looked through. A share that ends in an element whose a are all 0 goes no further.

    Parameters
    ----------
    net : Network
    X : (m, n₀) array, sparse array or table
    output : Hashable or Explained, optional
        What is explained, see :func:`explained`; it may be left out where there is one output.

    Raises
    ------
    DataError, ParameterError, UnknownElementError
        If X does not fit or has no rows, or there is no such output.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(2, 1), dtype="float64", theta=[2.0, 3.0, 1.0])
    >>> relevance_flow(net, [[1.0, -1.0]]).of_elements
    array([0.4, 0.6, 1. ])
    """
    target, elements = explained(net, output), Elements.of(net)
    return Flow(target.name, elements, *_shares(elements, strengths(net, X, target), target))


def strengths(net: Network, X: Any, target: Explained) -> Floats:
    """Return a_kj of every link, in the order of ``Elements.links``."""
    layers, total, v = net.plan.layers, np.zeros(net.n_parameters), target.top(net.dtype)
    features = checked(net, X)
    for x in columns(net, features):
        at = feed(net, x)
        g = gradients(net, at, v)
        for i, layer in enumerate(layers):
            delta = layer.G.pullback(at.s[i], at.x[i + 1], g[i + 1]) if i < len(layers) - 1 else v + 0 * at.s[i]
            add_gradient(layer, total, np.abs(delta, dtype=float), np.abs(at.x[i], dtype=float))
    mean = np.abs(net.theta) * total / features.shape[0]
    return np.concatenate([mean[layer.weight] for layer in layers])


def _shares(elements: Elements, strength: Floats, target: Explained) -> tuple[Floats, Floats]:
    """Return the shares of the elements and of the links, from the top down."""
    upper, lower, n = elements.links.upper, elements.links.lower, len(elements)
    total = np.bincount(upper, strength, minlength=n)[upper]
    part = np.divide(strength, total, out=np.zeros(len(total)), where=total > 0)
    share, rank = np.zeros(n), elements.ranks[upper]
    share[elements.starts[-2] :] = np.abs(target.weights) / np.abs(target.weights).sum()
    for i in range(int(rank.max()), 0, -1):
        here = rank == i
        share += np.bincount(lower[here], share[upper[here]] * part[here], minlength=n)
    return share, share[upper] * part
