"""Whether a predicted probability to survive is the share of those who do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hassenet._checks import require_whole_number
from hassenet.survival.curves import SurvivalCurves
from hassenet.survival.kaplan_meier import kaplan_meier
from hassenet.survival.targets import observed, one_each

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False)
class Calibration:
    """Groups of examples of like predictions, the least likely to survive first.

    Attributes
    ----------
    predicted : (g,) array
        The mean of S(t|x) in each group.
    seen : (g,) array
        Kaplan and Meier's estimate of the share that survives t.
    standard_error : (g,) array
        That of ``seen``, by Greenwood's formula.
    size : (g,) array of int
        How many examples there are.
    """

    predicted: Floats
    seen: Floats
    standard_error: Floats
    size: NDArray[np.int64]

    @property
    def error(self) -> float:
        """The mean of |predicted − seen| over the examples."""
        return float(np.average(abs(self.predicted - self.seen), weights=self.size))


def calibration(Y: Any, survival: SurvivalCurves | ArrayLike, time: float, groups: int = 5) -> Calibration:
    """Return what is predicted and what is seen at a time, in groups of equally many examples.

    Parameters
    ----------
    Y : (m, 2) array
        Time and event; see :func:`survival_targets`.
    survival : SurvivalCurves or (m,) array
        The curves, or S(t|x) at that time.
    time : float
    groups : int, default 5
        Into how many the examples are divided by their predictions; equal ones stay together, so there may be fewer.

    Raises
    ------
    ShapeError, TargetError, ParameterError
        If they do not fit.

    Examples
    --------
    >>> found = calibration(
    ...     [[1, 1], [2, 1], [3, 0], [1, 0], [4, 1], [5, 0]], [0.2, 0.3, 0.4, 0.7, 0.8, 0.9], 2.5, 2
    ... )
    >>> found.predicted, found.seen, found.size
    (array([0.3, 0.8]), array([0.33333333, 1.        ]), array([3, 3]))
    """
    data = observed(Y)
    given = survival.at(time)[:, 0] if isinstance(survival, SurvivalCurves) else survival
    S = one_each("survival", given, len(data.time))[data.is_known]
    seen = np.column_stack(data.of(data.is_known)[:2])
    parts = _divided(S, require_whole_number("groups", groups, 1))
    curves = [kaplan_meier(seen[rows]) for rows in parts]
    return Calibration(
        np.array([S[rows].mean() for rows in parts]),
        np.array([curve.at(time)[0] for curve in curves]),
        np.array([curve.standard_error(time)[0] for curve in curves]),
        np.array([len(rows) for rows in parts]),
    )


def _divided(S: Floats, groups: int) -> list[NDArray[np.int64]]:
    """Return the rows of each group, equal values in one."""
    places = np.searchsorted(np.sort(S), S) * groups // len(S)
    return [np.flatnonzero(places == one) for one in np.unique(places)]
