"""Binary cross-entropy and the Bernoulli model it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
from scipy.special import expit, xlog1py, xlogy

from hassenet.activations.table import sigmoid_tail
from hassenet.likelihoods.base import Array, Likelihood, Loss, columns, ratio, refuse, rows


@final
@dataclass(frozen=True)
class BinaryCrossEntropy(Loss):
    """L(ŷ, y) = Σⱼ −yⱼ log ŷⱼ − (1−yⱼ) log(1−ŷⱼ), from independent Bernoulli(ŷⱼ); canonical output: the sigmoid.

    Examples
    --------
    >>> BinaryCrossEntropy().cost([[0.25]], [[1.0]])  # −log ¼
    array([1.38629436])
    """

    name: ClassVar[str] = "binary_cross_entropy"
    canonical: ClassVar[str] = "sigmoid"

    @property
    def likelihood(self) -> Bernoulli:
        """Bernoulli()."""
        return Bernoulli()

    def value(self, prediction: Array, y: Array) -> Array:
        return -np.sum(xlogy(y, prediction) + xlog1py(1 - y, -prediction), axis=0)

    def slope(self, prediction: Array, y: Array) -> Array:
        return ratio(1 - y, 1 - prediction) - ratio(y, prediction)

    def value_at_signal(self, s: Array, y: Array) -> Array:
        zero = s.dtype.type(0)
        return np.sum(y * np.logaddexp(zero, -s) + (1 - y) * np.logaddexp(zero, s), axis=0)

    def delta(self, s: Array, y: Array) -> Array:
        return (1 - y) * sigmoid_tail(s) - y * sigmoid_tail(
            -s
        )  # σ(s) − y, which would be 0 where σ(s) is rounded to y

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        p = expit(s)
        return p * (1 - p) * v

    def check(self, Y: Array) -> None:
        refuse(
            (Y < 0) | (Y > 1),
            Y,
            "a target of binary cross-entropy lies in [0, 1]",
            "code the two classes as 0 and 1",
        )


@final
@dataclass(frozen=True)
class Bernoulli(Likelihood):
    """p(y|x) = Πⱼ ŷⱼ^yⱼ (1−ŷⱼ)^(1−yⱼ): independent yes-or-no outcomes of probability ŷⱼ.

    Examples
    --------
    >>> Bernoulli().log_prob([[0.25]], [[1.0]])
    array([-1.38629436])
    """

    @property
    def loss(self) -> BinaryCrossEntropy:
        """BinaryCrossEntropy()."""
        return BinaryCrossEntropy()

    def log_prob(self, prediction: Any, target: Any) -> Array:
        return -self.loss.value(*columns(prediction, target))

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        return (rng.random(rows(prediction).shape) < rows(prediction)).astype(float)
