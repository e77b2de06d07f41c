"""A loss on top of an output activation: the cost of a signal, and its delta."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.activations.rank import RankActivation
from hassenet.likelihoods.base import Loss

Array = NDArray[Any]


@final
@dataclass(frozen=True)
class Top:
    """The last step of the network and the loss together, as functions of the last signal s.

    Attributes
    ----------
    loss : Loss
    value : callable
        (s, y) ↦ L(G(s), y) of each example.
    delta : callable
        (s, y) ↦ δ = ∂L/∂s.
    """

    loss: Loss
    value: Callable[[Array, Array], Array]
    delta: Callable[[Array, Array], Array]

    @property
    def is_canonical(self) -> bool:
        """Whether this is the short form, of a loss on its canonical output."""
        return self.value == self.loss.value_at_signal


def top(loss: Loss, G: RankActivation) -> Top:
    """Return the short form where G is the loss's canonical activation, else the chain rule."""
    return Top(loss, loss.value_at_signal, loss.delta) if G.uniform == loss.canonical else chain_rule(loss, G)


def chain_rule(loss: Loss, G: RankActivation) -> Top:
    """Return L(G(s), y) and δ = (∂G/∂s)ᵀ ∂L/∂ŷ for any pair; 0 where L does not look at an output, be G′ infinite."""

    def value(s: Array, y: Array) -> Array:
        return loss.value(G.value(s), y)

    def delta(s: Array, y: Array) -> Array:
        prediction = G.value(s)
        slope = loss.slope(prediction, y)
        below = G.pullback(s, prediction, slope)
        return np.where(slope == 0, 0, below) if G.pointwise else below

    return Top(loss, value, delta)
