"""What estimators make of a mixed table is made once, and is in memory once."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pandas as pd
import pytest

import hassenet as hn
from hassenet.data.encoding import Encoding
from hassenet.data.recognition import recognised
from hassenet.estimators import rows_apart
from hassenet.estimators.prepared import prepared
from hassenet.selection import Setting
from hassenet.task import encoded
from memory import holds_less

M = 2_000
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {f"city {k}": RNG.choice([f"c{j}" for j in range(30)], M) for k in range(6)}
    | {f"age {k}": np.where(RNG.random(M) < 0.1, np.nan, RNG.normal(50, 9, M)) for k in range(4)}
)
Y = RNG.integers(0, 2, M)
N = 6 * 30 + 4 * 2
ONE = [Setting(0.1, neurons=0)]


def network(**options):
    return hn.NetworkClassifier((2,), max_iter=1, batch_size=M, random_state=0, **options)


@pytest.fixture
def reads(monkeypatch):
    """The readings of all features."""
    found, read = [], Encoding._read
    monkeypatch.setattr(
        Encoding, "_read", lambda self, *given: found.append(len(self.features)) or read(self, *given)
    )
    return found


@pytest.mark.filterwarnings("ignore:(Stochastic Optimizer|Got .batch_size)")
@pytest.mark.parametrize(
    ("options", "most"), [({}, 1.9), ({"dtype": "float32"}, 1.7), ({"early_stopping": True}, 2.1)]
)
def test_a_table_becomes_features_once_and_they_stand_in_one_array(reads, options, most):
    estimator = network(**options).fit(FRAME, Y)
    assert sum(reads) == N
    assert holds_less(most * M * N * 8, lambda: network(**options).fit(FRAME, Y))
    assert estimator.encoding_.features == tuple(estimator.feature_names_in_)


def test_settings_are_chosen_on_features_that_are_made_some_columns_at_a_time(reads, monkeypatch):
    whole = recognised(FRAME, list(FRAME)).encoding(FRAME)
    steps, Z = prepared(whole, range(N))
    reads.clear()
    monkeypatch.setattr(encoded, "_AT_ONCE", 12 * M)
    found = hn.HierarchyClassifier(folds=2, members=1, settings=ONE, steps=2, random_state=0).fit(FRAME, Y)
    assert sum(reads) == N
    assert max(reads) <= 12 + 30
    assert found.model_.steps == steps
    np.testing.assert_array_equal(found.model_.prepare(FRAME).astype(np.float32), Z)
    np.testing.assert_array_equal(found.predict_proba(FRAME[::50]), found.model_.predict_proba(FRAME[::50]))


@pytest.mark.filterwarnings("ignore:(Stochastic Optimizer|Got .batch_size)")
def test_an_estimator_in_float32_computes_with_the_features_of_float64_rounded():
    few = FRAME[:500]
    both = few, recognised(few, list(few)).encoding(few)
    found = [network(dtype="float32").set_params(batch_size=500).fit(X, Y[:500]) for X in both]
    np.testing.assert_array_equal(*(one.network_.theta for one in found))


FEW = FRAME[:300]
WEIGHT = RNG.integers(0, 3, 300)
ENDS = np.column_stack([RNG.exponential(2.0, 300), RNG.random(300) < 0.6])
LEARNERS = {
    "classifier": (hn.NetworkClassifier, FRAME["age 1"][:300] > 50),
    "regressor": (hn.NetworkRegressor, RNG.normal(size=300)),
    "survival": (hn.NetworkSurvival, ENDS),
}


def learned(name, weight, **options):
    """Return what an estimator has learned, what it keeps of all rows in the end included."""
    kind, y = LEARNERS[name]
    estimator = kind(
        hidden_layer_sizes=(2,), max_iter=2, batch_size=64, random_state=0, early_stopping=True, **options
    )
    estimator.fit(FEW, y, sample_weight=weight)
    found = [estimator.network_.theta, estimator.validation_scores_, estimator.encoding_.values]
    if name == "survival":
        found += [estimator.outcome_.baseline.times, estimator.outcome_.baseline.hazard]
    return [np.asarray(one).tobytes() for one in found]


@pytest.mark.filterwarnings("ignore:(Stochastic Optimizer|categories that training never had)")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["alike", "weighted"])
@pytest.mark.parametrize("name", LEARNERS)
def test_rows_that_are_moved_apart_are_learned_from_as_copies_are(name, weight, dtype, monkeypatch):
    monkeypatch.setattr(rows_apart, "_AT_ONCE", 7 * N)
    moved = learned(name, weight, dtype=dtype)
    with monkeypatch.context() as copied:
        copied.setattr("hassenet.estimators.estimator.moved_apart", rows_apart.copied_apart)
        assert moved == learned(name, weight, dtype=dtype)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.9, 1.0])
def test_rows_come_back_to_their_places_also_after_an_error(order, share, monkeypatch):
    monkeypatch.setattr(rows_apart, "_AT_ONCE", 9)
    X = np.asarray(RNG.normal(size=(50, 3)), order=order)
    before, aside = X.copy(), RNG.random(50) < share
    with suppress(KeyError), rows_apart.rows_apart(X, aside) as (others, held):
        np.testing.assert_array_equal(others, before[~aside])
        np.testing.assert_array_equal(held, before[aside])
        raise KeyError
    np.testing.assert_array_equal(X, before)
