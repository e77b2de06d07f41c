"""Elements that have no part in a network any more, and the network without them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.engines.plan import Plan
from hassenet.errors import HierarchyError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import Order
from hassenet.network.elements import Elements, Links, real_elements
from hassenet.network.network import Network

Array = NDArray[Any]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


def vanished(net: Network) -> tuple[Hashable, ...]:
    """Return the hidden elements without a part in N: on no path of weights other than 0 from a feature to an output.

    Weights are exactly 0 after a training with a penalty that makes them so, as ``penalties.Elements``. Elements that a
    softmax joins vanish together or not at all.

    Parameters
    ----------
    net : Network

    Returns
    -------
    tuple of Hashable
        In the order of the ranks.

    Examples
    --------
    >>> vanished(Network(Hierarchy.complete(1, 2, 1), theta=[2, 3, 1, 1, 0, 2, 0]))
    ('h1_0',)
    """
    elements = Elements.of(net)
    return tuple(elements.names[k] for k in np.flatnonzero(~_stays(net.plan, elements.links)))


def prune(net: Network) -> Network:
    """Return the network without the elements that have vanished; its value is the same, but for rounding.

    What they add to signals is always the same, and goes into biases. Features stay; ranks without elements are closed.

    Parameters
    ----------
    net : Network

    Raises
    ------
    HierarchyError
        If an output looks at nothing that is left: then its value does not depend on the features.

    Examples
    --------
    >>> net = Network(Hierarchy.complete(1, 2, 1), theta=[2, 0, 1, 1, 3, 2, 0], dtype="float64")
    >>> pruned = prune(net)
    >>> pruned.hierarchy.shape, net([[1.0]]), pruned([[1.0]])
    ((1, 1, 1), array([[11.]]), array([[11.]]))
    """
    elements = Elements.of(net)
    stays = _stays(net.plan, elements.links)
    if stays.all():
        return net
    smaller = _without_parameters(net, [elements.names[k] for k in np.flatnonzero(stays)])
    biases = _biases(net, elements.links, stays)
    return smaller.with_theta(_carried(elements, biases, smaller))


# ---------------------------------------------------------------- what stays


def _stays(plan: Plan, links: Links) -> Mask:
    """Return by number which elements stay: features, outputs, and what is on a path between them."""
    joined = links.weight != 0
    upper, lower = links.upper[joined], links.lower[joined]
    stays = _reached(plan, upper, lower) & _reaching(plan, upper, lower)
    stays[: plan.starts[1]] = stays[plan.starts[-2] :] = True
    return stays


def _reached(plan: Plan, upper: Indices, lower: Indices) -> Mask:
    """Return which elements some feature reaches."""
    found = np.arange(plan.starts[-1]) < plan.starts[1]
    for i in range(1, plan.depth + 1):
        here = _of_rank(plan, i, upper)
        found[upper[here][found[lower[here]]]] = True
        _join(plan, i, found)
    return found


def _reaching(plan: Plan, upper: Indices, lower: Indices) -> Mask:
    """Return which elements reach some output."""
    found = np.arange(plan.starts[-1]) >= plan.starts[-2]
    for i in range(plan.depth, 0, -1):
        _join(plan, i, found)
        here = _of_rank(plan, i, upper)
        found[lower[here][found[upper[here]]]] = True
    return found


def _of_rank(plan: Plan, i: int, upper: Indices) -> slice:
    """Return which links have their upper element in rank i; they follow one another."""
    return slice(*np.searchsorted(upper, plan.starts[i : i + 2]))


def _join(plan: Plan, i: int, found: Mask) -> None:
    """Let the elements of a rank that look at each other's signals be found together."""
    rank = slice(*plan.starts[i : i + 2])
    if not plan.layers[i - 1].G.pointwise:
        found[rank] = found[rank].any()


# ---------------------------------------------------------------- the smaller network


def _without_parameters(net: Network, names: list[Hashable]) -> Network:
    """Return a network of these elements, its parameters still to come."""
    H = _only(net.hierarchy, set(names))
    of = {e: G for rank, Gs in zip(net.hierarchy.ranks[1:-1], net.activations, strict=False)
          for e, G in zip(rank, Gs.names, strict=True)}  # fmt: skip
    hidden = {e: of[e] for rank in H.ranks[1:-1] for e in rank if e in of}
    return Network(H, hidden, net.activations[-1].names, dtype=net.dtype)


def _only(H: Hierarchy, names: set[Hashable]) -> Hierarchy:
    """Return the hierarchy of some of the elements, graded again."""
    order = Order.of(H)
    smaller = order.only(np.array([e in names for e in order.names])).hierarchy()
    lonely = [e for e, n in zip(smaller.ranks[-1], smaller.layers[-1].below_counts, strict=True) if not n]
    if lonely or smaller.ranks[-1] != H.ranks[-1]:
        raise HierarchyError(
            f"an output looks at something: all that {listing(lonely or H.ranks[-1])} looked at has vanished; "
            "train with a weaker penalty, or put outputs over the features"
        )
    return smaller


def _biases(net: Network, links: Links, stays: Mask) -> Array:
    """Return by number the biases that have taken up what elements that go add to signals."""
    own = np.concatenate([np.zeros(net.plan.n_inputs), *(net.theta[layer.bias] for layer in net.plan.layers)])
    gone = ~stays[links.lower]
    # What goes and is read by what stays is reached by no feature, so that its value is always the same.
    np.add.at(own, links.upper[gone], links.weight[gone] * _values_at_zero(net)[links.lower[gone]])
    return own


def _values_at_zero(net: Network) -> Array:
    """Return by number the value of each element where every feature is 0."""
    at = np.zeros((1, net.plan.n_inputs))
    return np.concatenate(
        [net.hidden_features(at, i)[0][rows] for i, rows in enumerate(real_elements(net.plan))]
    )


def _carried(old: Elements, biases: Array, new: Network) -> Array:
    """Return θ of the new network: the weights of the old one, link by link, and the biases given by the old number."""
    of_new, n = Elements.of(new), len(old)
    number = {e: k for k, e in enumerate(old.names)}
    was = np.array([number[e] for e in of_new.names])
    keys, which = np.unique(old.links.upper * n + old.links.lower, return_inverse=True)
    weights = np.bincount(which.ravel(), old.links.weight)  # two relays of one element are two links with it
    found = weights[np.searchsorted(keys, was[of_new.links.upper] * n + was[of_new.links.lower])]
    theta = np.empty(new.n_parameters)
    theta[new.plan.links[2]] = found
    for i, layer in enumerate(new.plan.layers):
        theta[layer.bias] = biases[was[slice(*new.plan.starts[i + 1 : i + 3])]]
    return theta
