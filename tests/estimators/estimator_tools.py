"""Data and hierarchies that the tests of the estimators share."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.datasets import make_classification, make_regression
from sklearn.exceptions import ConvergenceWarning

from hassenet import Hierarchy
from hassenet.estimators.record import Record

ADDED = {
    "hierarchy", "heads", "l1", "weight_decay", "class_weight", "validation_data", "transform_rank", "engine",
    "dtype", "callbacks", "progress", "dropout", "input_dropout", "n_threads", "auxiliary", "auxiliary_weight",
    "monotonic_cst", "covariates", "covariate_alpha", "checkpoint", "every", "column_kinds",
}  # fmt: skip


@dataclass(frozen=True)
class PairsOfNeighbours:
    """A few elements for each pair of neighbouring features, two above them all: any features will do."""

    copies: int = 3

    def __call__(self, names: Any) -> Hierarchy:
        names = list(names)
        pairs = []
        for low, high in zip(names, [*names[1:], names[0]], strict=True):
            for upper in (f"{low}&{high}/{k}" for k in range(self.copies)):
                pairs += [(low, upper), (high, upper), (upper, "all"), (upper, "all too")]
        return Hierarchy.from_covers(pairs)


pairs_of_neighbours = PairsOfNeighbours()


def iris_like(classes: int = 3, m: int = 60, dtype: Any = np.float64) -> tuple[Any, Any]:
    X, y = make_classification(
        m,
        4,
        n_informative=4,
        n_redundant=0,
        n_classes=classes,
        n_clusters_per_class=1,
        class_sep=2.0,
        random_state=0,
    )
    return X.astype(dtype), y


def numbers(targets: int = 1, m: int = 60) -> tuple[Any, Any]:
    X, y = make_regression(m, 4, n_targets=targets, noise=1.0, random_state=0)
    return X, y / np.abs(y).max()


def several_labels(m: int = 60) -> tuple[Any, Any]:
    X, y = iris_like(4, m)
    return X, np.stack([y == 0, y < 2, y > 0], axis=1).astype(int)


def fitted(estimator: Any, X: Any, y: Any, **options: Any) -> Any:
    """Fit without a word about convergence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return estimator.fit(X, y, **options)


def start_alike(ours: Any, theirs: Any, X: Any, y: Any) -> None:
    """Let both estimators begin, in their next fit, with the same random weights and biases and empty books."""
    for estimator in (ours, theirs):
        wished = estimator.max_iter
        fitted(estimator.set_params(max_iter=1, warm_start=True), X, y)
        estimator.set_params(max_iter=wished)
    ours.coefs_, ours.intercepts_ = theirs.coefs_, theirs.intercepts_
    ours._record, ours.t_ = Record(), 0
    theirs.loss_curve_, theirs.t_, theirs._no_improvement_count = [], 0, 0
    theirs.best_loss_, theirs.validation_scores_, theirs.best_validation_score_ = np.inf, [], -np.inf
