"""The usual models, each tuned inside the rows that it learns from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, final

import numpy as np

from hassenet.protocol.verdict import LINEAR
from hassenet.task.kind import Kind

_MANY = 20_000  # rows, from which on forest and boosting are made with fewer trees and choices
_LEAVES = (4, 31)


@final
@dataclass(frozen=True)
class Rows:
    """What the settings of a usual model depend on.

    Parameters
    ----------
    number : int
        How many rows there are.
    folds : int
        Into how many parts the rows learned from can be divided, each with every class.
    """

    number: int
    folds: int

    @property
    def are_many(self) -> bool:
        """Whether to choose among fewer settings."""
        return self.number > _MANY


Make = Callable[[Rows, int], Any]
"""(rows, seed) ↦ an estimator before fit."""


def logistic(rows: Rows, seed: int) -> Any:
    """Return logistic regression, multinomial for several classes, its C chosen by log loss."""
    from sklearn.linear_model import LogisticRegressionCV

    return ready(
        LogisticRegressionCV(
            Cs=np.logspace(-4, 1, 11),
            l1_ratios=(0.0,),
            cv=rows.folds,
            scoring="neg_log_loss",
            max_iter=1000,
            use_legacy_attributes=False,
        )
    )


def ridge(rows: Rows, seed: int) -> Any:
    """Return ridge regression, its strength chosen by leaving out one row at a time."""
    from sklearn.linear_model import RidgeCV

    return ready(RidgeCV(np.logspace(-1, 4, 16)))


def forest_of_classes(rows: Rows, seed: int) -> Any:
    """Return a random forest of 500 trees."""
    from sklearn.ensemble import RandomForestClassifier

    trees, leaf = (100, 5) if rows.are_many else (500, 1)
    return ready(RandomForestClassifier(trees, min_samples_leaf=leaf, random_state=seed))


def forest_of_amounts(rows: Rows, seed: int) -> Any:
    """Return a random forest of 300 trees."""
    from sklearn.ensemble import RandomForestRegressor

    trees, leaf = (100, 5) if rows.are_many else (300, 1)
    return ready(RandomForestRegressor(trees, min_samples_leaf=leaf, random_state=seed))


def boosting_of_classes(rows: Rows, seed: int) -> Any:
    """Return gradient boosting, the number of leaves chosen by ROC AUC."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return _tuned(HistGradientBoostingClassifier(random_state=seed), rows, "roc_auc_ovr")


def boosting_of_amounts(rows: Rows, seed: int) -> Any:
    """Return gradient boosting, the number of leaves chosen by R²."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    return _tuned(HistGradientBoostingRegressor(random_state=seed), rows, "r2")


def _tuned(boosting: Any, rows: Rows, scoring: str) -> Any:
    """Return boosting with a choice of leaves, behind filled gaps: its own way with them needs a value a column."""
    from sklearn.model_selection import GridSearchCV

    if rows.are_many:
        return ready(boosting)
    choice = {"max_leaf_nodes": _LEAVES}
    return ready(GridSearchCV(boosting, choice, scoring=scoring, cv=min(rows.folds, 3)))


def ready(model: Any) -> Any:
    """Return the model behind gaps filled by the median and features standardised, of the rows learned from."""
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler(), model)


USUAL: Mapping[Kind, Mapping[str, Make]] = MappingProxyType(
    {
        "classification": {
            LINEAR: logistic,
            "random forest": forest_of_classes,
            "gradient boosting": boosting_of_classes,
        },
        "regression": {
            LINEAR: ridge,
            "random forest": forest_of_amounts,
            "gradient boosting": boosting_of_amounts,
        },
    }
)
"""The usual models of each task by name."""
