"""The Gaussian whose deviation is an output too: how far targets lie off is learned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np

from hassenet.likelihoods.base import Array, IdentityLoss, Likelihood, columns, of_observed, rows
from hassenet.likelihoods.blocks import in_blocks, target_by_target
from hassenet.likelihoods.gaps import Part, Seen


@final
@dataclass(frozen=True)
class LearnedScaleLoss(IdentityLoss):
    """L = Σⱼ ½ ((yⱼ − μⱼ)/σⱼ)² + log σⱼ of LearnedScale(), of outputs μ and, behind them, log σ; output: the identity.

    Two blocks of outputs, the first the means, the second the logarithms of the deviations, one for each; the target
    has the columns of one block. With z = (y − μ)/σ: ∂L/∂μ = −z/σ and ∂L/∂log σ = 1 − z².

    References
    ----------
    Nix and Weigend, Estimating the mean and variance of the target probability distribution, ICNN (1994) 55–60.

    Examples
    --------
    >>> LearnedScaleLoss().cost([[1.0, np.log(2)]], [[5.0]])  # ½ · 2² + log 2
    array([2.69314718])
    """

    name: ClassVar[str] = "learned_scale"
    heads: ClassVar[int] = 2
    is_curved: ClassVar[bool] = False
    has_parameters: ClassVar[bool] = True

    @property
    def likelihood(self) -> LearnedScale:
        """LearnedScale()."""
        return LearnedScale()

    def observed_parts(self, seen: Seen) -> Iterator[Part]:
        """Yield the outputs of each target that is there."""
        return target_by_target(self, seen, 2)

    def value(self, prediction: Array, y: Array) -> Array:
        log_scale = in_blocks(prediction, 2)[1]
        return np.asarray(np.sum(_standardised(prediction, y) ** 2 / 2 + log_scale, axis=0))

    def slope(self, prediction: Array, y: Array) -> Array:
        z, (_, log_scale) = _standardised(prediction, y), in_blocks(prediction, 2)
        return np.concatenate([-z * _inverse(log_scale), 1 - z * z])

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        z, inverse = _standardised(s, y), _inverse(in_blocks(s, 2)[1])
        of_mean, of_scale = in_blocks(v, 2)
        return np.concatenate(
            [
                inverse * inverse * of_mean + 2 * z * inverse * of_scale,
                2 * z * (inverse * of_mean + z * of_scale),
            ]
        )


def _standardised(prediction: Array, y: Array) -> Array:
    mean, log_scale = in_blocks(prediction, 2)
    return np.asarray((y[: len(mean)] - mean) * _inverse(log_scale))


def _inverse(log_scale: Array) -> Array:
    """Return 1/σ, and where that would overflow a number whose square can still be added."""
    most = np.sqrt(np.finfo(log_scale.dtype).max) / 2**20
    with np.errstate(over="ignore"):
        return np.minimum(np.exp(-log_scale), most.astype(log_scale.dtype))


@final
@dataclass(frozen=True)
class LearnedScale(Likelihood):
    """p(y|x) = N(μ, diag σ²), both from x; the outputs are (μ, log σ).

    Examples
    --------
    >>> LearnedScale().log_prob([[0.0, 0.0]], [[0.0]])  # −½ log 2π
    array([-0.91893853])
    """

    @property
    def loss(self) -> LearnedScaleLoss:
        """LearnedScaleLoss()."""
        return LearnedScaleLoss()

    def mean(self, prediction: Any) -> Array:
        """Return μ of each row of outputs, (m, k)."""
        return in_blocks(rows(prediction).T, 2)[0].T

    def scale(self, prediction: Any) -> Array:
        """Return σ of each row of outputs, (m, k)."""
        return np.exp(in_blocks(rows(prediction).T, 2)[1]).T

    @of_observed
    def log_prob(self, prediction: Any, target: Any) -> Array:
        guess, y = columns(prediction, target, 2)
        return -self.loss.value(guess, y) - len(guess) / 4 * np.log(2 * np.pi)

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        mean = self.mean(prediction)
        return mean + self.scale(prediction) * rng.standard_normal(mean.shape)
