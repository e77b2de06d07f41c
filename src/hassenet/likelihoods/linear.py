"""The loss that is linear in the signal: how a gradient is asked for whose δ is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from hassenet.errors import ParameterError
from hassenet.likelihoods.base import Array, IdentityLoss, Likelihood


@final
@dataclass(frozen=True)
class Linear(IdentityLoss):
    """L(s, y) = yᵀs, whose δ is y: with the δ of another loss in the place of y, the gradient is that loss's."""

    name: ClassVar[str] = "linear"
    is_curved: ClassVar[bool] = False
    sees_gaps: ClassVar[bool] = True  # NaN among δ is a number that was lost

    @property
    def likelihood(self) -> Likelihood:
        """There is not any.

        Raises
        ------
        ParameterError
        """
        raise ParameterError("yᵀs is not a loss to learn from, and comes from no model; take another loss")

    def value(self, prediction: Array, y: Array) -> Array:
        return np.asarray(np.sum(prediction * y, axis=0))

    def slope(self, prediction: Array, y: Array) -> Array:
        return y

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        return np.zeros_like(v)
