"""A forward sweep rank by rank, relays among the elements, as ablation follows changes through it."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

from hassenet.engines.formulas import features_and_signals
from hassenet.network import Network

Array = NDArray[Any]


class Ranked(NamedTuple):
    """x⁽⁰⁾,…,x⁽ᴰ⁻¹⁾ and s⁽⁰⁾,…,s⁽ᴰ⁻¹⁾, rows the elements, columns the examples."""

    x: list[Array]
    s: list[Array]


def feed_ranks(net: Network, x: Array) -> Ranked:
    """Return the features and signals of the examples that are the columns of x."""
    return Ranked(*features_and_signals(net.plan, net.theta, x))
