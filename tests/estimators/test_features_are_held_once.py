"""What estimators make of a mixed table is made once, and is in memory once."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest

import hassenet as hn
from hassenet.data.encoding import Encoding
from hassenet.data.recognition import recognised
from hassenet.estimators import encoded
from hassenet.estimators.prepared import prepared
from hassenet.selection import Setting

M = 5_000
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
    ("options", "most"), [({}, 1.9), ({"dtype": "float32"}, 1.7), ({"early_stopping": True}, 2.8)]
)
def test_a_table_becomes_features_once_and_they_stand_in_one_array(reads, options, most):
    tracemalloc.start()
    try:
        estimator = network(**options).fit(FRAME, Y)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(reads) == N
    assert peak < most * M * N * 8  # what is set aside is taken out of them
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
