"""An estimator learns from a stream what it learns from the table in memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from pyarrow import Table as ArrowTable
from sklearn.base import clone

import hassenet as hn
from hassenet.errors import DataError, NotFiniteError

M = 120
RNG = np.random.default_rng(0)
NUMBERS = pd.DataFrame(RNG.normal(size=(M, 3)), columns=["a", "b", "c"])
LABELS = np.array(["ill", "well", "worse"])[np.arange(M) % 3]
MIXED = NUMBERS.assign(town=np.array(["Bonn", "Rome", None], object)[RNG.integers(0, 3, M)], y=LABELS, w=1.0)
OPTIONS = {"hidden_layer_sizes": (4,), "max_iter": 2, "shuffle": False, "random_state": 0, "tol": 0}
QUIET = pytest.mark.filterwarnings("ignore:.*(converge|left out)")


def stream(folder, frame, **options):
    pq.write_table(ArrowTable.from_pandas(frame), folder / "t.parquet", row_group_size=31)
    return hn.data.open(folder / "t.parquet", **{"target": "y", "block": 9, "window": 0.0006} | options)


@QUIET
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_classifier_of_numbers(tmp_path, dtype, early_stopping):
    frame = NUMBERS.astype(dtype)
    options = OPTIONS | {"early_stopping": early_stopping}
    streamed = hn.NetworkClassifier(**options).fit(stream(tmp_path, frame.assign(y=LABELS)))
    in_memory = hn.NetworkClassifier(**options).fit(frame, LABELS)
    assert streamed.network_.dtype == dtype
    assert streamed.feature_names_in_.tolist() == ["a", "b", "c"]
    np.testing.assert_array_equal(streamed.network_.theta, in_memory.network_.theta)
    np.testing.assert_array_equal(streamed.classes_, in_memory.classes_)
    given = stream(tmp_path, frame.assign(y=LABELS))
    np.testing.assert_allclose(streamed.predict_proba(given), in_memory.predict_proba(frame), rtol=1e-5)
    np.testing.assert_array_equal(streamed.predict(given), in_memory.predict(frame))
    assert streamed.score(given) == in_memory.score(frame, LABELS)


@QUIET
def test_columns_of_text_and_gaps_are_made_into_features(tmp_path):
    given = stream(tmp_path, MIXED, weight="w")
    streamed = hn.NetworkClassifier(**OPTIONS).fit(given)
    in_memory = hn.NetworkClassifier(**OPTIONS).fit(MIXED[["a", "b", "c", "town"]], LABELS, MIXED["w"])
    assert streamed.encoding_ == in_memory.encoding_
    np.testing.assert_array_equal(streamed.network_.theta, in_memory.network_.theta)
    np.testing.assert_allclose(
        streamed.predict_proba(given), in_memory.predict_proba(MIXED[["a", "b", "c", "town"]])
    )
    model = streamed.as_model()
    assert model.predict(MIXED).tolist() == model.predict(given).tolist() == streamed.predict(given).tolist()
    np.testing.assert_array_equal(model.predict_proba(given), model.predict_proba(MIXED))


@QUIET
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_a_regressor_with_a_hierarchy_and_offsets(tmp_path, solver):
    H = hn.Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q")])
    frame = NUMBERS.assign(y=np.arange(M) % 4, o=NUMBERS["a"] / 8)
    options = OPTIONS | {"hierarchy": H, "solver": solver, "loss": "poisson"}
    streamed = hn.NetworkRegressor(**options).fit(stream(tmp_path, frame, offset="o"))
    in_memory = hn.NetworkRegressor(**options).fit(NUMBERS, frame["y"], offset=frame["o"])
    np.testing.assert_allclose(streamed.network_.theta, in_memory.network_.theta, rtol=1e-6)
    np.testing.assert_allclose(
        streamed.predict(stream(tmp_path, frame, offset="o")),
        in_memory.predict(NUMBERS, offset=frame["o"]),
        rtol=1e-6,
    )


@QUIET
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_gaps_are_filled_by_the_rows_that_early_stopping_learns_from(tmp_path, kind):
    frame = MIXED.assign(w=1.0 * (np.arange(M) % 5 > 0), b=MIXED["b"].where(RNG.random(M) > 0.3))
    given = stream(tmp_path, frame, weight="w")
    if kind == "csv":
        frame.to_csv(tmp_path / "t.csv", index=False)
        given = hn.data.open(tmp_path / "t.csv", target="y", weight="w", window=0.0006)
    model = hn.NetworkClassifier(**OPTIONS, early_stopping=True)
    streamed = clone(model).fit(given)
    in_memory = clone(model).fit(frame.drop(columns=["y", "w"]), LABELS, frame["w"].to_numpy())
    assert streamed.encoding_ == in_memory.encoding_
    np.testing.assert_array_equal(streamed.network_.theta, in_memory.network_.theta)
    assert streamed.encoding_ != clone(model).set_params(early_stopping=False).fit(given).encoding_


@QUIET
@pytest.mark.parametrize("kind", [hn.NetworkClassifier, hn.NetworkRegressor])
def test_gaps_in_the_target_of_a_stream_are_refused_with_how_rows_are_picked(tmp_path, kind):
    target = LABELS if kind is hn.NetworkClassifier else NUMBERS["c"]
    given = stream(tmp_path, NUMBERS.assign(y=pd.Series(target).where(np.arange(M) > 3)))
    with pytest.raises(DataError, match="in 4 rows of 120, first in row 0; leave them out") as refused:
        kind(**OPTIONS).fit(given)
    known = eval(str(refused.value).rpartition(": ")[2], {"stream": given, "pandas": pd})
    assert len(kind(**OPTIONS).fit(known).predict(given)) == M


@QUIET
def test_an_array_of_a_file_and_validation_data_that_are_a_stream(tmp_path):
    np.save(tmp_path / "X.npy", np.ascontiguousarray(NUMBERS))
    given = hn.data.open(tmp_path / "X.npy", target=LABELS, block=9, window=0.0006)
    options = OPTIONS | {"early_stopping": True}
    streamed = hn.NetworkClassifier(**options, validation_data=(given, None)).fit(given)
    in_memory = hn.NetworkClassifier(**options, validation_data=(NUMBERS.to_numpy(), LABELS)).fit(
        NUMBERS.to_numpy(), LABELS
    )
    np.testing.assert_array_equal(streamed.network_.theta, in_memory.network_.theta)
    assert streamed.validation_scores_ == in_memory.validation_scores_


def test_a_network_predicts_a_stream_window_by_window():
    net = hn.Network(hn.Hierarchy.complete(3, 4, 2), seed=0)
    X = NUMBERS.to_numpy()
    of = hn.data.open(X, block=9, window=0.0006)
    np.testing.assert_allclose(net(of), net(X), rtol=1e-6)
    np.testing.assert_allclose(net(of, offset=X[:, 0]), net(X, offset=X[:, 0]), rtol=1e-6)
    np.testing.assert_allclose(net(of[np.arange(M) % 5 > 0]), net(X[np.arange(M) % 5 > 0]), rtol=1e-6)
    with pytest.raises(NotFiniteError, match="rows 0 to 8"):
        net(hn.data.open(np.where(X == X[3, 1], np.nan, X), block=9, window=0.0006))


def test_a_network_gives_signals_and_hidden_features_of_a_stream():
    net = hn.Network(hn.Hierarchy.complete(3, 4, 2), seed=0)
    X = NUMBERS.to_numpy()
    of = hn.data.open(X, block=9, window=0.0006)
    for rank in range(3):
        np.testing.assert_allclose(net.hidden_features(of, rank), net.hidden_features(X, rank), rtol=1e-6)
    for streamed, in_memory in zip(net.signals(of), net.signals(X), strict=True):
        np.testing.assert_allclose(streamed, in_memory, rtol=1e-5, atol=1e-6)


@QUIET
@pytest.mark.parametrize(
    ("estimator", "target", "beside"),
    [
        (hn.NetworkClassifier(**OPTIONS), ["y"], {"weight": "w"}),
        (hn.NetworkRegressor(**OPTIONS), ["n"], {"weight": "w"}),
        (hn.NetworkRegressor(**OPTIONS), ["n", "w"], {}),
        (hn.NetworkRegressor(loss="poisson", **OPTIONS), ["n"], {"offset": "w"}),
        (hn.NetworkSurvival(**OPTIONS), ["time", "event"], {}),
    ],
)
def test_scores_transformations_and_further_epochs_take_a_stream(tmp_path, estimator, target, beside):
    frame = NUMBERS.assign(town=MIXED["town"].fillna("Oslo"))
    of_rows = {"y": LABELS, "n": np.arange(M) % 4, "time": 1.0 + np.arange(M) % 7, "event": np.arange(M) % 2}
    table = frame.assign(**of_rows, w=RNG.random(M))
    given = stream(tmp_path, table, target=target, features=[*frame.columns], window=256, **beside)
    y = table[target] if len(target) > 1 else table[target[0]]
    names = {"weight": "sample_weight", "offset": "offset"}
    options = {names[what]: table[column] for what, column in beside.items()}
    classes = {"classes": np.unique(LABELS)} if target == ["y"] else {}
    streamed = clone(estimator).fit(given).partial_fit(given, **classes)
    in_memory = clone(estimator).fit(frame, y, **options).partial_fit(frame, y, **options, **classes)
    np.testing.assert_allclose(streamed.network_.theta, in_memory.network_.theta, rtol=1e-9)
    parts = replace(given, window=0.0006)
    np.testing.assert_allclose(streamed.score(parts), in_memory.score(frame, y, **options))
    np.testing.assert_allclose(streamed.transform(parts), in_memory.transform(frame))


def test_members_and_costs_of_a_stream():
    net = hn.Network(hn.Hierarchy.complete(3, 2, 1), seed=0)
    X, y = NUMBERS.to_numpy(), np.arange(M) % 4
    of = hn.data.open(X, target=y, block=9)
    options = {"members": 2, "epochs": 2, "shuffle": False}
    for streamed, in_memory in zip(
        hn.fit_ensemble(net, of, **options).fits, hn.fit_ensemble(net, X, y, **options).fits, strict=True
    ):
        np.testing.assert_array_equal(streamed.network.theta, in_memory.network.theta)
    np.testing.assert_allclose(hn.cost(net, replace(of, window=0.0006)), hn.cost(net, X, y), rtol=1e-6)
