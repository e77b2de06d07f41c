"""The temperature of probabilities, from predictions for rows that training had not seen."""

from __future__ import annotations

from math import exp, log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from hassenet.model.temperature import tempered

Array = NDArray[Any]
_LARGEST = 10.0
_TINY = np.finfo(np.float64).tiny


def best_temperature(p: Array, codes: Array, weight: Array | None = None) -> float:
    """Return the T between 0.1 and 10 at which the log loss of pₖ^(1/T) / Σⱼ pⱼ^(1/T) is least.

    Parameters
    ----------
    p : (m, k) array
        Probabilities of rows that were not learned from.
    codes : (m,) array of int
        The class of each row.
    weight : (m,) array, optional

    Examples
    --------
    >>> p = np.array([[0.9, 0.1]] * 4)
    >>> round(best_temperature(p, np.array([0, 0, 0, 1])), 2)  # too sure: 3 of 4 are right; log 9 / log 3
    2.0
    """
    p = np.maximum(p, _TINY)
    found = minimize_scalar(
        lambda t: log_loss(tempered(p, exp(t)), codes, weight),
        bounds=(-log(_LARGEST), log(_LARGEST)),
        method="bounded",
    )
    return float(exp(found.x))


def log_loss(p: Array, codes: Array, weight: Array | None = None) -> float:
    """Return the mean of −log of the probability of each row's class."""
    of_class = np.maximum(p[np.arange(len(codes)), codes], _TINY)
    return float(np.average(-np.log(of_class), weights=weight))
