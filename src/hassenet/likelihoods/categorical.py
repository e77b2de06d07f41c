"""Cross-entropy and the categorical model it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
from scipy.special import softmax, xlogy

from hassenet.activations import log_softmax
from hassenet.activations.table import softmax_and_complement
from hassenet.likelihoods.base import Array, Likelihood, Loss, columns, of_observed, ratio, refuse, rows
from hassenet.likelihoods.gaps import Part, Seen, all_or_none

_SUM_TOLERANCE = 1e-5


@final
@dataclass(frozen=True)
class CrossEntropy(Loss):
    """L(ŷ, y) = −yᵀ log ŷ, from Categorical(ŷ), y one-hot or a distribution; canonical output: softmax.

    Examples
    --------
    >>> CrossEntropy().cost([[0.25, 0.75]], [[1.0, 0.0]])  # −log ¼
    array([1.38629436])
    """

    name: ClassVar[str] = "cross_entropy"
    canonical: ClassVar[str] = "softmax"
    takes_class_numbers: ClassVar[bool] = True

    @property
    def likelihood(self) -> Categorical:
        """Categorical()."""
        return Categorical()

    def observed_parts(self, seen: Seen) -> Iterator[Part]:
        """Yield the examples that have a class."""
        return all_or_none(self, seen)

    def value(self, prediction: Array, y: Array) -> Array:
        return -np.sum(xlogy(y, prediction), axis=0)

    def slope(self, prediction: Array, y: Array) -> Array:
        return -ratio(y, prediction)

    def value_at_signal(self, s: Array, y: Array) -> Array:
        return -np.sum(y * log_softmax(s), axis=0)

    def delta(self, s: Array, y: Array) -> Array:
        p, complement = softmax_and_complement(s)
        return (1 - y) * p - y * complement  # p − y, which would be 0 where p is rounded to y

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        p = softmax(s, axis=0)
        return p * (v - np.sum(p * v, axis=0))

    def check(self, Y: Array) -> None:
        gaps = np.isnan(Y)
        refuse(
            np.asarray(gaps.any(axis=1) & ~gaps.all(axis=1)),
            Y,
            "a target of cross-entropy is a distribution, or NaN in every entry where there is none",
            "fill the row with NaN, or with probabilities",
        )
        refuse(
            (Y < 0).any(axis=1) | (abs(Y.sum(axis=1) - 1) > _SUM_TOLERANCE),
            Y,
            "a target of cross-entropy is a distribution: entries ≥ 0 that sum to 1",
            "give one-hot rows, or class numbers",
        )


@final
@dataclass(frozen=True)
class Categorical(Likelihood):
    """p(y|x) = Πⱼ ŷⱼ^yⱼ for a one-hot y: one of k classes, class j with probability ŷⱼ.

    Examples
    --------
    >>> Categorical().log_prob([[0.25, 0.75]], [[1.0, 0.0]])
    array([-1.38629436])
    """

    @property
    def loss(self) -> CrossEntropy:
        """CrossEntropy()."""
        return CrossEntropy()

    @of_observed
    def log_prob(self, prediction: Any, target: Any) -> Array:
        return -self.loss.value(*columns(prediction, target))

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        p = rows(prediction)
        return rng.multinomial(1, p / p.sum(axis=1, keepdims=True)).astype(float)
