"""How predictions for validation examples are scored."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import r2_score

from hassenet.data.examples import Examples
from hassenet.errors import HassenetWarning, counted
from hassenet.estimators.learning import Score
from hassenet.likelihoods import Loss

Array = NDArray[Any]


def r2_or_cost(validation: Examples, loss: Loss) -> Score:
    """Return R², weighted, or minus the mean loss where there is no R²: each column of targets needs two that differ.

    A warning says so, before any training.
    """
    Y, w = np.asarray(validation.Y), validation.weight
    columns = Y.reshape(len(Y), -1)
    varies = (columns != columns[:1]).any(axis=0)
    if varies.all():
        return lambda Y, prediction: _r2(Y, prediction, w)
    which = "" if not varies.any() else f" in the column {np.argmin(varies)} of Y"
    warnings.warn(
        f"R² is that of targets that differ; the validation data have {counted(len(Y), 'example')} of one target"
        f"{which}; the score is minus the mean loss instead; set more examples aside for R²",
        HassenetWarning,
        stacklevel=2,
    )
    return lambda Y, prediction: -float(np.average(loss.cost(prediction, Y), weights=w))


def _r2(Y: Array, prediction: Array, weight: Array | None) -> float:
    if not np.isfinite(prediction).all():
        return float("nan")
    return float(r2_score(Y, prediction, sample_weight=weight))
