"""One forward and one backward sweep: what the methods have in common.

Each method gives every element p a multiplier, with which its feature counts. With μ_k at the signal of a reader k,

    μ_k = v_k at an output,     m_p = Σ_k W_kp μ_k over the readers of p,     μ_p = r_p m_p

The methods differ in r alone, which stands where the derivative of the activation stands in a gradient.

Source: M. Ancona, E. Ceolini, C. Öztireli and M. Gross, "Towards better understanding of gradient-based attribution
methods for deep neural networks", ICLR 2018.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.engines.formulas import AffineLayer, feed_forward
from hassenet.engines.plan import Plan
from hassenet.errors import ParameterError
from hassenet.network.direct import Direct, Readers

Array = NDArray[Any]
Floats = NDArray[np.float64]


class Pass(NamedTuple):
    """The features and signals of some examples, which are the columns.

    Attributes
    ----------
    x : (n, c) array
        A row an element below the outputs.
    s : list of D arrays
        The signals of the ranks 1,…,D.
    """

    x: Array
    s: list[Array]

    def explained(self, v: Array) -> Array:
        """Return t = vᵀ s⁽ᴰ⁻¹⁾ of each example."""
        return np.sum(v * self.s[-1], axis=0)


class Shares(NamedTuple):
    """What the elements hand to their readers.

    Attributes
    ----------
    scores : (n, c) array
    totals : (D,) array
        Over the examples, the sum of all that passes each rank 0,…,D−1, in its elements and in its relays.
    """

    scores: Array
    totals: Floats


class Scored(NamedTuple):
    """What a method finds for some examples.

    Attributes
    ----------
    shares : Shares
    value, reference : (c,) arrays
        t of the examples, and of what they are compared with.
    """

    shares: Shares
    value: Array
    reference: Array


Method = Callable[[Array], Scored]
"""A method with its network, output and options: from the features of some examples, (n₀, c), to their scores."""


def feed(net: Direct, x: Array) -> Pass:
    """Return the features and signals of the examples that are the columns of x."""
    features = np.empty((net.n, x.shape[1]), net.dtype)

    def read(i: int, x: Array) -> Array:
        features[net.rank(i)] = x
        return features[net.readers[i].read]

    layers = (AffineLayer(reader.W, reader.b, reader.G) for reader in net.readers)
    return Pass(features, [s for _, s in feed_forward(layers, x, read)])


def shares(net: Direct, change: Array, mu: Array, pull: Callable[[int, Array], Array]) -> Shares:
    """Return (change ⊙ m), and its sums.

    Parameters
    ----------
    net : Direct
    change : (n, c) array
        What the multipliers of the elements are taken times.
    mu : (n_D, c) array
        μ of the outputs.
    pull : callable
        From a rank i and its m to its μ.
    """
    m, handed = np.zeros_like(change), np.zeros((net.depth, net.depth))
    for i in range(net.depth - 1, -1, -1):
        reader = net.readers[i]
        part = reader.W.T @ mu
        m[reader.read] += part
        handed[i] = _by_rank(reader, change, part, net.depth)
        if i:
            mu = pull(i, m[net.rank(i)])
    m *= change
    return Shares(m, _passing(handed))


def _by_rank(reader: Readers, change: Array, part: Array, depth: int) -> Floats:
    """Return how much the readers get from each rank, over the examples."""
    of_element = np.einsum("pc,pc->p", change[reader.read], part)
    return np.asarray(np.bincount(reader.ranks, of_element, minlength=depth), float)


def _passing(handed: Floats) -> Floats:
    """Return how much passes each rank i: what readers above i get from i and below."""
    return np.array([handed[i:, : i + 1].sum() for i in range(len(handed))])


def gradients(net: Direct, at: Pass, v: Array, change: Array) -> Shares:
    """Return the shares with m = ∂t/∂x: r = G′(s)."""

    def pull(i: int, m: Array) -> Array:
        return net.readers[i - 1].G.pullback(at.s[i - 1], at.x[net.rank(i)], m)

    return shares(net, change, np.broadcast_to(v, at.s[-1].shape), pull)


def check_pointwise(plan: Plan, method: str) -> None:
    """Raise ParameterError where the activation of a hidden rank joins its elements."""
    joint = [
        (i, G) for i, layer in enumerate(plan.layers[:-1], 1) for G, _ in layer.G.parts if not G.pointwise
    ]
    if joint:
        i, G = joint[0]
        raise ParameterError(
            f"{method} has no rule for an activation that joins the elements of a rank; hidden rank {i} has {G}; "
            "take gradient_times_feature or integrated_gradients"
        )
