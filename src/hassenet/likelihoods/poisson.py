"""The Poisson loss and model: counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
from scipy.special import gammaln, xlogy

from hassenet.likelihoods.base import Array, Likelihood, Loss, columns, of_observed, ratio, refuse, rows


@final
@dataclass(frozen=True)
class PoissonLoss(Loss):
    """L(ŷ, y) = Σⱼ ŷⱼ − yⱼ log ŷⱼ, from Poisson(ŷⱼ); canonical output: exp.

    Examples
    --------
    >>> PoissonLoss().cost([[2.0]], [[0.0]])
    array([2.])
    """

    name: ClassVar[str] = "poisson"
    canonical: ClassVar[str] = "exp"
    grows_with_exposure: ClassVar[bool] = True

    @property
    def likelihood(self) -> Poisson:
        """Poisson()."""
        return Poisson()

    def value(self, prediction: Array, y: Array) -> Array:
        return np.sum(prediction - xlogy(y, prediction), axis=0)

    def slope(self, prediction: Array, y: Array) -> Array:
        return 1 - ratio(y, prediction)

    def value_at_signal(self, s: Array, y: Array) -> Array:
        return np.sum(_exp(s) - y * s, axis=0)

    def delta(self, s: Array, y: Array) -> Array:
        return _exp(s) - y

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        return _exp(s) * v

    def deviance_offset(self, y: Array) -> Array:
        """Return Σⱼ yⱼ log yⱼ − yⱼ, which no parameter moves: with it a perfect prediction costs nothing."""
        return np.sum(xlogy(y, y) - y, axis=0)

    def check(self, Y: Array) -> None:
        refuse(
            Y < 0, Y, "a Poisson target is a count or a rate ≥ 0", "take another loss, or correct the target"
        )


def _exp(s: Array) -> Array:
    """Return exp(s), and where that would overflow a number so large that a million of them can still be added."""
    with np.errstate(over="ignore"):
        return np.minimum(np.exp(s), np.finfo(s.dtype).max / s.dtype.type(2**20))


@final
@dataclass(frozen=True)
class Poisson(Likelihood):
    """p(y|x) = Πⱼ ŷⱼ^yⱼ e^(−ŷⱼ) / yⱼ!: independent counts of mean ŷⱼ.

    Examples
    --------
    >>> Poisson().log_prob([[2.0]], [[0.0]])
    array([-2.])
    """

    @property
    def loss(self) -> PoissonLoss:
        """PoissonLoss()."""
        return PoissonLoss()

    @of_observed
    def log_prob(self, prediction: Any, target: Any) -> Array:
        mean, y = columns(prediction, target)
        return -self.loss.value(mean, y) - np.sum(gammaln(y + 1), axis=0)

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        return rng.poisson(rows(prediction)).astype(float)
