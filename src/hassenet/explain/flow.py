"""How what is explained comes from the features through the ranks: shares that add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet._elements import Elements
from hassenet.engines.reference import add_gradient
from hassenet.explain._baseline import baseline_column
from hassenet.explain._explained import Explained, Output, explained
from hassenet.explain._passes import Pass, check_pointwise, feed, multipliers
from hassenet.explain._summary import checked, columns
from hassenet.explain.rescale import chord
from hassenet.network import Network

Array = NDArray[Any]
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


def relevance_flow(net: Network, X: Any, output: Output = None, baseline: Any = None) -> Flow:
    """Split what is explained among the elements and covers that it comes from, from the outputs down to the features.

    What j hands to k over the cover j ⋖ k contributes, over the examples, by DeepLIFT's rescale rule

        a_kj = mean |(x_j − x̄_j) W_kj μ_k|,    μ = r ⊙ m at k, and v_k at an output

    with r, m and the bar as in :func:`deeplift`. An output k has the share |v_k| / Σ|v|, and each element splits its
    share among what it covers in proportion to a. Relays are looked through. A share that ends in an element whose a
    are all 0 goes no further.

    Parameters
    ----------
    net : Network
    X : (m, n₀) array, sparse array or table
    output : Hashable or Explained, optional
        What is explained, see :func:`explained`; it may be left out where there is one output.
    baseline : (n₀,) array, pandas Series or table of one row, optional
        x̄, by name where there are names; by default 0.

    Raises
    ------
    DataError, ParameterError, UnknownElementError
        If X or the baseline do not fit, there is no such output, or a hidden rank has the softmax.

    Source: for the rule, A. Shrikumar, P. Greenside and A. Kundaje, "Learning important features through propagating
    activation differences", ICML 2017, section 3.5.1.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(2, 1), dtype="float64", theta=[2.0, 3.0, 1.0])
    >>> relevance_flow(net, [[1.0, -1.0]]).of_elements
    array([0.4, 0.6, 1. ])
    """
    target, elements = explained(net, output), Elements.of(net)
    absolute = contributions(net, X, target, baseline)[1]
    return Flow(target.name, elements, *_shares(elements, absolute, target))


def contributions(net: Network, X: Any, target: Explained, baseline: Any = None) -> tuple[Floats, Floats]:
    """Return of every link, in the order of ``Elements.links``, the mean contribution and its mean absolute value."""
    check_pointwise(net.plan, "the flow of relevance")
    features, start = checked(net, X), feed(net, baseline_column(net, baseline))
    mean, absolute = np.zeros((2, net.n_parameters))
    for x in columns(net, features):
        at = feed(net, x)
        for layer, rise, mu in zip(
            net.plan.layers, _rises(at, start), _multipliers(net, target, at, start), strict=True
        ):
            add_gradient(layer, mean, mu, rise)
            add_gradient(layer, absolute, np.abs(mu), np.abs(rise))
    m = features.shape[0]
    return _of_links(net, net.theta * mean / m), _of_links(net, np.abs(net.theta) * absolute / m)


def _rises(at: Pass, start: Pass) -> list[Array]:
    return [(x - x0).astype(float) for x, x0 in zip(at.x, start.x, strict=True)]


def _multipliers(net: Network, target: Explained, at: Pass, start: Pass) -> list[Array]:
    """Return μ at the signals out of the ranks 0,…,D−1."""
    v = target.top(net.dtype)
    found = [np.broadcast_to(v, at.s[-1].shape)]

    def pull(i: int, m: Array) -> Array:
        found.append(m * chord(net.plan.layers[i - 1].G, at.s[i - 1], start.s[i - 1], at.x[i] - start.x[i]))
        return found[-1]

    multipliers(net, found[0], pull)
    return [mu.astype(float) for mu in found[::-1]]


def _of_links(net: Network, values: Array) -> Floats:
    return np.concatenate([values[layer.weight] for layer in net.plan.layers])


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
