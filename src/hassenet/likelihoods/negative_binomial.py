"""The negative binomial loss and model: counts that vary more than Poisson's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
from scipy.special import betaln, expit, xlogy

from hassenet._checks import POSITIVE
from hassenet.activations.table import sigmoid_tail
from hassenet.errors import ParameterError, ShapeError
from hassenet.likelihoods.base import Array, Likelihood, Loss, columns, of_observed, ratio, refuse, rows

_LEAST = 1e-12  # single precision has it and its inverse; nearer to 0 it is Poisson's to all digits


@final
@dataclass(frozen=True)
class NegativeBinomialLoss(Loss):
    """L(ŷ, y) = Σⱼ (yⱼ + 1/αⱼ) log(1 + αⱼŷⱼ) − yⱼ log ŷⱼ, from NegativeBinomial(ŷⱼ, αⱼ); output: exp.

    A count of mean ŷ has the variance ŷ + αŷ²; α → 0 is Poisson's. With y known and exp on top,
    δ = (ŷ − y)/(1 + αŷ).

    Parameters
    ----------
    dispersion : float or tuple of float, default 1
        α > 0, from 1e-12 to 1e12, one for all outputs or one an output.

    Raises
    ------
    ParameterError
        If a dispersion is not such a number.

    References
    ----------
    Hilbe, Negative Binomial Regression, 2nd edition, Cambridge 2011 (NB2).

    Examples
    --------
    >>> NegativeBinomialLoss(0.5).cost([[2.0]], [[0.0]])  # 2 log 2
    array([1.38629436])
    """

    dispersion: float | tuple[float, ...] = 1.0
    name: ClassVar[str] = "negative_binomial"
    canonical: ClassVar[str] = "exp"
    grows_with_exposure: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Check α."""
        several = isinstance(self.dispersion, tuple | list | np.ndarray)
        given = list(np.atleast_1d(np.asarray(self.dispersion, object)))
        if not given or any(a not in POSITIVE or not _LEAST <= a <= 1 / _LEAST for a in given):
            raise ParameterError(
                f"a dispersion is a finite number above 0, from {_LEAST:g} to {1 / _LEAST:g}, one for all outputs or "
                f"one an output; got {self.dispersion!r}; for none take PoissonLoss()"
            )
        object.__setattr__(self, "dispersion", tuple(map(float, given)) if several else float(given[0]))

    @property
    def likelihood(self) -> NegativeBinomial:
        """NegativeBinomial(α)."""
        return NegativeBinomial(self.dispersion)

    def alone(self, j: int, k: int) -> NegativeBinomialLoss:
        """Return the loss with the dispersion of one output."""
        return NegativeBinomialLoss(self.dispersion[j]) if isinstance(self.dispersion, tuple) else self

    def _alpha(self, like: Array) -> Array:
        """Return α as a column, of one row or one an output."""
        return np.atleast_1d(np.asarray(self.dispersion, like.dtype))[:, None]

    def value(self, prediction: Array, y: Array) -> Array:
        a = self._alpha(prediction)
        return np.sum((y + 1 / a) * np.log1p(a * prediction) - xlogy(y, prediction), axis=0)

    def slope(self, prediction: Array, y: Array) -> Array:
        a = self._alpha(prediction)
        return (a * y + 1) / (1 + a * prediction) - ratio(y, prediction)

    def value_at_signal(self, s: Array, y: Array) -> Array:
        a = self._alpha(s)
        return np.sum((y + 1 / a) * np.logaddexp(0, s + np.log(a)) - y * s, axis=0)

    def delta(self, s: Array, y: Array) -> Array:
        a = self._alpha(s)
        t = s + np.log(a)
        return sigmoid_tail(t) / a - y * sigmoid_tail(-t)

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        a = self._alpha(s)
        t = s + np.log(a)
        return (1 / a + y) * expit(t) * expit(-t) * v

    def deviance_offset(self, y: Array) -> Array:
        """Return Σⱼ yⱼ log yⱼ − (yⱼ + 1/αⱼ) log(1 + αⱼyⱼ): with it a perfect prediction costs nothing."""
        return -self.value(y, y)

    def check(self, Y: Array) -> None:
        k = np.size(self.dispersion)
        if k not in (1, Y.shape[1]):
            raise ShapeError(
                f"there is one dispersion, or one an output: {k} are given, and Y has {Y.shape[1]} columns; give as "
                "many"
            )
        remedy = "take another loss, or correct the target"
        refuse(Y < 0, Y, "a negative binomial target is a count ≥ 0", remedy)


@final
@dataclass(frozen=True)
class NegativeBinomial(Likelihood):
    """p(y|x) of counts with mean ŷⱼ and variance ŷⱼ + αⱼŷⱼ², independent of each other.

    With r = 1/α: Γ(y + r)/(Γ(r) y!) (1 + αŷ)^(−r) (αŷ/(1 + αŷ))^y.

    Examples
    --------
    >>> NegativeBinomial(0.5).log_prob([[2.0]], [[0.0]])  # −2 log 2
    array([-1.38629436])
    """

    dispersion: float | tuple[float, ...] = 1.0

    def __post_init__(self) -> None:
        """Check α."""
        object.__setattr__(self, "dispersion", self.loss.dispersion)

    @property
    def loss(self) -> NegativeBinomialLoss:
        """NegativeBinomialLoss(α)."""
        return NegativeBinomialLoss(self.dispersion)

    @of_observed
    def log_prob(self, prediction: Any, target: Any) -> Array:
        mean, y = columns(prediction, target)
        a = self.loss._alpha(mean)
        # log Γ(y + r)/(Γ(r) y!) = −log(y B(y, r)), without a difference of two large numbers; 0 for y = 0
        some = np.maximum(y, 1e-300)
        constants = np.where(y > 0, xlogy(y, a) - betaln(some, 1 / a) - np.log(some), 0.0)
        return np.sum(constants, axis=0) - self.loss.value(mean, y)

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        mean = rows(prediction)
        a = self.loss._alpha(mean).T
        return rng.negative_binomial(1 / a, 1 / (1 + a * mean)).astype(float)
