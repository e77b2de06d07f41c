"""R: penalties on the weights, never on biases or relays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import NOT_NEGATIVE, require_number
from hassenet.errors import ParameterError

__all__ = [
    "L1",
    "L2",
    "ElasticNet",
    "Elements",
    "NoPenalty",
    "Penalty",
    "Separate",
]

Array = NDArray[Any]


class Penalty(ABC):
    """R(w), split into a smooth part with a gradient and a part with a proximal step."""

    @abstractmethod
    def value(self, w: Array) -> float:
        """Return R(w)."""

    @abstractmethod
    def slope(self, w: Array) -> Array:
        """Return the gradient of the smooth part."""

    @property
    def shrinkage(self) -> float:
        """λ of the part λ‖w‖₁, which is left to the proximal step."""
        return 0.0

    @property
    def of_features(self) -> Penalty:
        """R on the weights that are not those of covariates."""
        return self

    def shrink(self, w: Array, step: float | Array) -> Array:
        """Return the proximal step of λ‖·‖₁: each weight moved by step·λ towards 0, and not beyond."""
        return np.sign(w) * np.maximum(abs(w) - step * self.shrinkage, 0)


@final
@dataclass(frozen=True)
class NoPenalty(Penalty):
    """R = 0."""

    def value(self, w: Array) -> float:
        return 0.0

    def slope(self, w: Array) -> Array:
        return np.zeros_like(w)


@final
@dataclass(frozen=True)
class L2(Penalty):
    """R(w) = (λ/2)‖w‖².

    Parameters
    ----------
    strength : float
        λ ≥ 0.

    Examples
    --------
    >>> L2(0.1).value(np.array([3.0, 4.0]))
    1.25
    """

    strength: float

    def __post_init__(self) -> None:
        """Check λ."""
        _check(self.strength)

    def value(self, w: Array) -> float:
        return self.strength / 2 * float(np.vdot(w, w))

    def slope(self, w: Array) -> Array:
        return self.strength * w


@final
@dataclass(frozen=True)
class L1(Penalty):
    """R(w) = λ‖w‖₁, by its proximal step, so that weights become exactly 0.

    Parameters
    ----------
    strength : float
        λ ≥ 0.

    Examples
    --------
    >>> L1(0.5).shrink(np.array([3.0, -0.25]), step=1.0)
    array([ 2.5, -0. ])
    """

    strength: float

    def __post_init__(self) -> None:
        """Check λ."""
        _check(self.strength)

    @property
    def shrinkage(self) -> float:
        return self.strength

    def value(self, w: Array) -> float:
        return self.strength * float(abs(w).sum())

    def slope(self, w: Array) -> Array:
        return np.zeros_like(w)


@final
@dataclass(frozen=True)
class ElasticNet(Penalty):
    """R(w) = λ₁‖w‖₁ + (λ₂/2)‖w‖².

    Parameters
    ----------
    l1, l2 : float
        λ₁ ≥ 0 and λ₂ ≥ 0.

    Examples
    --------
    >>> ElasticNet(0.5, 0.1).value(np.array([3.0, -4.0]))
    4.75
    """

    l1: float
    l2: float

    def __post_init__(self) -> None:
        """Check λ₁ and λ₂."""
        _check(self.l1)
        _check(self.l2)

    @property
    def shrinkage(self) -> float:
        return self.l1

    def value(self, w: Array) -> float:
        return self.l1 * float(abs(w).sum()) + self.l2 / 2 * float(np.vdot(w, w))

    def slope(self, w: Array) -> Array:
        return self.l2 * w


@final
@dataclass(frozen=True)
class Elements(Penalty):
    """R(θ) = λ Σ_e √k_e ‖w_e‖₂ + (λ₂/2)‖w‖²: elements vanish, all weights of an element becoming exactly 0 together.

    w_e are the k_e weights of the element e, of all its neurons where it has several. A weight belongs to one element
    at most, so that the proximal step after each step of an optimiser is exact.

    Parameters
    ----------
    strength : float
        λ ≥ 0.
    side : "below" or "above"
        "below": w_e are the weights on what a hidden element covers, and those of the outputs that look at it; weights
        between features and outputs belong to none. "above": the weights of all that cover an element, which may be a
        feature: one that vanishes is no longer read.
    l2 : float
        λ₂ ≥ 0, of every weight.

    Raises
    ------
    ParameterError
        If a strength is not a finite number ≥ 0, or there is no such side.

    Notes
    -----
    The group lasso (Yuan and Lin, Journal of the Royal Statistical Society B 68, 2006, 49–67); with it VEGA (Seninge et
    al., Nature Communications 12, 2021, 5684) and expiMap (Lotfollahi et al., Nature Cell Biology 25, 2023, 337–350)
    drop gene programmes. ``network.vanished`` names the elements, ``network.prune`` leaves them
    out. L-BFGS needs a smooth cost and refuses it.

    Examples
    --------
    >>> from hassenet import Adam, Hierarchy, Network, fit
    >>> from hassenet.network import vanished
    >>> X = np.random.default_rng(0).standard_normal((200, 4))
    >>> H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q")]).crown(["y"])
    >>> net = Network(H, hidden="tanh", seed=1)
    >>> run = fit(net, X, X[:, 0] + X[:, 1], penalty=Elements(0.05), optimizer=Adam(0.03), epochs=20)
    >>> vanished(run.network)
    ('q',)
    """

    strength: float
    side: Literal["below", "above"] = "below"
    l2: float = 0.0

    def __post_init__(self) -> None:
        """Check λ, λ₂ and the side."""
        _check(self.strength)
        _check(self.l2)
        if self.side not in ("below", "above"):
            raise ParameterError(f"side is 'below' or 'above'; got {self.side!r}")

    def value(self, w: Array) -> float:
        """Return (λ₂/2)‖w‖², the part in which weights stand alone; an objective has the groups."""
        return self.l2 / 2 * float(np.vdot(w, w))

    def slope(self, w: Array) -> Array:
        return self.l2 * w


@final
@dataclass(frozen=True)
class Separate(Penalty):
    """R(θ) = R₀(w) + (λ_c/2)‖w_c‖²: weights w_c of outputs on covariates have a strength of their own, the others R₀.

    Parameters
    ----------
    rest : Penalty
        R₀, of all other weights.
    covariates : float
        λ_c ≥ 0; at 0 covariates enter as in a linear model without a penalty, and elements say what these do not.

    Raises
    ------
    ParameterError
        If R₀ is not a penalty, or is one of this kind, or λ_c is not a finite number ≥ 0.

    Notes
    -----
    Without covariates, see :func:`hassenet.shaping.covariates`, R = R₀. AdamW's decay is a part of its step, not of R:
    it is for all weights.

    Examples
    --------
    >>> from hassenet import LBFGS, Hierarchy, Network, fit
    >>> from hassenet.shaping import covariates
    >>> H = covariates(Hierarchy.complete(1, 1), ["age"]).hierarchy
    >>> X, y = np.eye(3)[:, :2], np.array([0.0, 5.0, 1.0])
    >>> run = fit(
    ...     Network(H, dtype="float64"), X, y, penalty=Separate(L2(1e6)), optimizer=LBFGS(), epochs=99
    ... )
    >>> run.network.weights[0].round(3)  # of the feature next to nothing, of age all
    array([[-0. ,  4.5]])
    """

    rest: Penalty
    covariates: float = 0.0

    def __post_init__(self) -> None:
        """Check R₀ and λ_c."""
        if not isinstance(self.rest, Penalty) or isinstance(self.rest, Separate):
            raise ParameterError(
                f"the rest has a penalty of its own, as L2(0.1); got {self.rest!r}; give such"
            )
        _check(self.covariates)

    @property
    def of_features(self) -> Penalty:
        return self.rest

    @property
    def shrinkage(self) -> float:
        return self.rest.shrinkage

    def value(self, w: Array) -> float:
        """Return R₀(w); an objective knows which weights are those of covariates."""
        return self.rest.value(w)

    def slope(self, w: Array) -> Array:
        return self.rest.slope(w)

    def shrink(self, w: Array, step: float | Array) -> Array:
        return self.rest.shrink(w, step)


def check_penalty(penalty: Any) -> None:
    """Raise ParameterError unless the penalty is one, or None."""
    if penalty is not None and not isinstance(penalty, Penalty):
        raise ParameterError(
            f"penalty is L2(…), L1(…), ElasticNet(…), Elements(…), Separate(…) or None; got {penalty!r}"
        )


def _check(strength: Any) -> None:
    require_number("the strength of a penalty", strength, NOT_NEGATIVE)
