"""A loss on top of an output activation: the cost of a signal, and its delta."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import NDArray

from hassenet.activations.rank import RankActivation
from hassenet.likelihoods.base import Loss
from hassenet.likelihoods.gaps import by_output, summed

Array = NDArray[Any]


class Top(ABC):
    """The last step of the network and the loss together, as functions of the last signal s.

    NaN in y is a gap, and has no part in them.

    Attributes
    ----------
    loss : Loss
        L.
    G : RankActivation
        The activation of the outputs.
    """

    loss: Loss
    G: RankActivation

    @property
    @abstractmethod
    def is_canonical(self) -> bool:
        """Whether this is the short form, of a loss on its canonical output."""

    @property
    def offsets(self) -> int:
        """How many rows of y are not targets, but are added to the signals: none, one for all outputs, or one each."""
        return 0

    @abstractmethod
    def among(self, weight: Array) -> Top:
        """Return the same for a batch whose examples have these weights."""

    @abstractmethod
    def value(self, s: Array, y: Array) -> Array:
        """Return L(G(s), y) of each example."""

    @abstractmethod
    def delta(self, s: Array, y: Array) -> Array:
        """Return δ = ∂L/∂s."""

    @abstractmethod
    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        """Return (∂²L/∂s²) v, of the short form."""


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
        return summed(lambda L: L.value_at_signal, self.loss, s, y)

    def delta(self, s: Array, y: Array) -> Array:
        """Return δ, as the table of losses has it."""
        return by_output(lambda L: L.delta, self.loss, s, y)

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        """Return (∂²L/∂s²) v."""
        return by_output(lambda L: L.curvature, self.loss, s, y, v)


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
        return summed(lambda L: L.value, self.loss, self.G.value(s), y)

    def delta(self, s: Array, y: Array) -> Array:
        """Return (∂G/∂s)ᵀ ∂L/∂ŷ."""
        prediction = self.G.value(s)
        slope = by_output(lambda L: L.slope, self.loss, prediction, y)
        below = self.G.pullback(s, prediction, slope)
        return np.where(slope == 0, 0, below) if self.G.pointwise else below

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        """Refuse: it is known of the short form alone."""
        raise NotImplementedError("the curvature is that of a loss on its canonical output")


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

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        """Refuse: it is known of the short form alone."""
        raise NotImplementedError("the curvature is that of a loss on its canonical output")

    def value(self, s: Array, y: Array) -> Array:
        """Return L of each example."""
        return self.values

    def delta(self, s: Array, y: Array) -> Array:
        """Return δ."""
        return self.deltas


@final
@dataclass(frozen=True)
class Shifted(Top):
    """L(G(s + o), y) and its δ, for offsets o that stand in y below the targets.

    Attributes
    ----------
    unshifted : Top
    n : int
        How many rows of y they are: one for all outputs, or one each.
    """

    unshifted: Top
    n: int

    @property
    def offsets(self) -> int:
        """How many rows of y are offsets."""
        return self.n

    @property
    def loss(self) -> Loss:  # type: ignore[override]  # read only, as frozen fields are
        """L."""
        return self.unshifted.loss

    @property
    def G(self) -> RankActivation:  # type: ignore[override]
        """The activation of the outputs."""
        return self.unshifted.G

    @property
    def is_canonical(self) -> bool:
        """Whether it is without offsets."""
        return self.unshifted.is_canonical

    def among(self, weight: Array) -> Shifted:
        """Return the same for a batch whose examples have these weights."""
        return replace(self, unshifted=self.unshifted.among(weight))

    def value(self, s: Array, y: Array) -> Array:
        """Return L(G(s + o), y) of each example."""
        return self.unshifted.value(s + y[-self.n :], y[: -self.n])

    def delta(self, s: Array, y: Array) -> Array:
        """Return δ at s + o."""
        return self.unshifted.delta(s + y[-self.n :], y[: -self.n])

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        """Return (∂²L/∂s²) v at s + o."""
        return self.unshifted.curvature(s + y[-self.n :], y[: -self.n], v)


def top(loss: Loss, G: RankActivation, offsets: int = 0) -> Top:
    """Return the short form where G is the loss's canonical activation, else the chain rule; at s + o with offsets."""
    plain = ShortForm(loss, G) if is_canonical(loss, G) else ChainRule(loss, G)
    return Shifted(plain, offsets) if offsets else plain


def is_canonical(loss: Loss, G: RankActivation) -> bool:
    """Return whether an output activation is the loss's canonical one."""
    given = loss.canonical
    return G.uniform == given if isinstance(given, str) else G.names == given
