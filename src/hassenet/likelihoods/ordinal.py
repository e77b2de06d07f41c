"""Classes in an order: one signal, and thresholds between the classes that stay in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from hassenet._checks import require_whole_number
from hassenet.errors import ShapeError
from hassenet.likelihoods.base import Array, IdentityLoss, Likelihood, refuse, rows
from hassenet.likelihoods.gaps import Part, Seen, all_or_none

Indices = NDArray[np.int64]


@final
@dataclass(frozen=True)
class OrdinalLoss(IdentityLoss):
    """L = −log p(y|x) of Ordinal(k), the cumulative logit: P(y ≤ j|x) = σ(θⱼ − η); output: the identity.

    The outputs are η and the logarithms of the gaps between thresholds, g₁, …, g_{k−2}: with θ₀ = 0, as η has a bias of
    its own, and θⱼ = θⱼ₋₁ + e^gⱼ the thresholds are in order whatever the parameters. Where the gaps look at nothing
    but their biases (``hassenet.hierarchy.with_constants``), a change of x moves all odds P(y > j)/P(y ≤ j) by one
    factor (proportional odds); where they look at x too, it need not. The target is one column of class numbers, from 0
    to k − 1; of two classes it is binary cross-entropy. With a = θ_y − η and b = θ_{y−1} − η

        −log p = softplus(−a) [y < k − 1] + softplus(b) [y > 0] − log(1 − e^(−(a−b))) [0 < y < k − 1]

    Parameters
    ----------
    classes : int
        k ≥ 2.

    Raises
    ------
    ParameterError
        If it is not a whole number from 2 on.

    References
    ----------
    McCullagh, Regression models for ordinal data, JRSS B 42 (1980) 109–142.

    Examples
    --------
    >>> OrdinalLoss(3).cost([[0.0, np.log(2)]], [[2]])  # θ = (0, 2): −log(1 − σ(2))
    array([2.12692801])
    """

    classes: int
    name: ClassVar[str] = "ordinal"
    is_curved: ClassVar[bool] = False
    target_columns: ClassVar[tuple[tuple[str, ...], ...]] = (("class",),)

    def __post_init__(self) -> None:
        """Check the number of classes."""
        object.__setattr__(self, "classes", require_whole_number("the number of classes", self.classes, 2))

    @property
    def outputs(self) -> int:
        """How many there are, k − 1: the signal, and the gaps."""
        return self.classes - 1

    @property
    def has_parameters(self) -> bool:
        """Whether there are gaps beside the signal."""
        return self.outputs > 1

    @property
    def likelihood(self) -> Ordinal:
        """Ordinal(k)."""
        return Ordinal(self.classes)

    def observed_parts(self, seen: Seen) -> Iterator[Part]:
        """Yield the examples that have a class."""
        return all_or_none(self, seen)

    def value(self, prediction: Array, y: Array) -> Array:
        one = self._parts(prediction, y)
        inside = np.where(one.is_inner, -_log_share(one.gap_of_y), 0)
        above = np.where(one.has_upper, np.logaddexp(0, -one.a), 0)
        return (above + np.where(one.has_lower, np.logaddexp(0, one.b), 0) + inside).astype(prediction.dtype)

    def slope(self, prediction: Array, y: Array) -> Array:
        one = self._parts(prediction, y)
        of_gaps = one.widths * one.summed_from(one.of_upper, one.of_lower) - one.inner(one.ratio)
        return np.vstack([-one.of_upper - one.of_lower, one.inside * of_gaps]).astype(prediction.dtype)

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        one, moved = self._parts(s, y), v[1:] * self._parts(s, y).inside
        rise = np.vstack([np.zeros(v.shape[1]), np.cumsum(one.widths * moved, axis=0)])
        upper = one.has_upper * expit(one.a) * expit(-one.a) * (one.at(rise, one.y) - v[0])
        lower = one.has_lower * expit(one.b) * expit(-one.b) * (one.at(rise, one.y - 1) - v[0])
        of_gaps = one.widths * (
            moved * one.summed_from(one.of_upper, one.of_lower) + one.summed_from(upper, lower)
        ) - moved * one.inner(one.ratio * (1 - one.width_of_y - one.ratio))
        return np.vstack([-upper - lower, one.inside * of_gaps]).astype(s.dtype)

    def check(self, Y: Array) -> None:
        """Raise TargetError unless every target is a class number."""
        refuse(
            ~(((Y >= 0) & (Y < self.classes) & (Y == np.floor(Y))) | np.isnan(Y)).all(axis=1),
            Y,
            f"classes in order are numbered 0, …, {self.classes - 1}",
            "number them in their order, or give the loss as many classes",
        )

    def _parts(self, prediction: Array, y: Array) -> _Parts:
        if len(prediction) != self.outputs:
            raise ShapeError(
                f"{self.classes} classes in order have {self.outputs} outputs, a signal and the gaps between "
                f"thresholds; got {len(prediction)}; give the network as many"
            )
        return _Parts.of(prediction, y[0].astype(np.int64), self.classes)


def _log_share(gap: Array) -> Array:
    """Return log(1 − e^(−e^g)), which is g where e^g is small."""
    width = np.exp(gap)
    small = np.minimum(width, 1)
    near = gap + np.log(np.divide(-np.expm1(-small), small, out=np.ones_like(small), where=small > 0))
    return np.where(width < 1, near, np.log(-np.expm1(-np.maximum(width, 1))))


@final
class _Parts(NamedTuple):
    """The thresholds on both sides of each class, and whether it has them.

    Attributes
    ----------
    y : (m,) array of int
    a, b : (m,) arrays
        θ_y − η and θ_{y−1} − η; 0 where there is no threshold.
    has_upper, has_lower : (m,) arrays of bool
    gaps : (k − 2, m) array
        g, within what has an exponential.
    inside : (k − 2, m) array of bool
        Where that is the output itself.
    """

    y: Indices
    a: Array
    b: Array
    has_upper: Array
    has_lower: Array
    gaps: Array
    inside: Array

    @staticmethod
    def of(given: Array, y: Indices, classes: int) -> _Parts:
        """Return the parts in double precision; gaps have exponentials that can be added in the type given."""
        most, prediction = np.log(np.finfo(given.dtype).max) - 15, given.astype(float)
        gaps = np.clip(prediction[1:], -most, most)
        theta = np.vstack([np.zeros(len(y)), np.cumsum(np.exp(gaps), axis=0)])
        has_upper, has_lower = y < classes - 1, y > 0
        rows = np.arange(len(y))
        a = theta[np.minimum(y, classes - 2), rows] - prediction[0]
        b = theta[np.maximum(y - 1, 0), rows] - prediction[0]
        return _Parts(y, a, b, has_upper, has_lower, gaps, gaps == prediction[1:])

    @property
    def is_inner(self) -> Array:
        """Whether a class has thresholds on both sides."""
        return np.asarray(self.has_upper & self.has_lower)

    @property
    def widths(self) -> Array:
        """e^g, (k − 2, m)."""
        return np.exp(self.gaps)

    @property
    def gap_of_y(self) -> Array:
        """The logarithm g of the gap that each class lies in, (m,); 0 for the first and the last."""
        place = np.clip(self.y - 1, 0, max(len(self.gaps) - 1, 0))
        return (
            np.where(self.is_inner, self.gaps[place, np.arange(len(self.y))], 0)
            if len(self.gaps)
            else 0 * self.a
        )

    @property
    def width_of_y(self) -> Array:
        """e^g of that gap."""
        return np.exp(self.gap_of_y)

    @property
    def ratio(self) -> Array:
        """∂ log(1 − e^(−e^g))/∂g = e^g/(e^(e^g) − 1) of that gap, 1 where it is small."""
        width = self.width_of_y
        with np.errstate(over="ignore", invalid="ignore"):
            return np.where(
                width > 0, np.divide(width, np.expm1(width), where=width > 0, out=np.ones_like(width)), 1
            )

    @property
    def of_upper(self) -> Array:
        """∂L/∂a = −σ(−a)."""
        return np.where(self.has_upper, -expit(-self.a), 0)

    @property
    def of_lower(self) -> Array:
        """∂L/∂b = σ(b)."""
        return np.where(self.has_lower, expit(self.b), 0)

    def inner(self, of_class: Array) -> Array:
        """Return what belongs to the gap that each class lies in, at its place, (k − 2, m)."""
        is_here = np.arange(1, len(self.gaps) + 1)[:, None] == self.y
        return np.where(is_here & self.is_inner, of_class, 0)

    def summed_from(self, upper: Array, lower: Array) -> Array:
        """Return Σ_{j ≥ i} of what belongs to θⱼ, for i = 1, …, k − 2: the gap below θᵢ moves all above it."""
        i = np.arange(1, len(self.gaps) + 1)[:, None]
        return np.where(self.y >= i, upper, 0) + np.where(self.y - 1 >= i, lower, 0)

    def at(self, of_threshold: Array, place: Indices) -> Array:
        """Return what belongs to θ_place of each example, (m,)."""
        inside = np.clip(place, 0, len(of_threshold) - 1)
        return np.asarray(of_threshold[inside, np.arange(len(place))])


@final
@dataclass(frozen=True)
class Ordinal(Likelihood):
    """P(y ≤ j|x) = σ(θⱼ − η), j = 0, …, k − 2, of outputs (η, log gaps); θ₀ = 0.

    Parameters
    ----------
    classes : int
        k ≥ 2.

    Examples
    --------
    >>> Ordinal(3).probabilities([[0.0, np.log(2)]]).round(4)
    array([[0.5   , 0.3808, 0.1192]])
    """

    classes: int

    def __post_init__(self) -> None:
        """Check the number of classes."""
        object.__setattr__(self, "classes", self.loss.classes)

    @property
    def loss(self) -> OrdinalLoss:
        """OrdinalLoss(k)."""
        return OrdinalLoss(self.classes)

    def probabilities(self, prediction: Any) -> Array:
        """Return the probability of each class, (m, k), from the outputs, (m, k − 1)."""
        outputs = rows(prediction)
        each = [self.loss.value(outputs.T, np.full((1, len(outputs)), j)) for j in range(self.classes)]
        return np.exp(-np.array(each)).T

    def thresholds(self, prediction: Any) -> Array:
        """Return θ₀, …, θ_{k−2} less η's part of each row of outputs, (m, k − 1): 0, and the sums of the gaps."""
        gaps = rows(prediction)[:, 1:]
        return np.column_stack([np.zeros(len(gaps)), np.cumsum(np.exp(gaps), axis=1)])

    def log_prob(self, prediction: Any, target: Any) -> Array:
        return -self.loss.cost(prediction, target)

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        """Draw a class number for each row of outputs, (m, 1)."""
        outputs = rows(prediction)
        noisy = outputs[:, :1] + rng.logistic(size=(len(outputs), 1))
        return (noisy > self.thresholds(outputs)).sum(axis=1, keepdims=True).astype(float)
