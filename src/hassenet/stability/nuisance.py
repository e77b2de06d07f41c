"""What the model of a target has beside its signal: learned where nothing but covariates is known, and kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from hassenet.likelihoods import LearnedDispersionLoss, Loss, NegativeBinomialLoss, PoissonLoss
from hassenet.stability.one_signal import OneSignal
from hassenet.stability.regressions import signals
from hassenet.survival import Baseline

Floats = NDArray[np.float64]
Rows = Any

_ROUNDS = 3  # of a regression on covariates and of what stands beside it, each given the other
_LEAST_HAZARD = 1e-8
_LOG_DISPERSION = (-9.0, 9.0)


@final
class Settled(NamedTuple):
    """A target as one signal predicts it.

    Attributes
    ----------
    loss : Loss
        Of one signal.
    Y : (m, 1) array
    added : (m,) array
        What is added to the signal: part of the target, and goes with it where it is dealt out anew.
    """

    loss: Loss
    Y: Floats
    added: Floats


class Nuisance(ABC):
    """Parameters beside a signal."""

    @abstractmethod
    def settled(self, Y: Floats, Z: Floats, learned: Rows, offset: Floats | None = None) -> Settled:
        """Learn them of some rows, given the intercept and the covariates Z, (m, 1 + q), and offsets, (m,)."""


@final
@dataclass(frozen=True)
class Hazards(Nuisance):
    """The baseline of proportional hazards, in each stratum.

    Given the cumulative hazard Λ₀ of the baseline, a time t with the event e of hazard ratio e^η has the likelihood
    e^{eη − Λ₀(t) e^η}, up to what no η changes: that of a count e of mean Λ₀(t) e^η. Λ₀ is Breslow's.

    References
    ----------
    Aitkin and Clayton, "The fitting of exponential, Weibull and extreme value distributions to complex censored
    survival data using GLIM", Applied Statistics 29 (1980) 156–163.

    Examples
    --------
    >>> Y = np.array([[1.0, 1], [2, 1], [3, 0]])
    >>> np.exp(Hazards().settled(Y, np.ones((3, 1)), slice(None)).added).round(2)  # ⅓, and ½ more
    array([0.33, 0.83, 0.83])
    """

    def settled(self, Y: Floats, Z: Floats, learned: Rows, offset: Floats | None = None) -> Settled:
        """Learn the baseline."""
        loss, event, o = PoissonLoss(), Y[:, 1:2], _of(offset, len(Y))
        added = o + np.log(_cumulative(Y, o, learned))
        for _ in range(_ROUNDS if Z.shape[1] > 1 else 0):
            eta = signals(loss, Z, event, added, learned)[:, 0]
            added = o + np.log(_cumulative(Y, o + eta, learned))
        return Settled(loss, event, added)


def _of(offset: Floats | None, m: int) -> Floats:
    """Return the offsets, 0 where there are none."""
    return np.zeros(m) if offset is None else offset


def _cumulative(Y: Floats, eta: Floats, learned: Rows) -> Floats:
    """Return Λ₀ at the time of each row, by the rows learned from."""
    baseline = Baseline.of(Y[learned], eta[learned])
    stratum = Y[:, 2] if Y.shape[1] > 2 else np.zeros(len(Y))
    found = np.full(len(Y), _LEAST_HAZARD)
    for one in baseline.strata:
        rows, mine = stratum == one, baseline.stratum == one
        place = np.searchsorted(baseline.times[mine], Y[rows, 0], side="right")
        found[rows] = np.maximum(np.append(0.0, baseline.hazard[mine])[place], _LEAST_HAZARD)
    return found


@final
@dataclass(frozen=True)
class Constants(Nuisance):
    """The thresholds of ordered classes, the dispersion of counts, and the level of the signal.

    Parameters
    ----------
    loss : Loss
        Of the signal, and of these parameters behind it.

    Examples
    --------
    >>> from hassenet.likelihoods import OrdinalLoss
    >>> found = Constants(OrdinalLoss(3)).settled(np.array([[0.0], [1], [2]]), np.ones((3, 1)), slice(None))
    >>> np.round(
    ...     [found.added[0], *found.loss.constants], 2
    ... )  # thresholds at ±log 2: −log 2 and log(2 log 2)
    array([0.69, 0.33])
    """

    loss: Loss

    def settled(self, Y: Floats, Z: Floats, learned: Rows, offset: Floats | None = None) -> Settled:
        """Learn the constants."""
        o = _of(offset, len(Y))
        c = self._best(o[learned], Y[learned].T, np.zeros(self._size))
        for _ in range(_ROUNDS if Z.shape[1] > 1 else 0):
            s = o + signals(self._with(c), Z, Y, o + c[0], learned)[:, 0]
            c = self._best(s[learned], Y[learned].T, c)
        return Settled(self._with(c), Y, o + c[0])

    @property
    def _size(self) -> int:
        return int(self.loss.outputs or self.loss.heads)

    def _with(self, c: Floats) -> Loss:
        """Return the loss of the signal alone."""
        if isinstance(self.loss, LearnedDispersionLoss):
            return NegativeBinomialLoss(float(np.exp(np.clip(c[1], *_LOG_DISPERSION))))
        return OneSignal(self.loss, tuple(c[1:].tolist())) if self._size > 1 else self.loss

    def _best(self, s: Floats, y: Floats, start: Floats) -> Floats:
        """Return the constants of the least cost, given the signal."""
        y, m = np.tile(y, (self.loss.heads, 1)), len(s)

        def cost(c: Floats) -> tuple[float, Floats]:
            prediction = np.broadcast_to(c[:, None], (len(c), m)) + s * (np.arange(len(c)) == 0)[:, None]
            value = self.loss.value_at_signal(prediction, y).mean()
            return float(value), self.loss.delta(prediction, y).mean(axis=1)

        return np.asarray(minimize(cost, start, jac=True, method="L-BFGS-B").x)
