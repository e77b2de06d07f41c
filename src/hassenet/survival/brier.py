"""The mean squared error of survival curves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hassenet.errors import DataError, ShapeError
from hassenet.survival.curves import SurvivalCurves
from hassenet.survival.kaplan_meier import of_censoring
from hassenet.survival.targets import Observed, observed

Floats = NDArray[np.float64]


def brier(Y: Any, survival: SurvivalCurves | ArrayLike, times: ArrayLike, train: Any = None) -> Floats:
    """Return the Brier score at each time: the mean squared error of S(t|x) as a prediction of whether T > t, (r,).

    With G(t) = P(C > t), those with an event by t count 1/G(their time), those observed for longer 1/G(t), and those
    whose observation ended by t nothing. Without knowledge, S = ½, it is ¼.

    Parameters
    ----------
    Y : (m, 2) array
        Time and event; see :func:`survival_targets`.
    survival : SurvivalCurves or (m, r) array
        Curves of the m examples, or their values at these times.
    times : (r,) array
    train : (n, 2) array, optional
        The target from which the censoring is learned; by default Y.

    Raises
    ------
    ShapeError, TargetError, DataError
        If they do not fit, or nothing was observed any longer at a time.

    References
    ----------
    Graf, Schmoor, Sauerbrei and Schumacher, Assessment and comparison of prognostic classification schemes for survival
    data, Statistics in Medicine 18 (1999) 2529–2545.

    Examples
    --------
    >>> brier([[1, 1], [2, 1], [3, 0]], [[0.5], [0.5], [0.5]], times=[2.5])
    array([0.25])
    """
    return brier_under(of_censoring(observed(Y if train is None else train)), Y, survival, times)


def brier_under(
    censoring: SurvivalCurves, Y: Any, survival: SurvivalCurves | ArrayLike, times: ArrayLike
) -> Floats:
    """Return the Brier score at each time, as :func:`brier`, where P(C > t) is known, which parts of the rows share.

    Examples
    --------
    >>> nobody = SurvivalCurves([1.0], [[1.0]])
    >>> brier_under(nobody, [[1, 1], [2, 1], [3, 0]], [[0.5], [0.5], [0.5]], times=[2.5])
    array([0.25])
    """
    data, at = observed(Y), np.atleast_1d(np.asarray(times, float))
    S = survival.at(at) if isinstance(survival, SurvivalCurves) else np.asarray(survival, float)
    if S.shape != (len(data.time), len(at)):
        raise ShapeError(
            f"survival has a row for each of the {len(data.time):,} examples and a column for each of the {len(at)} "
            f"times; its shape is {S.shape}; give as many"
        )
    known = data.is_known
    return _brier(data.of(known), S[known], at, censoring)


def _brier(data: Observed, S: Floats, at: Floats, censoring: SurvivalCurves) -> Floats:
    G, G_then = censoring.at(data.time)[0], censoring.at(at)[0]
    over = (data.time[:, None] <= at) & data.event[:, None]
    observed_still = data.time[:, None] > at
    if (G_then[observed_still.any(axis=0)] == 0).any() or (G[over.any(axis=1)] == 0).any():
        raise DataError(
            "weights are 1 over the probability to be observed still, which is 0 at the last of these times; give "
            "earlier times"
        )
    weight = np.where(over, _inverse(G)[:, None], 0) + np.where(observed_still, _inverse(G_then), 0)
    return np.mean(weight * np.where(over, S, 1 - S) ** 2, axis=0)


def _inverse(G: Floats) -> Floats:
    return np.divide(1.0, G, out=np.zeros_like(G), where=G > 0)


def integrated_brier(
    Y: Any, survival: SurvivalCurves | ArrayLike, times: ArrayLike, train: Any = None
) -> float:
    """Return the mean over time of the Brier score, by trapezia between the first and the last of these times.

    Parameters
    ----------
    Y, survival, times, train
        As in :func:`brier`; times rise, and are two or more.

    Raises
    ------
    ShapeError, TargetError, DataError
        As there.

    Examples
    --------
    >>> integrated_brier([[1, 1], [2, 1], [3, 0]], [[0.5, 0.5]] * 3, times=[1.5, 2.5])
    0.25
    """
    return mean_over(times, lambda at: brier(Y, survival, at, train))


def mean_over(times: ArrayLike, score: Callable[[Floats], Floats]) -> float:
    """Return the mean over time of a score at each of two or more rising times, by trapezia.

    Raises
    ------
    ShapeError
        If there are not two, or they do not rise.

    Examples
    --------
    >>> mean_over([0.0, 1.0, 3.0], lambda at: at)
    1.5
    """
    at = np.atleast_1d(np.asarray(times, float))
    if len(at) < 2 or (np.diff(at) <= 0).any():
        raise ShapeError(f"a mean over time needs two or more rising times; got {at.tolist()}; give such")
    return float(np.trapezoid(score(at), at) / (at[-1] - at[0]))
