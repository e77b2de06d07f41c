"""How predictions for validation examples are scored."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import check_as_many
from hassenet.data.examples import Examples
from hassenet.errors import HassenetWarning, counted
from hassenet.estimators.gaps import r2
from hassenet.estimators.learning import Score
from hassenet.likelihoods import Joint, Loss
from hassenet.tallies.mean import Mean

Array = NDArray[Any]


def r2_or_cost(validation: Examples, loss: Loss) -> Score:
    """Return R², weighted, or minus the mean loss where there is no R²: each column of targets needs two that differ.

    A warning says so, before any training. Of a joint loss, which is not of numbers alone, and of one with further
    parameters it is minus the mean loss.
    """
    Y, w = np.asarray(validation.Y), validation.weight
    if isinstance(loss, Joint) or loss.heads > 1:
        return lambda Y, prediction: less_mean(loss, Y, prediction, w)
    columns_vary = varies(Y.reshape(len(Y), -1))
    if columns_vary.all():
        return lambda Y, prediction: _r2(Y, prediction, w)
    which = "" if not columns_vary.any() else f" in the column {np.argmin(columns_vary)} of Y"
    warnings.warn(
        f"R² is that of targets that differ; the validation data have {counted(len(Y), 'example')} of one target"
        f"{which}; the score is minus the mean loss instead; set more examples aside for R²",
        HassenetWarning,
        stacklevel=2,
    )
    return lambda Y, prediction: less_mean(loss, Y, prediction, w)


def less_mean(loss: Loss, Y: Array, prediction: Array, weight: Array | None) -> float:
    """Return minus the mean loss; where examples look at each other, a weight is the same as copies."""
    return -float(np.average(_costs(loss, Y, prediction, weight), weights=weight))


def mean_loss(loss: Loss, Y: Array, prediction: Array, weight: Array | None) -> Mean:
    """Return the mean loss of a part of the rows, or of all where these look at each other."""
    return Mean.of(_costs(loss, Y, prediction, weight), weight)


def _costs(loss: Loss, Y: Array, prediction: Array, weight: Array | None) -> Array:
    among = loss.among(np.ones(len(Y)) if weight is None else weight)
    return np.asarray(among.cost(prediction, Y))


def less_quantile_loss(Y: Array, prediction: Array, shares: Sequence[float], weight: Any = None) -> float:
    """Return minus the mean of max(q(y − ŷ), (1 − q)(ŷ − y)) over examples, targets and shares q.

    Parameters
    ----------
    Y : (m,) or (m, k) array
        NaN where a target is missing.
    prediction : (m,) or (m, kq) array
        The quantiles of each target, one target after the other.
    shares : sequence of q float
        Rising.
    weight : (m,) array, optional

    Examples
    --------
    >>> less_quantile_loss(np.array([1.0, 3.0]), np.array([[0.0, 2.0], [2.0, 4.0]]), (0.25, 0.75))
    -0.25
    """
    return -mean_quantile_loss(Y, prediction, shares, weight).value


def mean_quantile_loss(Y: Array, prediction: Array, shares: Sequence[float], weight: Any = None) -> Mean:
    """Return the mean of which :func:`less_quantile_loss` is minus the value; a row without any target has no part.

    Raises
    ------
    ShapeError
        If there are not quantiles of each target.
    """
    q, m = np.sort(np.asarray(shares, float)), len(Y)
    check_as_many(Y, prediction[:, :: len(q)] if prediction.ndim > 1 else prediction)
    there = ~np.isnan(Y.reshape(m, -1)).all(axis=1)
    error = Y[there].reshape(there.sum(), -1, 1) - prediction[there].reshape(there.sum(), -1, len(q))
    losses = np.nanmean(np.maximum(q * error, (q - 1) * error), axis=(1, 2))
    return Mean.of(losses, None if weight is None else np.asarray(weight)[there])


def varies(Y: Array) -> NDArray[np.bool_]:
    """Return which columns of targets hold two that differ, gaps aside."""
    return np.asarray(np.fmin.reduce(Y, axis=0) != np.fmax.reduce(Y, axis=0)) & ~np.isnan(Y).all(axis=0)


def _r2(Y: Array, prediction: Array, weight: Array | None) -> float:
    if not np.isfinite(prediction).all():
        return float("nan")
    return r2(Y, prediction, weight)
