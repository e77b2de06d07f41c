"""A paired difference over folds, with an interval that allows for training sets that overlap."""

from __future__ import annotations

from math import inf, sqrt
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from hassenet._checks import BETWEEN_0_AND_1, require_number, require_whole_number
from hassenet.errors import ShapeError

Floats = NDArray[np.float64]


@final
class Difference(NamedTuple):
    """The mean of paired differences, and an interval around it.

    Attributes
    ----------
    mean, low, high : float
        Without an interval, as of one fold, low is −∞ and high is ∞.
    """

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        if np.isinf(self.low):
            return f"{self.mean:+.3f}, without an interval"
        return f"{self.mean:+.3f}, {self.low:+.3f} to {self.high:+.3f}"


def paired_difference(a: ArrayLike, b: ArrayLike, folds: int, level: float = 0.95) -> Difference:
    """Return the mean d̄ of a − b over the same k splits, with the interval of the corrected resampled t.

        d̄ ± t_{k−1} √((1/k + 1/(folds − 1)) s²)

    s² is the variance of the k differences, and 1/(folds − 1) the size of a test set over that of a training set.
    Training sets of a cross-validation share most of their rows, so that the differences of its folds do not vary
    independently: s²/k alone is too small, more so the more often the folds are drawn anew, and finds differences
    where there are none.

    Parameters
    ----------
    a, b : (k,) arrays
        The scores of two models on the same splits.
    folds : int
        How many parts each cross-validation has.
    level : float
        How often such an interval holds the difference.

    Raises
    ------
    ShapeError, ParameterError
        If there are not as many scores of both, there are none, or an option is outside its domain.

    Source: C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine Learning 52 (2003), 239–281.

    Examples
    --------
    >>> print(paired_difference([0.9, 0.95, 0.93], [0.8, 0.87, 0.84], folds=3))
    +0.090, +0.051 to +0.129
    >>> print(paired_difference([0.9], [0.8], folds=5))
    +0.100, without an interval
    """
    require_whole_number("folds", folds, 2)
    require_number("level", level, BETWEEN_0_AND_1)
    d = _paired(a, b)
    mean, k = float(d.mean()), len(d)
    if k == 1:
        return Difference(mean, -inf, inf)
    reach = _quantile(level, k) * sqrt((1 / k + 1 / (folds - 1)) * d.var(ddof=1))
    return Difference(mean, mean - reach, mean + reach)


def _paired(a: Any, b: Any) -> Floats:
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.shape != b.shape or a.ndim != 1 or not a.size:
        raise ShapeError(
            f"a paired difference is of two scores a split; the shapes are {a.shape} and {b.shape}; give "
            "as many of both"
        )
    return a - b


def _quantile(level: float, k: int) -> float:
    return float(student.ppf((1 + level) / 2, k - 1))
