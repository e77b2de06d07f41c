"""Discrete time: which interval an event falls into, and the curve of hazards per interval."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hassenet._checks import require_whole_number
from hassenet.errors import ParameterError, ShapeError, TargetError
from hassenet.survival.curves import SurvivalCurves
from hassenet.survival.interpolation import ConstantHazard
from hassenet.survival.targets import observed

Floats = NDArray[np.float64]


def interval_targets(Y: Any, cuts: ArrayLike) -> Floats:
    """Return the target of ``DiscreteTimeLoss``, (m, k): 0 for each interval survived, 1 for that of the event.

    The intervals are (0, c₁], (c₁, c₂], …; NaN stands after the event, and from the interval on in which observation
    ended: what happened there is not known. An event after the last cut is all zeros.

    Parameters
    ----------
    Y : (m, 2) array
        Time and event; see :func:`survival_targets`.
    cuts : (k,) array
        c₁ < c₂ < …, the ends of the intervals, in the unit of the times.

    Raises
    ------
    ShapeError, TargetError, ParameterError
        If Y is not such a target, or cuts do not rise from above 0.

    Examples
    --------
    >>> interval_targets([[3.5, 1], [1.0, 0], [9.0, 1]], cuts=[2, 4, 6])
    array([[ 0.,  1., nan],
           [nan, nan, nan],
           [ 0.,  0.,  0.]])
    """
    data, ends = observed(Y), checked_cuts(cuts)
    last = np.searchsorted(ends, data.time)[:, None]  # the interval that holds the time
    survived = np.where(data.event, last[:, 0], np.searchsorted(ends, data.time, side="right"))[:, None]
    interval = np.arange(len(ends))
    then = np.where((interval == last) & data.event[:, None], 1.0, np.nan)
    return np.where((interval < survived) & data.is_known[:, None], 0.0, then)


def interval_and_event(targets: ArrayLike) -> Floats:
    """Return 1 + the number of intervals that are known, and the event, (m, 2): times for a concordance.

    Who was lost in an interval stands before those who had the event there, and who survived it beside these; where
    nothing is known there is NaN.

    Parameters
    ----------
    targets : (m, k) array
        As :func:`interval_targets` returns them.

    Examples
    --------
    >>> interval_and_event([[0, 1, np.nan], [0, np.nan, np.nan], [0, 0, np.nan], [np.nan] * 3])
    array([[ 3.,  1.],
           [ 2.,  0.],
           [ 3.,  0.],
           [nan, nan]])
    """
    Y = np.asarray(targets, float)
    found = np.column_stack([(~np.isnan(Y)).sum(axis=1) + 1.0, (Y == 1).any(axis=1)])
    return np.where(np.isnan(Y).all(axis=1, keepdims=True), np.nan, found)


def quantile_cuts(Y: Any, intervals: int) -> Floats:
    """Return the ends of intervals with about equally many events each, at quantiles of the events' times.

    Parameters
    ----------
    Y : (m, 2) array
        Time and event.
    intervals : int
        How many; where many events share a time, there may be fewer.

    Raises
    ------
    ShapeError, TargetError, ParameterError
        If Y is not such a target, no event comes after time 0, or their number is not a whole one above 0.

    Examples
    --------
    >>> quantile_cuts([[1, 1], [2, 1], [3, 0], [4, 1], [8, 1]], 2)
    array([2., 8.])
    """
    data = observed(Y)
    shares = np.arange(1, require_whole_number("intervals", intervals, 1) + 1) / intervals
    times = data.time[data.event]
    if not (times > 0).any():
        raise TargetError(
            "of survival times one at least ends with an event, after time 0; none does; give examples with events, or "
            "code them as 1"
        )
    cuts = np.unique(np.quantile(times, shares, method="inverted_cdf"))
    return cuts[cuts > 0]


def cumulative_hazard(hazards: NDArray[Any]) -> NDArray[np.float64]:
    """Return −Σ log(1 − h) of each example, (m,), up to the last interval: the higher, the sooner the event.

    Examples
    --------
    >>> cumulative_hazard(np.array([[0.5, 0.5]])).round(3)
    array([1.386])
    """
    return np.asarray(-np.log1p(-np.minimum(hazards, 1 - np.finfo(float).eps)).sum(axis=1))


def survival_of_hazards(hazards: Any, cuts: ArrayLike) -> SurvivalCurves:
    """Return S at the ends of intervals, Π_{intervals until then} (1 − h), and between them with a constant hazard.

    In an interval from a to b of hazard h it is S(t) = S(a) (1 − h)^((t − a)/(b − a)): how the event is spread over an
    interval is not learned, and this is what is assumed. After the last it is level.

    Parameters
    ----------
    hazards : (m, k) array
        The outputs of a network trained with ``DiscreteTimeLoss``.
    cuts : (k,) array
        The ends of the intervals.

    Raises
    ------
    ShapeError, ParameterError
        If there are not as many hazards as cuts, or these do not rise from above 0.

    Examples
    --------
    >>> curves = survival_of_hazards([[0.75, 0.5]], cuts=[2, 4])
    >>> curves.at([1, 2, 4]), curves.median
    (array([[0.5  , 0.25 , 0.125]]), array([1.]))
    """
    h, ends = np.asarray(hazards, float), checked_cuts(cuts)
    if h.ndim != 2 or h.shape[1] != len(ends):
        raise ShapeError(
            f"there is a hazard for each of the {len(ends)} intervals; their shape is {h.shape}; give (m, {len(ends)})"
        )
    return SurvivalCurves(ends, np.cumprod(1 - h, axis=1), ConstantHazard())


def checked_cuts(cuts: ArrayLike) -> Floats:
    """Return the ends of intervals, which rise from above 0."""
    ends = np.asarray(cuts, float)
    if (
        ends.ndim != 1
        or not len(ends)
        or not np.isfinite(ends).all()
        or (np.diff(ends, prepend=0) <= 0).any()
    ):
        raise ParameterError(
            f"cuts are finite numbers that rise from above 0; got {ends.tolist()}; sort them"
        )
    return ends
