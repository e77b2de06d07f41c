"""How predictions for validation examples are scored."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.examples import Examples
from hassenet.errors import HassenetWarning, counted
from hassenet.estimators.gaps import r2
from hassenet.estimators.learning import Score
from hassenet.likelihoods import Joint, Loss

Array = NDArray[Any]


def r2_or_cost(validation: Examples, loss: Loss) -> Score:
    """Return R², weighted, or minus the mean loss where there is no R²: it needs two targets that differ.

    A warning says so, before any training. Of a joint loss, which is not of numbers alone, it is minus the mean loss.
    """
    Y, w = np.asarray(validation.Y), validation.weight
    if isinstance(loss, Joint):
        return lambda Y, prediction: _less_mean(loss, Y, prediction, w)
    if varies(Y).any():
        return lambda Y, prediction: _r2(Y, prediction, w)
    warnings.warn(
        f"R² is that of targets that differ; the validation data have {counted(len(Y), 'example')} of one target; "
        "the score is minus the mean loss instead; set more examples aside for R²",
        HassenetWarning,
        stacklevel=2,
    )
    return lambda Y, prediction: _less_mean(loss, Y, prediction, w)


def _less_mean(loss: Loss, Y: Array, prediction: Array, weight: Array | None) -> float:
    return -float(np.average(loss.cost(prediction, Y), weights=weight))


def varies(Y: Array) -> NDArray[np.bool_]:
    """Return which columns of targets hold two that differ, gaps aside."""
    return np.asarray(np.fmin.reduce(Y, axis=0) != np.fmax.reduce(Y, axis=0)) & ~np.isnan(Y).all(axis=0)


def _r2(Y: Array, prediction: Array, weight: Array | None) -> float:
    if not np.isfinite(prediction).all():
        return float("nan")
    return r2(Y, prediction, weight)
