"""The usual models, each tuned inside the rows that it learns from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, final

import numpy as np

from hassenet.protocol.kinds import Compared
from hassenet.protocol.verdict import LINEAR

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
    shares : tuple of float
        Of quantiles which.
    is_exposed : bool
        Whether the last column of X is the logarithm of the exposure of counts.
    """

    number: int
    folds: int
    shares: tuple[float, ...] = ()
    is_exposed: bool = False

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
    forest = RandomForestRegressor(trees, min_samples_leaf=leaf, random_state=seed)
    return ready(_of_rates(forest, rows), rows)


def boosting_of_classes(rows: Rows, seed: int) -> Any:
    """Return gradient boosting, the number of leaves chosen by ROC AUC."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return _tuned(HistGradientBoostingClassifier(random_state=seed), rows, "roc_auc_ovr")


def boosting_of_amounts(rows: Rows, seed: int) -> Any:
    """Return gradient boosting, the number of leaves chosen by R²."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    return _tuned(HistGradientBoostingRegressor(random_state=seed), rows, "r2")


def poisson(rows: Rows, seed: int) -> Any:
    """Return Poisson regression, its strength chosen by deviance."""
    from sklearn.linear_model import PoissonRegressor

    model = PoissonRegressor(max_iter=1000)
    return ready(_chosen(model, {"alpha": np.logspace(-4, 1, 6)}, rows, "neg_mean_poisson_deviance"), rows)


def boosting_of_counts(rows: Rows, seed: int) -> Any:
    """Return gradient boosting of Poisson's deviance, the number of leaves chosen by it."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    boosting = HistGradientBoostingRegressor(loss="poisson", random_state=seed)
    return _tuned(boosting, rows, "neg_mean_poisson_deviance")


def linear_quantiles(rows: Rows, seed: int) -> Any:
    """Return linear quantile regression for each quantile, its strength chosen by the check loss."""
    from hassenet.protocol.each_share import EachShare

    return EachShare(partial(_linear_quantile, rows), rows.shares)


def _linear_quantile(rows: Rows, share: float) -> Any:
    from sklearn.linear_model import QuantileRegressor

    model = QuantileRegressor(quantile=share, solver="highs")
    return ready(_chosen(model, {"alpha": np.logspace(-3, 0, 4)}, rows, _check_loss(share)))


def boosting_of_quantiles(rows: Rows, seed: int) -> Any:
    """Return gradient boosting for each quantile, the number of leaves chosen by the check loss."""
    from hassenet.protocol.each_share import EachShare

    return EachShare(partial(_boosted_quantile, rows, seed), rows.shares)


def _boosted_quantile(rows: Rows, seed: int, share: float) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    boosting = HistGradientBoostingRegressor(loss="quantile", quantile=share, random_state=seed)
    return _tuned(boosting, rows, _check_loss(share))


def _check_loss(share: float) -> Any:
    from sklearn.metrics import make_scorer, mean_pinball_loss

    return make_scorer(mean_pinball_loss, greater_is_better=False, alpha=share)


def linear_cox(rows: Rows, seed: int) -> Any:
    """Return Cox's regression, a network without hidden ranks, its penalty chosen by concordance."""
    from hassenet.estimators import NetworkSurvival
    from hassenet.protocol.by_event import ByEvent

    model = NetworkSurvival(hidden_layer_sizes=(), solver="lbfgs", max_iter=500, random_state=seed)
    choice = {"alpha": rows.number * np.logspace(-4, 0, 5)}
    return ready(_chosen(model, choice, rows, None, ByEvent(rows.folds)))


def _chosen(model: Any, choice: Any, rows: Rows, scoring: Any, cv: Any = None) -> Any:
    from sklearn.model_selection import GridSearchCV

    choice = {f"model__{name}": values for name, values in choice.items()} if rows.is_exposed else choice
    return GridSearchCV(_of_rates(model, rows), choice, scoring=scoring, cv=rows.folds if cv is None else cv)


def _of_rates(model: Any, rows: Rows) -> Any:
    """Return the model, where there are exposures of rates: choices are judged by counts, as rows held out are."""
    if not rows.is_exposed:
        return model
    from hassenet.protocol.exposed import OfRates

    return OfRates(model)


def _tuned(boosting: Any, rows: Rows, scoring: Any) -> Any:
    """Return boosting with a choice of leaves, behind filled gaps: its own way with them needs a value a column."""
    if rows.are_many:
        return ready(_of_rates(boosting, rows), rows)
    return ready(_chosen(boosting, {"max_leaf_nodes": _LEAVES}, rows, scoring, min(rows.folds, 3)), rows)


def ready(model: Any, rows: Rows | None = None) -> Any:
    """Return the model behind gaps filled by the median and features standardised, of the rows learned from.

    The logarithm of an exposure, the last column where there is one, stays as it is.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    first = (SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    if rows is None or not rows.is_exposed:
        return make_pipeline(*first, model)
    features = ColumnTransformer([("features", make_pipeline(*first), slice(0, -1))], remainder="passthrough")
    return make_pipeline(features, model)


USUAL: Mapping[Compared, Mapping[str, Make]] = MappingProxyType(
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
        "ordinal": {
            LINEAR: logistic,
            "random forest": forest_of_classes,
            "gradient boosting": boosting_of_classes,
        },
        "count": {
            LINEAR: poisson,
            "random forest": forest_of_amounts,
            "gradient boosting": boosting_of_counts,
        },
        "survival": {LINEAR: linear_cox},
        "quantiles": {LINEAR: linear_quantiles, "gradient boosting": boosting_of_quantiles},
    }
)
"""The usual models of each kind by name."""
