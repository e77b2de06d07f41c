"""The negative binomial whose dispersion is an output too: how much counts vary is learned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
from scipy.special import betaln, expit, polygamma, psi

from hassenet.likelihoods.base import Array, IdentityLoss, Likelihood, columns, of_observed, refuse, rows
from hassenet.likelihoods.blocks import in_blocks, target_by_target
from hassenet.likelihoods.gaps import Part, Seen

_SERIES_FROM = 30.0
_MOST = np.log(1e12)  # |log α| as in NegativeBinomialLoss: 1/α and its products keep their digits


@final
@dataclass(frozen=True)
class LearnedDispersionLoss(IdentityLoss):
    """L = −log p(y|x) of LearnedDispersion(), of outputs log μ and, behind them, log α; output: the identity.

    Two blocks of outputs, the first the logarithms of the means, the second those of the dispersions, one for each:
    a count of mean μ has the variance μ + αμ². The target has the columns of one block. Where the second block looks at
    nothing but its biases, α is one number for all, as in the regression of the textbook: see
    ``hassenet.hierarchy.with_constants``. With r = 1/α and t = log αμ,

        L = −log Γ(y + r)/(Γ(r) y!) + (y + r) softplus(t) − y t
        ∂L/∂log μ = r σ(t) − y σ(−t)
        ∂L/∂log α = r (ψ(y + r) − ψ(r)) − r softplus(t) + r σ(t) − y σ(−t)

    Beyond |log α| = 27.6 the dispersion is that of there, and its slope 0.

    References
    ----------
    Hilbe, Negative Binomial Regression, 2nd edition, Cambridge 2011, chapters 8 and 10.4 (heterogeneous).

    Examples
    --------
    >>> LearnedDispersionLoss().cost([[np.log(2), np.log(0.5)]], [[0.0]])  # 2 log 2
    array([1.38629436])
    """

    name: ClassVar[str] = "learned_dispersion"
    heads: ClassVar[int] = 2
    is_curved: ClassVar[bool] = False
    has_parameters: ClassVar[bool] = True
    grows_with_exposure: ClassVar[bool] = True

    @property
    def likelihood(self) -> LearnedDispersion:
        """LearnedDispersion()."""
        return LearnedDispersion()

    def observed_parts(self, seen: Seen) -> Iterator[Part]:
        """Yield the outputs of each target that is there."""
        return target_by_target(self, seen, 2)

    def value(self, prediction: Array, y: Array) -> Array:
        a, d, y = _parts(prediction, y)
        r, t = np.exp(-d), a + d
        found = np.sum(_log_rising(y, r) + (y + r) * np.logaddexp(0, t) - y * t, axis=0)
        return found.astype(prediction.dtype)

    def slope(self, prediction: Array, y: Array) -> Array:
        a, d, y = _parts(prediction, y)
        r, t = np.exp(-d), a + d
        of_mean = r * expit(t) - y * expit(-t)
        of_dispersion = _scaled_difference(y, r) - r * np.logaddexp(0, t) + of_mean
        return np.concatenate([of_mean, _inside(prediction) * of_dispersion]).astype(prediction.dtype)

    def curvature(self, s: Array, y: Array, v: Array) -> Array:
        a, d, y = _parts(s, y)
        r, t = np.exp(-d), a + d
        both = (y + r) * expit(t) * expit(-t)
        crossed = both - r * expit(t)
        alone = r * np.logaddexp(0, t) - r * expit(t) + crossed - _scaled_difference(y, r) - _second(y, r)
        of_a, of_d = in_blocks(v, 2)
        of_d = of_d * _inside(s)
        rows_of_d = _inside(s) * (crossed * of_a + alone * of_d)
        return np.concatenate([both * of_a + crossed * of_d, rows_of_d]).astype(s.dtype)

    def check(self, Y: Array) -> None:
        """Raise TargetError unless every target is a count."""
        remedy = "take another loss, or correct the target"
        refuse(Y < 0, Y, "a negative binomial target is a count ≥ 0", remedy)


def _parts(prediction: Array, y: Array) -> tuple[Array, Array, Array]:
    """Return log μ, log α and the counts in double precision."""
    a, d = in_blocks(prediction.astype(float), 2)
    return a, _within(d), y[: len(a)].astype(float)


def _within(log_dispersion: Array) -> Array:
    return np.asarray(np.clip(log_dispersion, -_MOST, _MOST))


def _inside(prediction: Array) -> Array:
    """Return where the dispersion is that of the output."""
    return np.asarray(abs(in_blocks(prediction, 2)[1]) <= _MOST)


def _log_rising(y: Array, r: Array) -> Array:
    """Return −log Γ(y + r)/(Γ(r) y!) = log y B(y, r), without a difference of two large numbers; 0 for y = 0."""
    some = np.maximum(y, 1e-300)
    return np.where(y > 0, betaln(some, r) + np.log(some), 0.0)


def _scaled_difference(y: Array, r: Array) -> Array:
    """Return r (ψ(y + r) − ψ(r)), from the series at infinity where r is large: y, in the end."""
    large, small = np.maximum(r, _SERIES_FROM), np.minimum(r, _SERIES_FROM)
    series = large * (np.log1p(y / large) + _first_rest(large) - _first_rest(y + large))
    return np.where(r < _SERIES_FROM, small * (psi(y + small) - psi(small)), series)


def _second(y: Array, r: Array) -> Array:
    """Return r² (ψ′(y + r) − ψ′(r)), from the series where r is large."""
    large, small = np.maximum(r, _SERIES_FROM), np.minimum(r, _SERIES_FROM)
    series = large * (large * (_second_rest(y + large) - _second_rest(large)) - y / (y + large))
    return np.where(r < _SERIES_FROM, small * small * (polygamma(1, y + small) - polygamma(1, small)), series)


def _first_rest(x: Array) -> Array:
    """Return log x − ψ(x) for x ≥ 30 (Abramowitz and Stegun 6.3.18)."""
    u = 1 / (x * x)
    return 1 / (2 * x) + u * (1 / 12 - u * (1 / 120 - u * (1 / 252 - u / 240)))


def _second_rest(x: Array) -> Array:
    """Return ψ′(x) − 1/x for x ≥ 30 (Abramowitz and Stegun 6.4.12)."""
    u = 1 / (x * x)
    return u * (1 / 2 + (1 / 6 - u * (1 / 30 - u * (1 / 42 - u / 30))) / x)


@final
@dataclass(frozen=True)
class LearnedDispersion(Likelihood):
    """p(y|x) of counts of mean μⱼ and variance μⱼ + αⱼμⱼ², both from x; the outputs are (log μ, log α).

    Examples
    --------
    >>> LearnedDispersion().log_prob([[np.log(2), np.log(0.5)]], [[0.0]])  # −2 log 2
    array([-1.38629436])
    """

    @property
    def loss(self) -> LearnedDispersionLoss:
        """LearnedDispersionLoss()."""
        return LearnedDispersionLoss()

    def mean(self, prediction: Any) -> Array:
        """Return μ of each row of outputs, (m, k)."""
        return np.exp(in_blocks(rows(prediction).T, 2)[0]).T

    def dispersion(self, prediction: Any) -> Array:
        """Return α of each row of outputs, (m, k)."""
        return np.exp(_within(in_blocks(rows(prediction).T, 2)[1])).T

    @of_observed
    def log_prob(self, prediction: Any, target: Any) -> Array:
        return -self.loss.value(*columns(prediction, target, 2))

    def sample(self, prediction: Any, rng: np.random.Generator) -> Array:
        a = self.dispersion(prediction)
        return rng.negative_binomial(1 / a, 1 / (1 + a * self.mean(prediction))).astype(float)
