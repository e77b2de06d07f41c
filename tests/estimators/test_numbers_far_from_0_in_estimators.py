"""Estimators learn what varies, however far from 0 it lies, from arrays of float32 as of float64."""

from __future__ import annotations

import numpy as np
import pytest
from estimator_tools import fitted
from sklearn.compose import TransformedTargetRegressor
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

from hassenet.errors import HassenetWarning
from hassenet.estimators import HierarchyRegressor, NetworkClassifier, NetworkRegressor
from hassenet.selection import Setting

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 3))
Y = X @ [[1.0, 0.0], [2.0, 1.0], [0.5, -1.0]]
FAR = np.array([1e9, -3.0])


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("targets", [0, slice(None)])
def test_targets_far_from_0_are_predicted_as_those_near_it(dtype, targets):
    x, far = X.astype(dtype), (Y + FAR)[:, targets]
    of_linear = {"hidden_layer_sizes": (), "solver": "lbfgs", "alpha": 0, "tol": 1e-8, "max_iter": 500}
    linear = NetworkRegressor(**of_linear, random_state=0)
    chosen = HierarchyRegressor(folds=2, members=2, settings=[Setting(1e-4)], n_jobs=1, random_state=0)
    for estimator in (linear, TransformedTargetRegressor(linear, transformer=StandardScaler()), chosen):
        prediction = fitted(estimator, x, far).predict(x)
        assert prediction.dtype == np.float64
        assert r2_score(far, prediction) > 0.99


@pytest.mark.parametrize("kind", [NetworkRegressor, NetworkClassifier])
def test_an_estimator_computes_in_float64_where_float32_would_blur_its_data(kind):
    x = (100 * X).astype("f4")
    y = Y[:, 0] if kind is NetworkRegressor else (Y[:, 0] > 0).astype(int)
    options = {"hidden_layer_sizes": (2,), "solver": "lbfgs", "max_iter": 1, "random_state": 0}
    far = x + np.array([0, 1e7, 0], "f4")
    assert fitted(kind(**options), x, y).network_.dtype == np.float32
    assert fitted(kind(**options), far, y).network_.dtype == np.float64
    with pytest.warns(HassenetWarning, match="in float32 so do 'x1'"):
        assert fitted(kind(**options, dtype="float32"), far, y).network_.dtype == np.float32
