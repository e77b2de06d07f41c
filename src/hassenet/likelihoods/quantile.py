"""The quantile loss and the model it comes from: what a share of targets lies below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np

from hassenet.errors import ParameterError
from hassenet.likelihoods.base import Array, IdentityLoss, Likelihood, columns, of_observed, rows


@final
@dataclass(frozen=True)
class QuantileLoss(IdentityLoss):
    """L(ŷ, y) = Σⱼ q (yⱼ − ŷⱼ)₊ + (1 − q) (ŷⱼ − yⱼ)₊, from AsymmetricLaplace(ŷ, q); output: the identity.

    Its minimum is the q-quantile of y given x. Several quantiles are as many blocks of outputs, each of which is
    compared with the target: the outputs of P(n, …, 3) and the quantiles (0.05, 0.5, 0.95) make an interval of 90 %
    around a median, by ``hn.fit``. Nothing keeps the blocks in order; where they cross, data are few.

    Parameters
    ----------
    quantiles : float or tuple of float, default 0.5
        q, each between 0 and 1. At 0.5 the loss is half the absolute error.

    Raises
    ------
    ParameterError
        If one is not between 0 and 1.

    References
    ----------
    Koenker and Bassett, Regression quantiles, Econometrica 46 (1978) 33–50.

    Examples
    --------
    >>> QuantileLoss(0.9).cost([[1.0], [1.0]], [[3.0], [0.0]])
    array([1.8, 0.1])
    >>> QuantileLoss((0.1, 0.9)).cost([[0.0, 4.0]], [[3.0]])  # 0.1 · 3 + 0.1 · 1
    array([0.4])
    """

    quantiles: float | tuple[float, ...] = 0.5
    name: ClassVar[str] = "quantile"
    is_curved: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Check q."""
        several = isinstance(self.quantiles, tuple | list | np.ndarray)
        given = list(np.atleast_1d(np.asarray(self.quantiles, object)))
        if not given or not all(isinstance(q, float | np.floating) and 0 < q < 1 for q in given):
            raise ParameterError(
                f"quantiles lie between 0 and 1; got {self.quantiles!r}; give them as (0.05, 0.95)"
            )
        object.__setattr__(self, "quantiles", tuple(map(float, given)) if several else float(given[0]))

    @property
    def heads(self) -> int:
        """How many quantiles there are."""
        return int(np.size(self.quantiles))

    @property
    def likelihood(self) -> AsymmetricLaplace:
        """AsymmetricLaplace(q)."""
        return AsymmetricLaplace(self.quantiles)

    def alone(self, j: int, k: int) -> QuantileLoss:
        """Return the loss with the quantile of one output."""
        return QuantileLoss(float(np.atleast_1d(self.quantiles)[j * self.heads // k]))

    def _q(self, prediction: Array) -> Array:
        """Return q as a column, one an output."""
        q = np.atleast_1d(np.asarray(self.quantiles, prediction.dtype))
        return np.repeat(q, len(prediction) // self.heads)[:, None]

    def value(self, prediction: Array, y: Array) -> Array:
        q, r = self._q(prediction), _repeated(y, prediction) - prediction
        return np.sum(np.where(r > 0, q * r, (q - 1) * r), axis=0)

    def slope(self, prediction: Array, y: Array) -> Array:
        q, r = self._q(prediction), _repeated(y, prediction) - prediction
        return np.where(r > 0, -q, np.where(r < 0, 1 - q, r))  # r is 0, or NaN

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        return np.zeros_like(v)


def _repeated(y: Array, prediction: Array) -> Array:
    """Return y for all blocks, where it has the rows of one."""
    return np.tile(y, (len(prediction) // len(y), 1))


@final
@dataclass(frozen=True)
class AsymmetricLaplace(Likelihood):
    """p(y|x) = Πⱼ q(1 − q) e^(−L(ŷⱼ, yⱼ)): noise with tails of different weight, of which a share q lies below ŷ.

    Examples
    --------
    >>> AsymmetricLaplace(0.5).log_prob([[1.0]], [[0.0]])  # −½ − 2 log 2
    array([-1.88629436])
    """

    quantiles: float | tuple[float, ...] = 0.5

    def __post_init__(self) -> None:
        """Check q."""
        object.__setattr__(self, "quantiles", self.loss.quantiles)

    @property
    def loss(self) -> QuantileLoss:
        """QuantileLoss(q)."""
        return QuantileLoss(self.quantiles)

    @of_observed
    def log_prob(self, prediction: Any, target: Any) -> Array:
        centre, y = columns(prediction, target, self.loss.heads)
        q = self.loss._q(centre)
        return np.sum(np.log(q) + np.log1p(-q)) - self.loss.value(centre, y)

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        centre = rows(prediction)
        q = self.loss._q(centre.T).T
        up, down = rng.standard_exponential((2, *centre.shape))
        return centre + up / q - down / (1 - q)
