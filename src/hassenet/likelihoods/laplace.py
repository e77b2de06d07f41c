"""Absolute error and the Laplace model it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np

from hassenet.likelihoods.base import Array, IdentityLoss, Likelihood, columns, of_observed, rows


@final
@dataclass(frozen=True)
class AbsoluteError(IdentityLoss):
    """L(ŷ, y) = ‖ŷ − y‖₁, from Laplace(ŷ, 1); canonical output: the identity.

    Examples
    --------
    >>> AbsoluteError().cost([[1.0, 2.0]], [[0.0, 0.0]])
    array([3.])
    """

    name: ClassVar[str] = "absolute_error"
    is_curved: ClassVar[bool] = False

    @property
    def likelihood(self) -> Laplace:
        """Laplace()."""
        return Laplace()

    def value(self, prediction: Array, y: Array) -> Array:
        return np.sum(abs(prediction - y), axis=0)

    def slope(self, prediction: Array, y: Array) -> Array:
        return np.sign(prediction - y)

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        return np.zeros_like(v)


@final
@dataclass(frozen=True)
class Laplace(Likelihood):
    """p(y|x) = Πⱼ ½ e^(−|yⱼ − ŷⱼ|): the target is the output plus noise with heavy tails.

    Examples
    --------
    >>> Laplace().log_prob([[1.0]], [[0.0]])  # −1 − log 2
    array([-1.69314718])
    """

    @property
    def loss(self) -> AbsoluteError:
        """AbsoluteError()."""
        return AbsoluteError()

    @of_observed
    def log_prob(self, prediction: Any, target: Any) -> Array:
        centre, y = columns(prediction, target)
        return -self.loss.value(centre, y) - len(y) * np.log(2)

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        return rng.laplace(rows(prediction))
