"""Rows to learn from are taken by their numbers where others are held out: the same bits, and no second table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone

import hassenet as hn
from hassenet.data.features import as_features
from hassenet.data.rows_of import RowsOf
from hassenet.engines import WithFallback
from hassenet.engines.reference import Reference
from hassenet.training import fingerprints, order
from memory import holds_less

M, N = 90, 5
RNG = np.random.default_rng(0)
X = RNG.normal(size=(M, N)).round(3)
Y = (X[:, 0] > 0).astype(float)
WEIGHT = RNG.uniform(0.5, 2.0, M)
NUMBERS = {
    "float64": X,
    "float32": X.astype("float32"),
    "int64": X.astype(int),
    "bool": X > 0,
    "float16": X.astype("float16"),
    "columns": np.asfortranarray(X),
    "sparse": csr_array(X * (X > 0)),
    "table": pd.DataFrame(X, columns=list("abcde")),
}


def _net(dtype="float32", outputs=1, output="sigmoid"):
    H = hn.Hierarchy.from_covers([(e, "p" if e < "c" else "q") for e in "abcde"])
    return hn.Network(H.crown([f"y{k}" for k in range(outputs)]), output=output, seed=0, dtype=dtype)


def _apart(values, monkeypatch):
    """Return a fit of the same rows as arrays of their own."""
    monkeypatch.setattr(RowsOf, "at", staticmethod(lambda X, rows: X[rows]))
    return values()


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("kind", NUMBERS)
def test_rows_by_number_have_the_bits_of_rows_in_an_array_of_their_own(engine, kind, monkeypatch):
    options = {"validation_fraction": 0.2, "epochs": 2, "batch_size": 8, "engine": engine, "dropout": 0.3}

    def found():
        fit = hn.fit(_net(), NUMBERS[kind], Y, sample_weight=WEIGHT, **options)
        return fit.network.theta.tobytes(), tuple(epoch.validation_cost for epoch in fit.history)

    by_number = found()
    assert by_number == _apart(found, monkeypatch)


@pytest.mark.parametrize(
    "options",
    [
        {"optimizer": hn.LBFGS(3)},
        {"normalise": True},
        {"loss": "cross_entropy", "early_stopping": hn.EarlyStopping(patience=1)},
        {"offset": WEIGHT},
        {"shuffle": False, "engine": "reference"},
    ],
    ids=str,
)
def test_whatever_the_training_asks_of_them_rows_by_number_give_the_same(options, monkeypatch):
    is_of_classes = options.get("loss") == "cross_entropy"
    net = _net("float64", 3, "softmax") if is_of_classes else _net("float64")
    target = np.arange(M) % 3 if is_of_classes else Y

    def found():
        fit = hn.fit(net, X, target, validation_fraction=0.2, epochs=3, batch_size=8, **options)
        return fit.network.theta.tobytes(), fit.state.theta.tobytes()

    by_number = found()
    assert by_number == _apart(found, monkeypatch)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", ["float64", "float32", "sparse"])
def test_an_estimator_that_stops_early_learns_from_rows_by_number(kind, monkeypatch):
    estimator = hn.NetworkClassifier(early_stopping=True, max_iter=2, hidden_layer_sizes=3, random_state=0)

    def found():
        return clone(estimator).fit(NUMBERS[kind], Y).predict_proba(X).tobytes()

    by_number = found()
    assert by_number == _apart(found, monkeypatch)


def test_checked_rows_by_number_are_such_rows():
    some = RowsOf(X, np.array([1, 4]))
    checked = as_features(some, list("abcde"), np.dtype("float32"))
    assert isinstance(checked, RowsOf)
    assert checked.whole is X


def test_a_training_goes_on_from_its_state_on_rows_by_number():
    options = {"validation_fraction": 0.2, "batch_size": 8}
    whole = hn.fit(_net(), X, Y, epochs=3, **options)
    begun = hn.fit(_net(), X, Y, epochs=1, **options)
    on = hn.fit(begun.network, X.copy(), Y, epochs=2, state=begun.state, **options)
    np.testing.assert_array_equal(on.network.theta, whole.network.theta)


def test_a_training_that_holds_rows_out_holds_no_second_table(monkeypatch):
    monkeypatch.setattr(fingerprints, "_NUMBERS", 1 << 10)
    large, y = np.zeros((20_000, N * 20), np.float32), np.zeros(20_000)
    net = hn.Network(hn.Hierarchy.complete(N * 20, 1), seed=0)
    options = {"validation_fraction": 0.02, "epochs": 1, "batch_size": 512}
    assert holds_less(0.5 * large.nbytes, lambda: hn.fit(net, large, y, **options))
    assert holds_less(0.5 * large.nbytes, lambda: hn.fit(net, large, y, normalise=True, **options))


def test_rows_of_a_map_larger_than_memory_are_taken_in_blocks(tmp_path, monkeypatch):
    mapped = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", X.dtype, X.shape)
    some = RowsOf(mapped, np.arange(0, M, 2))
    monkeypatch.setattr(order, "_BLOCK", 4 * N * 8)
    monkeypatch.setattr(order, "_WINDOW", 2)
    found = order.shuffled(some, 0, 0)
    assert sorted(found.tolist()) == list(range(M // 2))
    assert max(abs(np.diff(found[:8]))) < M // 2
    assert {row // 4 for row in found[:8].tolist()} != set(range(8))
    np.testing.assert_array_equal(found, order.shuffled(RowsOf(mapped, np.arange(M // 2)), 0, 0))


def test_an_engine_that_does_not_take_rows_by_number_is_given_arrays(monkeypatch):
    some = RowsOf(X, np.array([1, 4]))
    assert WithFallback(Reference()).put(some).given.X is some
    monkeypatch.setattr(Reference, "takes_rows_by_number", False)
    np.testing.assert_array_equal(WithFallback(Reference()).put(some).given.X, X[[1, 4]])
