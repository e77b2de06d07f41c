"""How often the one with the higher risk has the event first."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import POSITIVE, require_number
from hassenet.errors import DataError, TargetError
from hassenet.survival.kaplan_meier import of_censoring
from hassenet.survival.targets import Observed, observed, one_each

Floats = NDArray[np.float64]


class _Counts(NamedTuple):
    """For each event with how many examples it can be compared, and of how many the risk is lower or higher."""

    time: Floats
    comparable: Floats
    lower: Floats
    higher: Floats

    def concordance(self, weight: Floats) -> float:
        total = float(self.comparable @ weight)
        if total == 0:
            raise DataError(
                "a concordance compares an event with examples observed for longer; there is no such pair; give more "
                "examples, or a later tau"
            )
        return float((self.comparable + self.lower - self.higher) @ weight / (2 * total))


def concordance(Y: Any, risk: Any) -> float:
    """Return Harrell's C: of the pairs that can be compared, the share in which the higher risk has the event first.

    A pair is an event and an example of the same stratum that was observed for longer, or as long without an event.
    Equal risks count half. It is a ``score`` of :func:`hassenet.fit`.

    Parameters
    ----------
    Y : (m, 2) or (m, 3) array
        Time, event and stratum; see :func:`survival_targets`.
    risk : (m,) or (m, 1) array
        The output of a network trained with Cox's loss, or 1 − S(t|x), or minus a time.

    Raises
    ------
    ShapeError, TargetError, DataError
        If they do not fit, or nothing can be compared.

    References
    ----------
    Harrell et al., Evaluating the yield of medical tests, JAMA 247 (1982) 2543–2546.

    Examples
    --------
    >>> concordance([[1, 1], [2, 0], [3, 1], [4, 0]], risk=[3.0, 1.0, 0.5, 2.0])  # 3 of 4 pairs
    0.75
    """
    data = observed(Y)
    found = _counted(data, one_each("risk", risk, len(data.time)))
    return found.concordance(np.ones(len(found.time)))


def concordance_ipcw(Y: Any, risk: Any, train: Any = None, tau: float | None = None) -> float:
    """Return Uno's C: Harrell's, each event weighted by 1/P(C > t)², so that it does not depend on the censoring.

    Parameters
    ----------
    Y : (m, 2) or (m, 3) array
    risk : (m,) or (m, 1) array
    train : (n, 2) array, optional
        The target from which the censoring is learned; by default Y.
    tau : float, optional
        Events from this time on do not count; needed where events come later than the last censoring is known.

    Raises
    ------
    ShapeError, TargetError, DataError
        If they do not fit, or nothing can be compared, or an event lies where nothing was observed any longer.

    References
    ----------
    Uno et al., On the C-statistics for evaluating overall adequacy of risk prediction procedures with censored survival
    data, Statistics in Medicine 30 (2011) 1105–1117.

    Examples
    --------
    >>> round(concordance_ipcw([[1, 1], [2, 0], [3, 1], [4, 0]], risk=[3.0, 1.0, 0.5, 2.0]), 4)
    0.5714
    """
    data = observed(Y)
    found = _counted(data, one_each("risk", risk, len(data.time)))
    limit = np.inf if tau is None else require_number("tau", tau, POSITIVE)
    known = found.time < limit
    G = of_censoring(data if train is None else observed(train)).at(found.time)[0]
    if (G[known] == 0).any():
        raise DataError(
            f"weights are 1 over the probability to be observed still, which is 0 at "
            f"{found.time[known][G[known] == 0].min():g}; give an earlier tau"
        )
    return found.concordance(np.where(known, 1 / np.where(G > 0, G, 1) ** 2, 0))


def _counted(data: Observed, risk: Floats) -> _Counts:
    """Return the counts of all events, stratum by stratum."""
    data, risk = data.of(data.is_known), risk[data.is_known]
    if not len(risk):
        raise TargetError(
            "a concordance is one of examples whose times are known, in strata that are known; there is none; give some"
        )
    strata = np.unique(data.stratum)
    rows = [np.flatnonzero(data.stratum == one) for one in strata]
    found = [_counted_within(data.of(part), risk[part]) for part in rows]
    return _Counts(*map(np.concatenate, zip(*found, strict=True)))


def _counted_within(data: Observed, risk: Floats) -> _Counts:
    """Return those of one stratum: later rows of the order of time that are lower, and that are higher."""
    rank = np.unique(risk, return_inverse=True)[1]
    sorted_rows = np.lexsort((~data.event, data.time))
    time, event = data.time[sorted_rows], data.event[sorted_rows]
    # events at one time are not compared: among them the lower come first, and then, for the higher, the higher
    lower = _later_and_lower(rank[np.lexsort((rank, ~data.event, data.time))])
    order = np.lexsort((-rank, ~data.event, data.time))
    higher = _later_and_lower(rank.max(initial=0) - rank[order])
    # both are in the order of time; within events at one time the sums are what counts
    ends = np.searchsorted(time[event], time[event], side="right") - np.arange(event.sum())
    comparable = len(time) - np.flatnonzero(event) - ends
    return _Counts(time[event], comparable.astype(float), lower[event], higher[event])


def _later_and_lower(rank: NDArray[np.int64]) -> Floats:
    """Return for each place how many later places have a lower rank.

    Blocks of 1, 2, 4, … places are joined in pairs: at each width a search in all right blocks at once says how many
    are lower than each of the left ones.
    """
    m = len(rank)
    found, place, span = np.zeros(m), np.arange(m), rank.max(initial=0) + 1
    width = 1
    while width < m:
        block = place // width
        is_left, right = block % 2 == 0, np.flatnonzero(block % 2 == 1)
        keys = np.sort(block[right] // 2 * span + rank[right])
        left = np.flatnonzero(is_left)
        pair = block[left] // 2 * span
        found[left] += np.searchsorted(keys, pair + rank[left]) - np.searchsorted(keys, pair)
        width *= 2
    return found
