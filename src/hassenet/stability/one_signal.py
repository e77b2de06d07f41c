"""A loss of several parameters as one of its first signal alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from hassenet.likelihoods import Likelihood, Loss, ZeroInflatedLoss
from hassenet.likelihoods.base import Array, IdentityLoss


@final
@dataclass(frozen=True)
class OneSignal(IdentityLoss):
    """L(s, y) = L₀((s, c₁, c₂, …), y): the other parameters of a model, as thresholds or a dispersion, are constants.

    Parameters
    ----------
    loss : Loss
        L₀, of log means of counts or of ordered classes.
    constants : tuple of float
        c.

    Examples
    --------
    >>> from hassenet.likelihoods import OrdinalLoss
    >>> OneSignal(OrdinalLoss(3), (0.0,)).cost([[0.0]], [[0]]).round(4)  # log 2
    array([0.6931])
    """

    loss: Loss
    constants: tuple[float, ...]
    name: ClassVar[str] = "one_signal"
    outputs: ClassVar[int] = 1

    @property
    def likelihood(self) -> Likelihood:
        """That of the loss, whose outputs are all parameters."""
        return self.loss.likelihood

    def value(self, prediction: Array, y: Array) -> Array:
        """Return L(s, y)."""
        return self.loss.value_at_signal(self._all(prediction), self._repeated(y))

    def slope(self, prediction: Array, y: Array) -> Array:
        """Return ∂L/∂s."""
        return self.loss.delta(self._all(prediction), self._repeated(y))[:1]

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        """Return ∂²L/∂s² v; where L is not convex, as of further zeros, a curvature that lies above.

        That of further zeros is the one of the counts, times the probability that a count is one of these: the step of
        an EM algorithm, under which the cost only falls (Lambert, Technometrics 34 (1992) 1–14).
        """
        if isinstance(self.loss, ZeroInflatedLoss):
            return self._of_counts(self.loss.count, s, y) * v
        first = np.zeros((1 + len(self.constants), s.shape[1]), s.dtype)
        first[0] = 1
        return self.loss.curvature(self._all(s), self._repeated(y), first)[:1] * v

    def _of_counts(self, count: Loss, s: Array, y: Array) -> Array:
        one = count if count.heads == 1 else OneSignal(count, self.constants[: count.heads - 1])
        delta = one.delta(s, y)
        share = np.where(y > 0, 1, self.delta(s, y) / np.where(y > 0, 1, delta))
        return share * one.curvature(s, y, np.ones_like(s))

    def check(self, Y: Array) -> None:
        """Refuse what the loss refuses."""
        self.loss.check(Y)

    def _all(self, s: Array) -> Array:
        others = np.broadcast_to(
            np.array(self.constants, s.dtype)[:, None], (len(self.constants), s.shape[1])
        )
        return np.concatenate([s, others])

    def _repeated(self, y: Array) -> Array:
        return np.tile(y, (self.loss.heads, 1))
