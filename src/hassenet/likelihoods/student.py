"""Student's t as a loss and a model: real targets of which some lie far off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
from scipy.special import betaln

from hassenet._checks import POSITIVE
from hassenet.errors import ParameterError
from hassenet.likelihoods.base import Array, IdentityLoss, Likelihood, columns, of_observed, rows

_LEAST = 1e-15  # single precision has it, its square and its inverse


@final
@dataclass(frozen=True)
class StudentTLoss(IdentityLoss):
    """L(ŷ, y) = Σⱼ ½(ν + 1) log(1 + (ŷⱼ − yⱼ)²/(νσ²)), from StudentT(ŷ, ν, σ); output: the identity.

    δ = (ν + 1)r/(νσ² + r²) of a residual r: it grows up to |r| = σ√ν and falls beyond, so that targets far off hardly
    count. It is not convex.

    Parameters
    ----------
    df : float, default 4
        ν > 0, the degrees of freedom; ν → ∞ is Gaussian(σ²).
    scale : float, default 1
        σ > 0, in units of y.

    Raises
    ------
    ParameterError
        If one of the two is not a finite number from 1e-15 to 1e15.

    References
    ----------
    Lange, Little and Taylor, Robust statistical modeling using the t distribution, JASA 84 (1989) 881–896.

    Examples
    --------
    >>> StudentTLoss(df=1.0).cost([[1.0]], [[0.0]])  # Cauchy's: log 2
    array([0.69314718])
    """

    df: float = 4.0
    scale: float = 1.0
    name: ClassVar[str] = "student_t"
    is_curved: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Check ν and σ."""
        given = self.df, self.scale
        if any(number not in POSITIVE or not _LEAST <= number <= 1 / _LEAST for number in given):
            raise ParameterError(
                f"degrees of freedom and scale are finite numbers from {_LEAST:g} to {1 / _LEAST:g}; "
                f"got df={self.df!r}, scale={self.scale!r}; "
                "give both, as df=4, scale=1"
            )

    @property
    def likelihood(self) -> StudentT:
        """StudentT(ν, σ)."""
        return StudentT(self.df, self.scale)

    @property
    def width(self) -> float:
        """σ√ν, where δ is largest."""
        return float(self.scale * np.sqrt(self.df))

    def value(self, prediction: Array, y: Array) -> Array:
        u = abs(prediction - y) / prediction.dtype.type(self.width)
        # log(1 + u²) = 2 log u + log(1 + u⁻²): the square of a large u is not finite
        high = np.maximum(u, 1)
        log = np.where(u > 1, 2 * np.log(high) + np.log1p(1 / high / high), np.log1p(np.minimum(u, 1) ** 2))
        return np.sum(log, axis=0) * prediction.dtype.type((self.df + 1) / 2)

    def slope(self, prediction: Array, y: Array) -> Array:
        u = (prediction - y) / prediction.dtype.type(self.width)
        far = abs(u) > 1
        share = 1 / (np.where(far, u, 1) + 1 / np.where(far, u, 1))
        near = np.where(far, 0, u)
        return np.where(far, share, near / (1 + near * near)) * prediction.dtype.type(
            (self.df + 1) / self.width
        )

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        u = (s - y) / self.width
        return (self.df + 1) / self.width**2 * (1 - u) * (1 + u) / (1 + u * u) ** 2 * v


@final
@dataclass(frozen=True)
class StudentT(Likelihood):
    """p(y|x) = Πⱼ t((yⱼ − ŷⱼ)/σ; ν)/σ: the output plus noise with tails as heavy as |r|^(−ν−1).

    Examples
    --------
    >>> StudentT(df=1.0).log_prob([[1.0]], [[0.0]])  # −log 2π
    array([-1.83787707])
    """

    df: float = 4.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Check ν and σ."""
        _ = self.loss

    @property
    def loss(self) -> StudentTLoss:
        """StudentTLoss(ν, σ)."""
        return StudentTLoss(self.df, self.scale)

    @of_observed
    def log_prob(self, prediction: Any, target: Any) -> Array:
        centre, y = columns(prediction, target)
        nu = self.df
        constant = -betaln(nu / 2, 0.5) - np.log(nu) / 2 - np.log(self.scale)
        return len(y) * constant - self.loss.value(centre, y)

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        centre = rows(prediction)
        return centre + self.scale * rng.standard_t(self.df, centre.shape)
