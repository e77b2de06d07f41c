"""Survival in discrete time: a hazard for each interval, binary cross-entropy on those that were reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np

from hassenet.likelihoods.base import Array, Likelihood, Loss, columns, of_observed, refuse, rows
from hassenet.likelihoods.bernoulli import BinaryCrossEntropy

_PLAIN = BinaryCrossEntropy()


@final
@dataclass(frozen=True)
class DiscreteTimeLoss(Loss):
    """L(ŷ, y) = Σ_{intervals reached} −yⱼ log ŷⱼ − (1 − yⱼ) log(1 − ŷⱼ), from DiscreteTime(ŷ); output: sigmoid.

    An output an interval: ŷⱼ is the hazard, the probability that the event comes in interval j where it has not come
    before. The target is 0 for each interval survived, 1 for that of the event, and NaN after it, and from the interval
    on in which observation ended; ``hassenet.survival.interval_targets`` makes it of times and events. What is NaN does
    not count: this is binary cross-entropy on what was observed. Hazards need not be proportional, and an example does
    not look at others.

    References
    ----------
    Cox, Regression models and life-tables, JRSS B 34 (1972) 187–220, section 6; Gensheimer and Narasimhan, A scalable
    discrete-time survival model for neural networks, PeerJ 7 (2019) e6257.

    Examples
    --------
    >>> DiscreteTimeLoss().cost([[0.5, 0.25, 0.9]], [[0.0, 1.0, np.nan]])  # log 2 + log 4
    array([2.07944154])
    """

    name: ClassVar[str] = "discrete_time"
    canonical: ClassVar[str] = "sigmoid"

    @property
    def likelihood(self) -> DiscreteTime:
        """DiscreteTime()."""
        return DiscreteTime()

    def value(self, prediction: Array, y: Array) -> Array:
        return _PLAIN.value(prediction, y)

    def slope(self, prediction: Array, y: Array) -> Array:
        return _PLAIN.slope(prediction, y)

    def value_at_signal(self, s: Array, y: Array) -> Array:
        return _PLAIN.value_at_signal(s, y)

    def delta(self, s: Array, y: Array) -> Array:
        return _PLAIN.delta(s, y)

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        return _PLAIN.curvature(s, y, v)

    def check(self, Y: Array) -> None:
        """Raise TargetError unless each row is zeros, then 1 or nothing, and then NaN to its end."""
        over = (Y != 0).cumsum(axis=1) - (Y != 0) > 0  # after the first that is not 0
        refuse(
            ((over & ~np.isnan(Y)) | ~((Y == 0) | (Y == 1) | np.isnan(Y))).any(axis=1),
            Y,
            "a survival time in intervals is 0 for each survived, 1 for that of the event, and NaN from there on",
            "make it with hassenet.survival.interval_targets(Y, cuts)",
        )


@final
@dataclass(frozen=True)
class DiscreteTime(Likelihood):
    """p(T in interval j|x) = ŷⱼ Π_{i<j} (1 − ŷᵢ), and P(T after interval j|x) = Π_{i≤j} (1 − ŷᵢ) of the rest.

    Examples
    --------
    >>> DiscreteTime().log_prob([[0.5, 0.25]], [[0.0, 1.0]])  # log ⅛
    array([-2.07944154])
    """

    @property
    def loss(self) -> DiscreteTimeLoss:
        """DiscreteTimeLoss()."""
        return DiscreteTimeLoss()

    @of_observed
    def log_prob(self, prediction: Any, target: Any) -> Array:
        return -self.loss.value(*columns(prediction, target))

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        """Draw a target for each row of ŷ; all zeros where the event comes after the last interval."""
        hazard = rows(prediction)
        event = rng.random(hazard.shape) < hazard
        before = event.cumsum(axis=1) - event
        return np.where(before > 0, np.nan, event.astype(float))
