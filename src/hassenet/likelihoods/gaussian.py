"""Squared error and the Gaussian model it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from hassenet.errors import ParameterError, ShapeError
from hassenet.likelihoods.base import Array, IdentityLoss, Likelihood, Loss, columns, of_observed, rows
from hassenet.likelihoods.gaps import Part, Seen, by_pattern, output_by_output


@final
@dataclass(frozen=True)
class SquaredError(IdentityLoss):
    """L(ŷ, y) = ‖ŷ − y‖², from Gaussian(ŷ, Σ = ½·id); canonical output: the identity.

    Examples
    --------
    >>> SquaredError().cost([[1.0, 2.0]], [[0.0, 0.0]])
    array([5.])
    """

    name: ClassVar[str] = "squared_error"

    @property
    def likelihood(self) -> Gaussian:
        """Gaussian(½·id)."""
        return Gaussian(0.5)

    def value(self, prediction: Array, y: Array) -> Array:
        return np.sum((prediction - y) ** 2, axis=0)

    def slope(self, prediction: Array, y: Array) -> Array:
        return 2 * (prediction - y)

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        return 2 * v


@final
@dataclass(frozen=True, eq=False)
class GaussianLoss(IdentityLoss):
    """L(ŷ, y) = ½ (y − ŷ)ᵀ Σ⁻¹ (y − ŷ), from Gaussian(ŷ, Σ); canonical output: the identity.

    Parameters
    ----------
    covariance : float or (k, k) array
        Σ, symmetric and positive definite, in squared units of y; a number c means c·id.

    Raises
    ------
    ParameterError
        If Σ is not symmetric and positive definite.

    Examples
    --------
    >>> GaussianLoss([[2.0, 0.0], [0.0, 1.0]]).cost([[2.0, 1.0]], [[0.0, 0.0]])
    array([1.5])
    """

    covariance: Any = 1.0
    name: ClassVar[str] = "gaussian"
    _sigma: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check Σ."""
        sigma = _checked_covariance(self.covariance)
        object.__setattr__(self, "_sigma", sigma)
        object.__setattr__(self, "covariance", float(sigma[0, 0]) if np.ndim(self.covariance) == 0 else sigma)

    @property
    def likelihood(self) -> Gaussian:
        """Gaussian(Σ)."""
        return Gaussian(self.covariance)

    def observed_parts(self, seen: Seen) -> Iterator[Part]:
        """Yield the targets that are there together: Σ of some outputs is the part of Σ that they have."""
        if self._sigma.shape == (1, 1):
            return output_by_output(self, seen)
        return by_pattern(lambda outputs: GaussianLoss(self._sigma[np.ix_(outputs, outputs)]), seen)

    @cached_property
    def precision(self) -> Array:
        """Σ⁻¹, (k, k), or (1, 1) for a multiple of the identity."""
        return np.linalg.inv(self._sigma)

    @property
    def whitening(self) -> Array:
        """Lᵀ with Σ⁻¹ = LLᵀ: this loss is ½ squared error on Lᵀy."""
        return np.linalg.cholesky(self.precision).T

    def _apply(self, v: Array) -> Array:
        P = self.precision.astype(v.dtype, copy=False)
        return P[0, 0] * v if P.shape == (1, 1) else P @ v

    def value(self, prediction: Array, y: Array) -> Array:
        r = y - prediction
        return np.sum(r * self._apply(r), axis=0) / 2

    def slope(self, prediction: Array, y: Array) -> Array:
        return self._apply(prediction - y)

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        return self._apply(v)

    def check(self, Y: Array) -> None:
        k = self._sigma.shape[0]
        if k not in (1, Y.shape[1]):
            raise ShapeError(
                f"Σ has a row and a column for each output: it is {k} × {k} and there are {Y.shape[1]} outputs; "
                "give one that fits"
            )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.covariance,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GaussianLoss) and np.array_equal(self._sigma, other._sigma)

    def __hash__(self) -> int:
        return hash((self.name, self._sigma.tobytes()))


@final
@dataclass(frozen=True, eq=False)
class Gaussian(Likelihood):
    """p(y|x) = N(y; ŷ, Σ): the target is the output plus noise of covariance Σ.

    Parameters
    ----------
    covariance : float or (k, k) array
        Σ, in squared units of y; a number c means c·id.

    Examples
    --------
    >>> Gaussian(0.5).log_prob([[1.0, 2.0]], [[0.0, 0.0]])  # −‖ŷ − y‖² − log π
    array([-6.14472989])
    >>> Gaussian(0.5).loss
    SquaredError()
    """

    covariance: Any = 1.0
    _sigma: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check Σ."""
        sigma = _checked_covariance(self.covariance)
        object.__setattr__(self, "_sigma", sigma)
        object.__setattr__(self, "covariance", float(sigma[0, 0]) if np.ndim(self.covariance) == 0 else sigma)

    @property
    def loss(self) -> Loss:
        """SquaredError for Σ = ½·id, else GaussianLoss(Σ)."""
        return SquaredError() if np.array_equal(self._sigma, [[0.5]]) else GaussianLoss(self.covariance)

    def _cholesky(self, k: int) -> Array:
        return np.linalg.cholesky(self._sigma * np.eye(k) if self._sigma.shape == (1, 1) else self._sigma)

    @of_observed
    def log_prob(self, prediction: Any, target: Any) -> Array:
        mean, y = columns(prediction, target)
        k = len(y)
        L = self._cholesky(k)
        z = solve_triangular(L, y - mean, lower=True)
        return -np.sum(z * z, axis=0) / 2 - np.sum(np.log(np.diag(L))) - k / 2 * np.log(2 * np.pi)

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        mean = rows(prediction)
        return mean + rng.standard_normal(mean.shape) @ self._cholesky(mean.shape[1]).T

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.covariance,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Gaussian) and np.array_equal(self._sigma, other._sigma)

    def __hash__(self) -> int:
        return hash(self._sigma.tobytes())


def _checked_covariance(covariance: Any) -> NDArray[np.float64]:
    sigma = np.atleast_2d(np.array(covariance, float))
    square = sigma.ndim == 2 and sigma.shape[0] == sigma.shape[1]
    if not square or not np.isfinite(sigma).all() or not np.allclose(sigma, sigma.T):
        raise ParameterError(f"Σ is a symmetric k × k matrix of finite numbers; got shape {sigma.shape}")
    smallest = float(np.linalg.eigvalsh(sigma)[0])
    if smallest <= 0:
        raise ParameterError(
            f"Σ is positive definite; its smallest eigenvalue is {smallest:.3g}; add to its diagonal"
        )
    sigma.flags.writeable = False
    return sigma
