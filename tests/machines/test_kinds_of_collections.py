"""What estimators on Dask take and give: collections of every kind, promises, times, and partitions without rows."""

from __future__ import annotations

from typing import Any

import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from distributed import Client
from divided_rows import NETWORK, SEARCH, M, X, array, delayed, frame

import hassenet as hn
from hassenet.distributed import (
    DaskHierarchyRegressor,
    DaskNetworkClassifier,
    DaskNetworkRegressor,
    DaskNetworkSurvival,
)
from hassenet.errors import ParameterError, ShapeError
from hassenet.likelihoods import QuantileLoss

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

RNG = np.random.default_rng(0)
TABLE = pd.DataFrame(X, columns=["a", "b", "c"])
LABELS = np.where(X[:, 0] > 0, "ill", "well")
TIMES = pd.DataFrame(
    {
        "time": RNG.exponential(np.exp(X[:, 0])) + 0.01,
        "event": RNG.random(M) < 0.7,
        "clinic": RNG.choice(["A", "B"], M),
    }
)


def in_parts(values: Any) -> Any:
    return [values[:20], values[20:]]


def as_futures(client: Any, values: Any) -> Any:
    return client.scatter(in_parts(values))


def as_delayed(_client: Any, values: Any) -> Any:
    return delayed(*in_parts(values))


@pytest.mark.parametrize("promised", [as_futures, as_delayed])
def test_lists_of_promises_are_collections(client: Any, promised: Any) -> None:
    here = hn.NetworkClassifier(**NETWORK).fit(X, LABELS)
    rows, labels = promised(client, X), promised(client, LABELS)
    there = DaskNetworkClassifier(**NETWORK).fit(rows, labels)
    assert there.predict(rows).compute().tolist() == here.predict(X).tolist()
    assert there.score(rows, labels) == here.score(X, LABELS)


def test_rows_to_validate_with_are_a_collection_too(client: Any) -> None:
    further = {**NETWORK, "solver": "adam", "early_stopping": True, "batch_size": 30}
    here = hn.NetworkClassifier(**further, validation_data=(TABLE[30:], LABELS[30:])).fit(TABLE, LABELS)
    given = (frame(TABLE[30:]), frame(pd.Series(LABELS[30:])))
    there = DaskNetworkClassifier(**further, validation_data=given).fit(
        frame(TABLE), array(LABELS).rechunk(20)
    )
    assert there.validation_scores_ == here.validation_scores_
    assert there.to_local().validation_data is not None


def test_partitions_without_rows_are_predicted_as_no_rows(client: Any) -> None:
    there = DaskNetworkClassifier(**NETWORK).fit(frame(TABLE), LABELS)
    some = dd.concat([frame(TABLE), dd.from_pandas(TABLE[:0], npartitions=1)])
    assert there.predict(some).compute().tolist() == there.to_local().predict(TABLE).tolist()


def test_times_on_workers_are_learned_from_and_scored_as_here(client: Any) -> None:
    here = hn.NetworkSurvival(**NETWORK).fit(TABLE, TIMES)
    there = DaskNetworkSurvival(**NETWORK).fit(frame(TABLE), frame(TIMES))
    np.testing.assert_allclose(there.network_.theta, here.network_.theta, atol=1e-12)
    assert there.score(frame(TABLE), frame(TIMES)) == pytest.approx(here.score(TABLE, TIMES))
    curves = (one.predict_survival_function(TABLE[:2], [1.0], stratum="A") for one in (there, here))
    np.testing.assert_allclose(next(curves), next(curves), atol=1e-12)


def test_quantiles_are_scored_by_their_loss(client: Any) -> None:
    loss, y = QuantileLoss((0.1, 0.9)), X[:, 0]
    here = hn.NetworkRegressor(loss, **NETWORK).fit(X, y)
    there = DaskNetworkRegressor(loss, **NETWORK).fit(array(X), array(y))
    assert there.score(array(X), array(y)) == pytest.approx(here.score(X, y))
    hierarchy = DaskHierarchyRegressor(hn.Hierarchy.subsets(3), quantiles=(0.1, 0.9), client=client)
    hierarchy._fitted = hn.HierarchyRegressor(quantiles=(0.1, 0.9), **SEARCH).fit(X, y)
    assert hierarchy.score(array(X), array(y)) == pytest.approx(hierarchy.to_local().score(X, y))


def test_the_name_of_a_series_is_that_of_what_is_predicted(client: Any) -> None:
    price = pd.Series(X[:, 0], name="price")
    there = DaskNetworkRegressor(**NETWORK).fit(frame(TABLE), frame(price))
    assert there.hierarchy_.ranks[-1] == hn.NetworkRegressor(**NETWORK).fit(TABLE, price).hierarchy_.ranks[-1]


def test_features_of_one_axis_and_a_client_that_was_closed_are_refused(client: Any) -> None:
    with pytest.raises(ShapeError, match="X has one axis"):
        DaskNetworkClassifier(**NETWORK).fit(array(X[:, 0]), LABELS)
    closed = Client(client.scheduler.address, set_as_default=False)
    closed.close()
    with pytest.raises(ParameterError, match="this one was closed"):
        DaskNetworkClassifier(**NETWORK, client=closed).fit(array(X), LABELS)


@pytest.mark.parametrize(
    ("kind", "y"),
    [(DaskNetworkRegressor, X[:, 0]), (DaskNetworkClassifier, LABELS)],
)
def test_weights_that_a_fit_refuses_the_score_of_a_collection_refuses(
    client: Client, kind: Any, y: Any
) -> None:
    estimator = kind(**NETWORK, client=client).fit(array(X), y)
    for weights, words in (
        (np.zeros(M), "at least one non-zero number"),
        (-np.ones(M), "Negative values in data passed to `sample_weight`"),
        (np.ones(M).astype("m8[s]"), "sample_weight"),
    ):
        with pytest.raises(ValueError, match=words):
            estimator.score(array(X), y, weights)
    alone = 1.0 * (np.arange(M) == 3)
    if kind is DaskNetworkRegressor:
        with pytest.warns(UserWarning, match="two samples"):
            assert np.isnan(estimator.score(array(X), y, alone))
