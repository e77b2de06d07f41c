"""How good predictions are, and how good those of a linear model and of gradient boosting."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from scipy.stats import t as student
from threadpoolctl import threadpool_limits

from hassenet.cli.terminal import note
from hassenet.data.compact import is_compact
from hassenet.data.soft_clip import SoftClip
from hassenet.model import Model
from hassenet.task.target import Target

Scores = dict[str, float]
Array = NDArray[Any]
_FEWEST = 2
_BOOSTING, _MOST_NUMBERS = "gradient boosting", 20_000_000
_TINY = np.finfo(np.float64).eps  # where scikit-learn's log loss cuts off as well
_ROUNDING = 1e-12


def scores(target: Target, rows: Array, prediction: Array) -> Scores:
    """Return the scores of a prediction, probabilities or numbers, on some rows of the target."""
    measure = of_numbers if target.classes is None else of_classes
    found = measure(target.values[rows], prediction)
    return {name: value for name, value in found.items() if np.isfinite(value)}


def of_classes(true: Array, p: Array) -> Scores:
    """Return the scores of probabilities of class numbers."""
    from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

    p = p / p.sum(1, keepdims=True)
    labels = np.arange(p.shape[1])
    found = {"accuracy": float(accuracy_score(true, p.argmax(1)))}
    if len(np.unique(true)) == len(labels):  # else the area under the curve does not exist
        shown = p[:, 1] if len(labels) == 2 else p
        found["ROC AUC"] = float(roc_auc_score(true, shown, multi_class="ovr", labels=labels))
    return found | {"log loss": float(log_loss(true, p, labels=labels))}


def of_numbers(true: Array, value: Array) -> Scores:
    """Return the scores of predicted numbers, of several the mean."""
    from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

    each = list(_observed(true.reshape(len(true), -1), value.reshape(len(true), -1)))
    r2 = [r2_score(*pair) for pair in each if len(pair[0]) > 1]
    found = {"R²": _but_for_rounding(float(np.mean(r2)))} if r2 else {}
    return found | {
        "MAE": float(np.mean([mean_absolute_error(*pair) for pair in each])),
        "RMSE": float(np.mean([root_mean_squared_error(*pair) for pair in each])),
    }


def _but_for_rounding(r2: float) -> float:
    """Return R², and 0 where it is that of the mean but for the last digits."""
    return r2 if abs(r2) > _ROUNDING else 0.0


def _observed(true: Array, value: Array) -> Iterator[tuple[Array, Array]]:
    """Yield each target that some row has, and its prediction, of those rows."""
    for y, guess in zip(true.T, value.T, strict=True):
        seen = ~np.isnan(y)
        if seen.any():
            yield y[seen], guess[seen]


def prepared_for_baselines(model: Model, X: Any) -> Any:
    """Return features as usual models take them: prepared as for the network, without the soft clip, its own."""
    if model.steps is None:
        return model.prepare(X)
    others = tuple(step for step in model.steps if not isinstance(step, SoftClip))
    return replace(model, steps=others).prepare(X)


def baselines(target: Target, X: Array, train: Array, test: Array) -> Iterator[tuple[str, Array]]:
    """Yield the name and the prediction of the linear model of the same task, and those of gradient boosting."""
    # On a busy machine the threads of a small task wait for one another longer than they compute.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a baseline may stop before it has converged to the last digit
        for name, model in _models(target):
            Z = _as_learned(X, name)
            if Z is not None:
                model.fit(Z[train], target.values[train])
                yield name, _prediction(target, model, Z[test])


def _as_learned(X: Any, name: str) -> Any:
    """Return features as a usual model takes them; None, with a note, where it would fill the memory with zeros."""
    if not is_compact(X) or (issparse(X) and name != _BOOSTING):
        return X
    if X.shape[0] * X.shape[1] > _MOST_NUMBERS:
        note(f"{name} is left out: it takes numbers of eight bytes, {X.shape[0] * X.shape[1]:,} of them")
        return None
    return X.toarray() if issparse(X) else np.asarray(X)


def _models(target: Target) -> Iterator[tuple[str, Any]]:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, Ridge

    from hassenet.cli.fit.target_by_target import TargetByTarget

    if target.classes is None:
        yield "ridge regression", TargetByTarget(Ridge())
        yield _BOOSTING, TargetByTarget(HistGradientBoostingRegressor(random_state=0))
    else:
        yield "logistic regression", LogisticRegression(max_iter=1000)
        yield _BOOSTING, HistGradientBoostingClassifier(random_state=0)


def _prediction(target: Target, model: Any, X: Array) -> Array:
    found: Array = model.predict(X) if target.classes is None else model.predict_proba(X)
    return found


def difference(target: Target, rows: Array, one: Array, other: Array) -> Scores:
    """Return the mean loss of one prediction minus that of another, row by row, and its 95 % interval.

    The loss of a row is −log p of its class, or its squared error, of several targets the mean in units of their
    variances; below 0 the first one is better. The interval is Student's, of a mean of independent rows; of one row
    there is none.
    """
    D = _losses(target, rows, one) - _losses(target, rows, other)
    name = "squared error" if target.classes is None else "log loss"
    if len(D) < _FEWEST:
        return {}
    mean, reach = float(D.mean()), float(student.ppf(0.975, len(D) - 1) * D.std(ddof=1) / np.sqrt(len(D)))
    return {name: mean, "low": mean - reach, "high": mean + reach}


def _losses(target: Target, rows: Array, prediction: Array) -> Array:
    true = target.values[rows]
    if target.classes is None:
        variance = np.nanvar(target.values, axis=0) if true.shape[1] > 1 else 1.0
        return np.asarray(np.nanmean((prediction.reshape(true.shape) - true) ** 2 / variance, axis=1))
    p = (prediction / prediction.sum(axis=1, keepdims=True))[np.arange(len(true)), true]
    return -np.log(np.maximum(p, _TINY))
