"""A forward sweep rank by rank, relays among the elements, as ablation follows changes through it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.network import Network

Array = NDArray[Any]


class Ranked(NamedTuple):
    """x⁽⁰⁾,…,x⁽ᴰ⁻¹⁾ and s⁽⁰⁾,…,s⁽ᴰ⁻¹⁾, rows the elements, columns the examples."""

    x: list[Array]
    s: list[Array]


def feed_ranks(net: Network, x: Array) -> Ranked:
    """Return the features and signals of the examples that are the columns of x."""
    xs, ss = [x], []
    for k, layer in enumerate(net.plan.layers):
        ss.append(np.asarray(layer.W(net.theta) @ xs[-1] + layer.b(net.theta)[:, None]))
        if k < net.plan.depth - 1:
            xs.append(layer.G.value(ss[-1]))
    return Ranked(xs, ss)
