"""Masked values in the rows of a list are refused as those of an array are."""

from __future__ import annotations

import numpy as np
import pytest

import hassenet as hn
from hassenet.errors import DataError, ParameterError
from hassenet.training import cost

X = np.random.default_rng(0).normal(size=(12, 3))
MASKED = np.ma.masked_array(X, mask=X > 0.5)
NET = hn.Network(hn.Hierarchy.complete(3, 2, 1))
LISTS = {
    "rows": [*MASKED],
    "tuple": tuple(MASKED),
    "values": [[*row] for row in MASKED],
    "one value": [*X[:-1].tolist(), [0.5, 1.0, np.ma.masked]],
}
CALLS = {
    "network": lambda X: NET(X),
    "cost": lambda X: cost(NET, X, np.zeros(12)),
    "fit": lambda X: hn.fit(NET, X, np.zeros(12), epochs=1),
    "regressor": lambda X: hn.NetworkRegressor(max_iter=1).fit(X, np.arange(12.0)),
    "classifier": lambda X: hn.NetworkClassifier(max_iter=1).fit(X, np.arange(12) % 2),
}


@pytest.mark.parametrize("given", LISTS)
@pytest.mark.parametrize("call", CALLS)
def test_features_with_masked_values_are_refused_in_every_form(given, call):
    assert MASKED.mask.any()
    with pytest.raises(DataError, match="has masked values"):
        CALLS[call](LISTS[given])


def test_targets_with_masked_values_in_a_list_are_refused():
    for targets in ([np.ma.masked] * 12, [*np.ma.masked_array(np.arange(12.0), mask=X[:, 0] > 0)]):
        with pytest.raises(DataError, match="has masked values"):
            hn.fit(NET, X, targets, epochs=1)


@pytest.mark.parametrize("size", [True, False, np.True_])
def test_a_truth_value_is_not_a_size(size):
    with pytest.raises(ParameterError, match="a shape is a sequence of whole numbers"):
        hn.Hierarchy.complete(4, size, 1)
    with pytest.raises(ParameterError, match="a shape is a sequence of whole numbers"):
        hn.Hierarchy.random((4, size, 1), density=0.5, seed=0)
