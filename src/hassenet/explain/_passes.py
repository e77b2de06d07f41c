"""One forward and one backward sweep: what the methods have in common.

Each method gives every element a multiplier, with which its feature counts (rows the elements, columns the examples):

    m⁽ᴰ⁻¹⁾ = W⁽ᴰ⁻¹⁾ᵀ v,     m⁽ⁱ⁾ = W⁽ⁱ⁾ᵀ (r⁽ⁱ⁺¹⁾ ⊙ m⁽ⁱ⁺¹⁾)

They differ in r alone, which stands where the derivative of the activation stands in a gradient.

Source: M. Ancona, E. Ceolini, C. Öztireli and M. Gross, "Towards better understanding of gradient-based attribution
methods for deep neural networks", ICLR 2018.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.engines.plan import Plan
from hassenet.errors import ParameterError
from hassenet.network import Network

Array = NDArray[Any]


class Pass(NamedTuple):
    """x⁽⁰⁾,…,x⁽ᴰ⁻¹⁾ and s⁽⁰⁾,…,s⁽ᴰ⁻¹⁾, rows the elements, columns the examples."""

    x: list[Array]
    s: list[Array]

    def explained(self, v: Array) -> Array:
        """Return t = vᵀ s⁽ᴰ⁻¹⁾ of each example."""
        return np.sum(v * self.s[-1], axis=0)


class Scored(NamedTuple):
    """What a method finds for some examples.

    Attributes
    ----------
    scores : list of (nᵢ, c) arrays
        Of the ranks 0,…,D−1, relays included.
    value, reference : (c,) arrays
        t of the examples, and of what they are compared with.
    """

    scores: list[Array]
    value: Array
    reference: Array


Method = Callable[[Array], Scored]
"""A method with its network, output and options: from the features of some examples, (n₀, c), to their scores."""


def feed(net: Network, x: Array) -> Pass:
    """Return the features and signals of the examples that are the columns of x."""
    xs, ss = [x], []
    for k, layer in enumerate(net.plan.layers):
        ss.append(np.asarray(layer.W(net.theta) @ xs[-1] + layer.b(net.theta)[:, None]))
        if k < net.plan.depth - 1:
            xs.append(layer.G.value(ss[-1]))
    return Pass(xs, ss)


def multipliers(net: Network, delta: Array, pull: Callable[[int, Array], Array]) -> list[Array]:
    """Return m⁽⁰⁾,…,m⁽ᴰ⁻¹⁾; ``delta`` stands at the outputs' signals, ``pull(i, m)`` is r⁽ⁱ⁾ ⊙ m⁽ⁱ⁾."""
    found: list[Array] = []
    for i in range(net.plan.depth - 1, -1, -1):
        found.append(np.asarray(net.plan.layers[i].W(net.theta).T @ delta))
        if i:
            delta = pull(i, found[-1])
    return found[::-1]


def gradients(net: Network, at: Pass, v: Array) -> list[Array]:
    """Return ∂t/∂x⁽ⁱ⁾ of the ranks 0,…,D−1: the multipliers with r = G′(s)."""

    def pull(i: int, m: Array) -> Array:
        return net.plan.layers[i - 1].G.pullback(at.s[i - 1], at.x[i], m)

    return multipliers(net, np.broadcast_to(v, at.s[-1].shape), pull)


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
