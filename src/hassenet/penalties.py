"""R: penalties on the weights, never on biases or relays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import NOT_NEGATIVE, require_number
from hassenet.errors import ParameterError

__all__ = [
    "L1",
    "L2",
    "ElasticNet",
    "NoPenalty",
    "Penalty",
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


def check_penalty(penalty: Any) -> None:
    """Raise ParameterError unless the penalty is one, or None."""
    if penalty is not None and not isinstance(penalty, Penalty):
        raise ParameterError(f"penalty is L2(…), L1(…), ElasticNet(…) or None; got {penalty!r}")


def _check(strength: Any) -> None:
    require_number("the strength of a penalty", strength, NOT_NEGATIVE)
