"""Kaplan and Meier's estimate of a survival curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hassenet.survival.curves import SurvivalCurves
from hassenet.survival.targets import Observed, weighted

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False)
class KaplanMeier:
    """S(t) = Π_{times ≤ t} (1 − d/n), d events among the n at risk.

    Attributes
    ----------
    times : (q,) array
        All different times that were observed.
    survival : (q,) array
        S at these times.
    at_risk, events : (q,) arrays
        n and d; with weights their sums.
    """

    times: Floats
    survival: Floats
    at_risk: Floats
    events: Floats

    def at(self, times: ArrayLike) -> Floats:
        """Return S at these times, (r,)."""
        return SurvivalCurves(self.times, self.survival[None]).at(times)[0]

    @property
    def median(self) -> float:
        """The first time at which S ≤ ½; infinity where it stays above."""
        return float(SurvivalCurves(self.times, self.survival[None]).median[0])

    def standard_error(self, times: ArrayLike) -> Floats:
        """Return S √(Σ d/(n(n − d))) at these times (Greenwood, 1926), (r,); 0 before the first event."""
        rest = self.at_risk * (self.at_risk - self.events)
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(self.events > 0, self.events / rest, 0.0)
        place = np.searchsorted(self.times, np.atleast_1d(np.asarray(times, float)), side="right")
        root = np.sqrt(np.append(0.0, np.cumsum(terms))[place])
        S = self.at(times)
        return np.where(S > 0, S * np.where(S > 0, root, 0), 0)


def kaplan_meier(Y: Any, sample_weight: Any = None) -> KaplanMeier:
    """Return Kaplan and Meier's estimate of P(T > t) from times and events.

    Parameters
    ----------
    Y : (m, 2) array
        Time, and whether the event was seen; see :func:`survival_targets`.
    sample_weight : (m,) array, optional
        Weight k is the same as k copies.

    Raises
    ------
    ShapeError, TargetError, DataError
        If Y is not such a target, or weights are not as many, or negative.

    References
    ----------
    Kaplan and Meier, Nonparametric estimation from incomplete observations, JASA 53 (1958) 457–481.

    Examples
    --------
    >>> curve = kaplan_meier([[6, 1], [7, 0], [10, 1], [15, 1]])
    >>> curve.times, curve.survival
    (array([ 6.,  7., 10., 15.]), array([0.75 , 0.75 , 0.375, 0.   ]))
    """
    data, weight = weighted(Y, sample_weight)
    data, weight = data.of(weight > 0), weight[weight > 0]
    times, events, _, at_risk = counts(data, weight)
    survival: Floats = np.cumprod(1 - np.divide(events, at_risk, dtype=np.float64))
    return KaplanMeier(times, survival, at_risk, events)


def of_censoring(data: Observed) -> SurvivalCurves:
    """Return P(C > t), C the time at which observation ends; of those seen at one time, events came first."""
    data = data.of(data.is_known)
    times, events, others, at_risk = counts(data, np.ones(len(data.time)))
    left = at_risk - events
    factor = 1 - np.divide(others, left, out=np.zeros_like(others), where=left > 0)
    return SurvivalCurves(times, np.cumprod(factor)[None])


def counts(data: Observed, weight: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the different times, and at each the weights of events, of those seen last without one, of all at risk."""
    times, place = np.unique(data.time, return_inverse=True)
    events: Floats = np.bincount(place, weight * data.event, len(times)).astype(float)
    others: Floats = np.bincount(place, weight * ~data.event, len(times)).astype(float)
    at_risk: Floats = np.cumsum((events + others)[::-1])[::-1]
    return times, events, others, at_risk
