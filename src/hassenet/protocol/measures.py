"""How good predictions are on rows held out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.task.kind import Kind

Floats = NDArray[np.float64]

MEASURES: Mapping[Kind, tuple[str, str]] = MappingProxyType(
    {"classification": ("ROC AUC", "log loss"), "regression": ("R²", "r")}
)
"""What is measured of each task: what models are compared by first, greater is better."""


CHANCE: Mapping[Kind, float] = MappingProxyType({"classification": 0.5, "regression": 0.0})
"""What guessing reaches of the first measure."""


def measured(kind: Kind, model: Any, X: Floats, y: NDArray[Any]) -> tuple[float, float]:
    """Return both measures of a fitted estimator on some rows.

    ROC AUC is that of the second of two classes; of several it is the mean over classes, each against the rest. The
    correlation r with predictions that do not vary is 0.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> X = np.arange(6.0)[:, None]
    >>> [round(value, 6) for value in measured("regression", Ridge(0).fit(X, 2 * X[:, 0]), X, 2 * X[:, 0])]
    [1.0, 1.0]
    """
    if kind == "classification":
        return _of_classes(np.asarray(model.predict_proba(X), float), y)
    return _of_amounts(np.ravel(np.asarray(model.predict(X), float)), y)


def _of_classes(p: Floats, y: NDArray[Any]) -> tuple[float, float]:
    from sklearn.metrics import log_loss, roc_auc_score

    p = p / p.sum(axis=1, keepdims=True)
    labels = np.arange(p.shape[1])
    shown = p[:, 1] if len(labels) == 2 else p
    auc = roc_auc_score(y, shown, multi_class="ovr", average="macro", labels=labels)
    return float(auc), float(log_loss(y, p, labels=labels))


def _of_amounts(value: Floats, y: NDArray[Any]) -> tuple[float, float]:
    from sklearn.metrics import r2_score

    varies = bool((value != value[0]).any())
    return float(r2_score(y, value)), float(np.corrcoef(value, y)[0, 1]) if varies else 0.0
