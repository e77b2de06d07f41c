"""Losses of a user's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from hassenet._checks import check_slope
from hassenet.errors import ParameterError
from hassenet.likelihoods.base import Array, IdentityLoss, Likelihood

_SAMPLE = np.array([[-1.7, -0.31, 0.12, 0.43, 0.83, 2.1]])
_TARGET = np.array([[0.9, 0.2, 0.7, 0.05, 0.55, 0.35]])


@final
@dataclass(frozen=True)
class OwnLoss(IdentityLoss):
    """L(ŷ, y) = Σⱼ ℓ(ŷⱼ, yⱼ) with ℓ of one's own; canonical output: the identity, and any other will do.

    Its values and slopes are computed by NumPy, the network around them by the engine.

    Parameters
    ----------
    label : str
        What it is called.
    of_output : callable
        (ŷ, y) ↦ ℓ(ŷ, y), for arrays of any shape, element by element.
    slope_of_output : callable
        (ŷ, y) ↦ ∂ℓ/∂ŷ.

    Raises
    ------
    ParameterError
        If the slope is not that of ℓ.

    Examples
    --------
    >>> ninth = OwnLoss(  # the pinball loss, whose minimum is the 90 % quantile
    ...     "pinball",
    ...     lambda p, y: np.maximum(0.9 * (y - p), 0.1 * (p - y)),
    ...     lambda p, y: np.where(p < y, -0.9, 0.1),
    ... )
    >>> ninth.cost([[1.0], [3.0]], [[2.0], [2.0]])
    array([0.9, 0.1])
    """

    label: str
    of_output: Callable[[Array, Array], Array]
    slope_of_output: Callable[[Array, Array], Array]
    name: ClassVar[str] = "own"
    is_curved: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Refuse a slope that is not that of the loss."""
        check_slope(
            f"the slope of {self.label}",
            lambda p: self.of_output(p, _TARGET),
            lambda p: self.slope_of_output(p, _TARGET),
            _SAMPLE,
        )

    @property
    def likelihood(self) -> Likelihood:
        """None is known.

        Raises
        ------
        ParameterError
        """
        raise ParameterError(
            f"a loss of one's own, as {self.label}, comes from no model that is known; name one"
        )

    def value(self, prediction: Array, y: Array) -> Array:
        return np.asarray(self.of_output(prediction, y)).sum(axis=0)

    def slope(self, prediction: Array, y: Array) -> Array:
        return np.asarray(self.slope_of_output(prediction, y), prediction.dtype)

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        return np.zeros_like(v)
