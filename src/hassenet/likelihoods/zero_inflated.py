"""Counts with more zeros than their model has: a share of examples whose count is 0 whatever the mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, final

import numpy as np
from scipy.special import expit

from hassenet.errors import ParameterError
from hassenet.likelihoods.base import Array, IdentityLoss, Likelihood, Loss, columns, of_observed, rows
from hassenet.likelihoods.blocks import in_blocks, target_by_target
from hassenet.likelihoods.gaps import Part, Seen
from hassenet.likelihoods.learned_dispersion import LearnedDispersion, LearnedDispersionLoss
from hassenet.likelihoods.negative_binomial import NegativeBinomialLoss
from hassenet.likelihoods.poisson import PoissonLoss

Counts = PoissonLoss | NegativeBinomialLoss | LearnedDispersionLoss


@final
@dataclass(frozen=True)
class ZeroInflatedLoss(IdentityLoss):
    """L from ZeroInflated(p₀): with probability π = σ(z) a count is 0, else one of the model p₀; output: the identity.

    The outputs are blocks, first those of p₀, the logarithms of the means (and of the dispersions, where they are
    learned), and last z, the logit of the zero part; the target has the columns of one block. With ℓ₀ the loss of p₀
    and q = ℓ₀(s, 0) = −log p₀(0),

        y = 0:  L = softplus(z) − log(e^z + e^(−q))     ∂L/∂z = σ(z) − σ(z + q)    ∂L/∂s = σ(−z − q) ∂q/∂s
        y > 0:  L = softplus(z) + ℓ₀(s, y)              ∂L/∂z = σ(z)               ∂L/∂s = ∂ℓ₀/∂s

    Parameters
    ----------
    count : PoissonLoss, NegativeBinomialLoss or LearnedDispersionLoss, default PoissonLoss()
        ℓ₀; a dispersion that is given is one for all outputs.

    Raises
    ------
    ParameterError
        If it is another loss.

    References
    ----------
    Lambert, Zero-inflated Poisson regression, with an application to defects in manufacturing, Technometrics 34 (1992)
    1–14.

    Examples
    --------
    >>> ZeroInflatedLoss().cost([[0.0, 0.0]], [[0.0]])  # −log(½ + ½ e⁻¹)
    array([0.37988549])
    """

    count: Counts = field(default_factory=PoissonLoss)
    name: ClassVar[str] = "zero_inflated"
    is_curved: ClassVar[bool] = False
    has_parameters: ClassVar[bool] = True
    grows_with_exposure: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Check the loss of counts."""
        several = isinstance(self.count, NegativeBinomialLoss) and isinstance(self.count.dispersion, tuple)
        if not isinstance(self.count, Counts) or several:
            raise ParameterError(
                "zeros are added to counts: PoissonLoss(), NegativeBinomialLoss(α) with one α, or "
                f"LearnedDispersionLoss(); got {self.count!r}; give one of these"
            )

    @property
    def heads(self) -> int:
        """How many blocks there are: those of the count, and one."""
        return self.count.heads + 1

    @property
    def likelihood(self) -> ZeroInflated:
        """ZeroInflated(p₀)."""
        return ZeroInflated(self.count.likelihood)

    def observed_parts(self, seen: Seen) -> Iterator[Part]:
        """Yield the outputs of each target that is there."""
        return target_by_target(self, seen, self.heads)

    def value(self, prediction: Array, y: Array) -> Array:
        s, z, y = self._parts(prediction, y)
        found = _each(self.count, s, y)
        inflated = np.where(y == 0, -np.logaddexp(z, -found), found)
        return np.sum(np.logaddexp(0, z) + inflated, axis=0)

    def slope(self, prediction: Array, y: Array) -> Array:
        s, z, y = self._parts(prediction, y)
        q, slope = np.where(y == 0, _each(self.count, s, y), 0), self.count.delta(s, y)
        of_count = np.where(y == 0, expit(-z - q), 1)
        of_zeros = np.where(
            y == 0, expit(z + q) * expit(-z) * np.expm1(-q), expit(z)
        )  # σ(z) − σ(z + q), to its digits
        return np.concatenate([np.tile(of_count, (self.count.heads, 1)) * slope, of_zeros])

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        s, z, y = self._parts(s, y)
        of_s, of_z = v[: len(s)], v[len(s) :]
        q, slope = _each(self.count, s, y), self.count.delta(s, y)
        share = np.where(y == 0, expit(-z - q), 1)  # of a count of p₀, once its value is known
        mixed = np.where(y == 0, share * (1 - share), 0)
        of_q = np.sum(in_blocks(slope * of_s, self.count.heads), axis=0)
        tiled = [np.tile(part, (self.count.heads, 1)) for part in (share, mixed * (of_z + of_q))]
        of_count = tiled[0] * self.count.curvature(s, y, of_s) - tiled[1] * slope
        return np.concatenate([of_count, expit(z) * expit(-z) * of_z - mixed * (of_z + of_q)])

    def check(self, Y: Array) -> None:
        """Raise TargetError unless every target is a count."""
        self.count.check(Y)

    def _parts(self, prediction: Array, y: Array) -> tuple[Array, Array, Array]:
        """Return the signals of the counts, those of the zeros, and the counts."""
        z = in_blocks(prediction, self.heads)[-1]
        return prediction[: -len(z)], z, y[: len(z)]


def _each(count: Loss, s: Array, y: Array) -> Array:
    """Return the loss of each count by itself, (k, m)."""
    blocks = [block.reshape(1, -1) for block in in_blocks(s, count.heads)]
    return count.value_at_signal(np.concatenate(blocks), y.reshape(1, -1)).reshape(y.shape)


@final
@dataclass(frozen=True)
class ZeroInflated(Likelihood):
    """p(y|x) = π [y = 0] + (1 − π) p₀(y|x), independent counts; the outputs are (those of p₀, logit π).

    Parameters
    ----------
    count : Poisson, NegativeBinomial or LearnedDispersion
        p₀.

    Examples
    --------
    >>> from hassenet.likelihoods import Poisson
    >>> ZeroInflated(Poisson()).log_prob([[0.0, 0.0]], [[0.0]])  # log(½ + ½ e⁻¹)
    array([-0.37988549])
    """

    count: Likelihood

    def __post_init__(self) -> None:
        """Check the model of counts."""
        if not isinstance(self.count, Likelihood):
            raise ParameterError(
                f"zeros are added to a model of counts, as Poisson(); got {self.count!r}; give one"
            )
        _ = self.loss

    @property
    def loss(self) -> ZeroInflatedLoss:
        """ZeroInflatedLoss(ℓ₀)."""
        return ZeroInflatedLoss(self.count.loss)  # type: ignore[arg-type]  # which is checked there

    def zeros(self, prediction: Any) -> Array:
        """Return π of each row of outputs, (m, k)."""
        return expit(in_blocks(rows(prediction).T, self.loss.heads)[-1]).T

    def mean(self, prediction: Any) -> Array:
        """Return (1 − π)μ of each row of outputs, (m, k)."""
        first = in_blocks(rows(prediction).T, self.loss.heads)[0].T
        return np.asarray((1 - self.zeros(prediction)) * np.exp(first))

    @of_observed
    def log_prob(self, prediction: Any, target: Any) -> Array:
        guess, y = columns(prediction, target, self.loss.heads)
        s, z, y = self.loss._parts(guess, y)
        columns_of = zip(self._as_predicted(s).reshape(-1, *y.shape).swapaxes(0, 1), y, strict=True)
        log_p = np.array([self.count.log_prob(one.T, target[:, None]) for one, target in columns_of])
        return np.sum(np.where(y == 0, np.logaddexp(z, log_p), log_p) - np.logaddexp(0, z), axis=0)

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        zeros, outputs = self.zeros(prediction), rows(prediction)
        counts = self.count.sample(self._as_predicted(outputs[:, : -zeros.shape[1]]), rng)
        return np.where(rng.random(zeros.shape) < zeros, 0.0, counts)

    def _as_predicted(self, s: Array) -> Array:
        """Return the outputs of p₀ from its signals: means, or what has its own blocks."""
        return s if isinstance(self.count, LearnedDispersion) else np.exp(s)
