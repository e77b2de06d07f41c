"""How good predictions are, and how good those of a linear model."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.task.target import Target

Scores = dict[str, float]
Array = NDArray[Any]


def scores(target: Target, rows: Array, prediction: Array) -> Scores:
    """Return the scores of a prediction, probabilities or numbers, on some rows of the target."""
    measure = _of_numbers if target.classes is None else _of_classes
    found = measure(target.values[rows], prediction)
    return {name: value for name, value in found.items() if np.isfinite(value)}


def _of_classes(true: Array, p: Array) -> Scores:
    from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

    p = p / p.sum(1, keepdims=True)
    labels = np.arange(p.shape[1])
    found = {"accuracy": float(accuracy_score(true, p.argmax(1)))}
    if len(np.unique(true)) == len(labels):  # else the area under the curve does not exist
        shown = p[:, 1] if len(labels) == 2 else p
        found["ROC AUC"] = float(roc_auc_score(true, shown, multi_class="ovr", labels=labels))
    return found | {"log loss": float(log_loss(true, p, labels=labels))}


def _of_numbers(true: Array, value: Array) -> Scores:
    from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

    value = value.reshape(true.shape)
    found = {"R²": float(r2_score(true, value))} if len(true) > 1 else {}
    return found | {
        "MAE": float(mean_absolute_error(true, value)),
        "RMSE": float(root_mean_squared_error(true, value)),
    }


def baseline(target: Target, X: Array, train: Array, test: Array) -> tuple[str, Scores]:
    """Return the name and the scores of the linear model of the same task."""
    from sklearn.linear_model import LogisticRegression, Ridge

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a baseline may stop before it has converged to the last digit
        if target.classes is None:
            ridge = Ridge().fit(X[train], target.values[train])
            return "ridge regression", scores(target, test, ridge.predict(X[test]))
        logistic = LogisticRegression(max_iter=1000).fit(X[train], target.values[train])
        return "logistic regression", scores(target, test, logistic.predict_proba(X[test]))
