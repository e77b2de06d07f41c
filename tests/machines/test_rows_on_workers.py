"""A training whose rows lie on workers is the training on all rows at once."""

from __future__ import annotations

import pickle
from typing import Any

import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import hassenet as hn
from hassenet.distributed import (
    DaskHierarchyRegressor,
    DaskNetworkClassifier,
    DaskNetworkRegressor,
)
from hassenet.distributed.cluster import Cluster
from hassenet.distributed.collections import taken
from hassenet.distributed.tree import summed
from hassenet.errors import CheckpointError
from hassenet.selection import Setting

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

M = 90
RNG = np.random.default_rng(0)
X = RNG.normal(size=(M, 3))
LABELS = np.array(["blue", "green", "red"])[np.digitize(X @ [1.0, -1.0, 0.5], [-0.5, 0.5])]
WEIGHT = RNG.choice([0.0, 0.5, 2.0], M)
NAMES = [str((i,)) for i in (1, 2, 3)]
TABLE = pd.DataFrame(X, columns=NAMES)
H = hn.Hierarchy.subsets(3)


def array(values: Any = X) -> Any:
    return da.from_array(np.asarray(values), chunks=(31, *np.shape(values)[1:]))


def difference(one: Any, other: Any) -> float:
    return float(np.abs(one.network_.theta - other.network_.theta).max())


@pytest.mark.parametrize("solver", ["lbfgs", "adam", "sgd"])
def test_a_network_trained_on_workers_is_the_network_trained_here_to_rounding(
    client: Any, engine: str, solver: str
) -> None:
    options = {"hierarchy": H, "activation": "tanh", "solver": solver, "max_iter": 3, "batch_size": 50}
    options |= {"random_state": 1, "engine": engine, "dropout": 0.0 if solver == "lbfgs" else 0.2}
    here = hn.NetworkClassifier(**options).fit(TABLE, LABELS, WEIGHT)
    there = DaskNetworkClassifier(**options, client=client).fit(
        dd.from_pandas(TABLE, npartitions=3), dd.from_pandas(pd.Series(LABELS), npartitions=3), WEIGHT
    )
    assert difference(here, there) < 1e-12
    assert there.client_ is client
    assert there.classes_.tolist() == ["blue", "green", "red"]
    assert there.feature_names_in_.tolist() == NAMES


def test_predictions_of_collections_are_lazy_and_those_of_the_estimator_here(client: Any) -> None:
    there = DaskNetworkClassifier(hierarchy=H, solver="lbfgs", max_iter=2, random_state=0).fit(
        array(), array(LABELS)
    )
    local = there.to_local()
    assert isinstance(local, hn.NetworkClassifier)
    assert isinstance(there.predict(array()), da.Array)
    assert there.predict(array()).compute().tolist() == local.predict(X).tolist()
    for method in ("predict_proba", "predict_log_proba"):
        np.testing.assert_allclose(getattr(there, method)(array()), getattr(local, method)(X), atol=1e-12)
    assert there.score(array(), array(LABELS)) == local.score(X, LABELS)
    assert there.predict(X[:4]).tolist() == local.predict(X[:4]).tolist()


@pytest.mark.parametrize("solver", ["lbfgs", "adam"])
def test_a_network_on_workers_goes_on_by_warm_start_as_it_does_here(client: Any, solver: str) -> None:
    options = {"hierarchy": H, "solver": solver, "max_iter": 2, "warm_start": True, "random_state": 1}
    here = hn.NetworkClassifier(**options).fit(X, LABELS).fit(X, LABELS)
    there = DaskNetworkClassifier(**options).fit(array(), array(LABELS))
    first = there.to_local()
    before = first.network_.theta.copy()
    assert difference(here, there.fit(array(), array(LABELS))) < 1e-12
    np.testing.assert_array_equal(first.network_.theta, before)
    assert difference(first, there.set_params(warm_start=False).fit(array(), array(LABELS))) == 0


def test_a_regressor_stops_by_examples_set_aside_as_it_does_here(client: Any) -> None:
    options = {"hierarchy": H, "early_stopping": True, "max_iter": 3, "batch_size": 40, "random_state": 2}
    here = hn.NetworkRegressor(**options).fit(X, X[:, :2])
    there = DaskNetworkRegressor(**options).fit(array(), array(X[:, :2]))
    assert difference(here, there) < 1e-12
    assert there.validation_scores_ == pytest.approx(here.validation_scores_, abs=1e-12)
    assert there.score(array(), X[:, :2]) == pytest.approx(here.score(X, X[:, :2]), abs=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_type_of_the_numbers_is_that_of_the_columns(client: Any, dtype: str) -> None:
    there = DaskNetworkRegressor(hidden_layer_sizes=(2,), solver="lbfgs", max_iter=1, random_state=0).fit(
        array(X.astype(dtype)), X[:, 0]
    )
    assert there.network_.dtype == dtype


def test_networks_of_a_search_on_workers_have_intervals_and_a_model(client: Any) -> None:
    settings = [Setting(0.01, neurons=1, input_dropout=0.3)]
    there = DaskHierarchyRegressor(H, folds=2, members=2, settings=settings, steps=5, random_state=0)
    there.fit(array(), X[:, 0])
    assert there.to_local().predict(X[:2], interval=0.5).low.shape == (2,)
    assert there.as_model().predict(X[:2]) == pytest.approx(there.predict(array()).compute()[:2])


def test_rows_on_workers_are_looked_at_like_an_array(client: Any) -> None:
    gaps = X.copy()
    gaps[4, 1] = np.nan
    rows = taken(Cluster.of(), array(gaps), X[:, 0], None).X
    some = np.array([77, 3, 40, 4])
    np.testing.assert_array_equal(rows[some][1:].brought(), gaps[some][1:])
    np.testing.assert_array_equal(rows[:, [2, 0]].brought(), gaps[:, [2, 0]])
    np.testing.assert_array_equal(rows.medians(), np.nanmedian(gaps, axis=0))
    np.testing.assert_array_equal(rows.bounds, [np.nanmin(gaps, axis=0), np.nanmax(gaps, axis=0)])
    assert rows.has_gaps.tolist() == [False, True, False]


def test_a_sum_has_the_same_order_whatever_is_there_first() -> None:
    assert summed("abcdefghij", lambda some: f"({''.join(some)})") == "((abcdefgh)(ij))"


def test_parameters_are_those_of_the_estimator_and_the_client(client: Any) -> None:
    one = DaskNetworkClassifier((3,), alpha=0.5, client=client)
    assert one.get_params()["alpha"] == 0.5
    assert one.set_params(alpha=2.0, client=None).get_params()["client"] is None
    assert repr(one) == "DaskNetworkClassifier(alpha=2.0, hidden_layer_sizes=(3,))"


def test_a_table_of_targets_keeps_their_number_and_names_those_of_the_estimator_without_dask(
    client: Any,
) -> None:
    Y = TABLE[NAMES[:2]]
    options = {"hidden_layer_sizes": (2,), "solver": "lbfgs", "max_iter": 3, "random_state": 0}
    here = hn.NetworkRegressor(**options).fit(TABLE, Y)
    tables = [dd.from_pandas(one, npartitions=3) for one in (TABLE, Y)]
    there = DaskNetworkRegressor(**options, client=client).fit(*tables)
    assert difference(here, there) < 1e-12
    assert there.hierarchy_.ranks[-1] == here.hierarchy_.ranks[-1]


def test_an_estimator_travels_without_its_client_and_a_clone_has_the_same_one(client: Any) -> None:
    estimator = DaskNetworkClassifier((2,), solver="lbfgs", max_iter=2, random_state=0, client=client)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        estimator.predict(X)
    fitted = estimator.fit(array(), LABELS)
    again, copied = pickle.loads(pickle.dumps(fitted)), clone(fitted)
    assert again.client is again.client_ is None
    assert again.predict(X).tolist() == fitted.predict(X).tolist()
    assert copied.client is client
    assert copied.get_params()["max_iter"] == 2
    with pytest.raises(NotFittedError):
        copied.to_local()


def test_the_checkpoint_of_other_rows_with_the_same_sums_is_refused(client: Any, tmp_path: Any) -> None:
    counts = RNG.integers(0, 3, (M, 3)).astype(float)
    options = {"hidden_layer_sizes": (2,), "max_iter": 2, "random_state": 0, "checkpoint": tmp_path / "run"}
    estimator = DaskNetworkClassifier(**options, client=client).fit(array(counts), LABELS)
    again = clone(estimator).fit(array(counts), LABELS)
    np.testing.assert_array_equal(again.network_.theta, estimator.network_.theta)
    turned = np.concatenate([counts[:31][::-1], counts[31:]])
    with pytest.raises(CheckpointError, match="other data"):
        clone(estimator).fit(array(turned), LABELS)
