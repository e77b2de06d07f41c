"""The temperature of probabilities, from predictions for rows that training had not seen."""

from __future__ import annotations

from math import exp, log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from hassenet.model.temperature import tempered

Array = NDArray[Any]
_LARGEST = 4.0
_DOUBT = 20.0  # rows that a temperature twice or half as high has to convince
_NUMBERS_AT_ONCE = 1 << 20
_LEAST = 1e-6  # probabilities are kept this far from 0, as float32 rounds: one row shall not decide


def best_temperature(p: Array, codes: Array, weight: Array | None = None) -> float:
    """Return the T between ¼ and 4 at which the log loss of pₖ^(1/T) / Σⱼ pⱼ^(1/T) plus a doubt is least.

    The doubt is (c/2m) (log₂ T)² with c = 20 rows of 1 nat each for T = 2: few rows that all lie on the right side, as
    of classes that are far apart, would be best predicted with T = 0, and say little of the rows to come.

    Parameters
    ----------
    p : (m, k) array
        Probabilities of rows that were not learned from.
    codes : (m,) array of int
        The class of each row.
    weight : (m,) array, optional

    Examples
    --------
    >>> p = np.array([[0.9, 0.1]] * 4000)
    >>> round(
    ...     best_temperature(p, np.array([0, 0, 0, 1] * 1000)), 2
    ... )  # too sure: 3 of 4 are right; log 9 / log 3
    1.94
    """
    found = minimize_scalar(
        lambda t: _tempered_loss(p, exp(t), codes, weight) + _DOUBT / (2 * len(p)) * (t / log(2)) ** 2,
        bounds=(-log(_LARGEST), log(_LARGEST)),
        method="bounded",
    )
    return float(exp(found.x))


def _tempered_loss(p: Array, temperature: float, codes: Array, weight: Array | None) -> float:
    """Return the log loss at a temperature; of few rows at a time are there probabilities of all classes."""
    at_once = max(_NUMBERS_AT_ONCE // p.shape[1], 1)
    starts = range(0, len(p), at_once)
    of_class = [
        _of_class(tempered(np.maximum(p[i : i + at_once], _LEAST), temperature), codes[i : i + at_once])
        for i in starts
    ]
    return float(np.average(-np.log(np.concatenate(of_class)), weights=weight))


def _of_class(p: Array, codes: Array) -> Array:
    return np.maximum(p[np.arange(len(codes)), codes], _LEAST)


def log_loss(p: Array, codes: Array, weight: Array | None = None) -> float:
    """Return the mean of −log of the probability of each row's class."""
    return float(np.average(-np.log(_of_class(p, codes)), weights=weight))
