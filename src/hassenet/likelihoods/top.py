"""A loss on top of an output activation: the cost of a signal, and its delta."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import NDArray

from hassenet.activations.rank import RankActivation
from hassenet.likelihoods.base import Loss

Array = NDArray[Any]


class Top(ABC):
    """The last step of the network and the loss together, as functions of the last signal s.

    Attributes
    ----------
    loss : Loss
        L.
    G : RankActivation
        The activation of the outputs.
    is_canonical : bool
        Whether this is the short form, of a loss on its canonical output.
    """

    loss: Loss
    G: RankActivation
    is_canonical: ClassVar[bool]

    @abstractmethod
    def among(self, weight: Array) -> Top:
        """Return the same for a batch whose examples have these weights."""

    @abstractmethod
    def value(self, s: Array, y: Array) -> Array:
        """Return L(G(s), y) of each example."""

    @abstractmethod
    def delta(self, s: Array, y: Array) -> Array:
        """Return δ = ∂L/∂s."""


@final
@dataclass(frozen=True)
class ShortForm(Top):
    """L and δ from the signal itself: no logarithm of a rounded number."""

    loss: Loss
    G: RankActivation
    is_canonical: ClassVar[bool] = True

    def among(self, weight: Array) -> ShortForm:
        """Return the same for a batch whose examples have these weights."""
        return replace(self, loss=self.loss.among(weight))

    def value(self, s: Array, y: Array) -> Array:
        """Return L(G(s), y) of each example."""
        return self.loss.value_at_signal(s, y)

    def delta(self, s: Array, y: Array) -> Array:
        """Return δ, as the table of losses has it."""
        return self.loss.delta(s, y)


@final
@dataclass(frozen=True)
class ChainRule(Top):
    """L(G(s), y) and δ = (∂G/∂s)ᵀ ∂L/∂ŷ for any pair; 0 where L does not look at an output, be G′ infinite."""

    loss: Loss
    G: RankActivation
    is_canonical: ClassVar[bool] = False

    def among(self, weight: Array) -> ChainRule:
        """Return the same for a batch whose examples have these weights."""
        return replace(self, loss=self.loss.among(weight))

    def value(self, s: Array, y: Array) -> Array:
        """Return L(G(s), y) of each example."""
        return self.loss.value(self.G.value(s), y)

    def delta(self, s: Array, y: Array) -> Array:
        """Return (∂G/∂s)ᵀ ∂L/∂ŷ."""
        prediction = self.G.value(s)
        slope = self.loss.slope(prediction, y)
        below = self.G.pullback(s, prediction, slope)
        return np.where(slope == 0, 0, below) if self.G.pointwise else below


@final
@dataclass(frozen=True, eq=False)
class Known(Top):
    """L and δ of the examples of a batch that look at each other, which have been found from the signals of all.

    Attributes
    ----------
    loss : Loss
    G : RankActivation
    values : (m,) array
    deltas : (k, m) array
    """

    loss: Loss
    G: RankActivation
    values: Array
    deltas: Array
    is_canonical: ClassVar[bool] = False

    @staticmethod
    def of(top: Top, s: Array, y: Array) -> Known:
        """Return what is known once all signals of the batch are."""
        return Known(top.loss, top.G, top.value(s, y), top.delta(s, y))

    def rows(self, rows: slice) -> Known:
        """Return the same of some of the examples."""
        return replace(self, values=self.values[rows], deltas=self.deltas[:, rows])

    def among(self, weight: Array) -> Known:
        """Return itself: the weights have had their part."""
        return self

    def value(self, s: Array, y: Array) -> Array:
        """Return L of each example."""
        return self.values

    def delta(self, s: Array, y: Array) -> Array:
        """Return δ."""
        return self.deltas


def top(loss: Loss, G: RankActivation) -> Top:
    """Return the short form where G is the loss's canonical activation, else the chain rule."""
    return ShortForm(loss, G) if G.uniform == loss.canonical else ChainRule(loss, G)
