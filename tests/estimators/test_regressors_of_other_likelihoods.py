"""NetworkRegressor takes every loss of numbers and counts; parameters that are learned stand beside the means."""

from __future__ import annotations

import numpy as np
import pytest

import hassenet as hn
from hassenet import likelihoods as lk
from hassenet.errors import ParameterError
from hassenet.estimators import NetworkRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
RNG = np.random.default_rng(0)
M = 150
X = RNG.normal(size=(M, 2))
COUNTS = RNG.poisson(RNG.gamma(2, np.exp(X[:, 0]) / 2)).astype(float)
AMOUNTS = 50 + 10 * X[:, 0] + 3 * RNG.normal(size=M)
LINEAR = {"hidden_layer_sizes": (), "solver": "lbfgs", "alpha": 0.0, "max_iter": 300, "random_state": 0}


@pytest.mark.parametrize(
    "likelihood",
    [lk.LearnedDispersion(), lk.ZeroInflated(lk.Poisson()), lk.ZeroInflated(lk.LearnedDispersion())],
)
def test_parameters_beside_the_mean_are_the_same_for_every_example_and_predictions_are_means(
    likelihood, tmp_path
):
    found = NetworkRegressor(likelihood, **LINEAR).fit(X, COUNTS)
    outputs = found.network_(X)
    assert (outputs[:, 1:] == outputs[0, 1:]).all()
    np.testing.assert_allclose(found.predict(X), likelihood.mean(outputs)[:, 0], rtol=1e-12)
    assert found.score(X, COUNTS) > 0
    hn.save(found, tmp_path / "model")
    np.testing.assert_allclose(hn.load(tmp_path / "model").predict(X), found.predict(X), rtol=1e-12)


def test_an_exposure_multiplies_the_mean_where_a_dispersion_is_learned():
    found = NetworkRegressor(lk.LearnedDispersion(), **LINEAR).fit(X, COUNTS, offset=np.zeros((M, 2)))
    added = np.column_stack([np.full(M, np.log(3)), np.zeros(M)])
    np.testing.assert_allclose(found.predict(X, offset=added), 3 * found.predict(X), rtol=1e-9)


def test_quantiles_are_columns_in_order_and_a_share_lies_below_each(tmp_path):
    loss = lk.QuantileLoss((0.1, 0.5, 0.9))
    found = NetworkRegressor(loss, **LINEAR).fit(X, AMOUNTS)
    prediction = found.predict(X)
    assert prediction.shape == (M, 3)
    assert (np.diff(prediction, axis=1) >= 0).all()
    below = (AMOUNTS[:, None] <= prediction).mean(axis=0)
    np.testing.assert_allclose(below, (0.1, 0.5, 0.9), atol=0.06)
    assert found.score(X, AMOUNTS) == pytest.approx(
        -loss.cost(found.network_(X), AMOUNTS[:, None]).mean(), rel=0.1
    )
    hn.save(found, tmp_path / "model")
    np.testing.assert_allclose(hn.load(tmp_path / "model").predict(X), prediction, rtol=1e-12)


@pytest.mark.parametrize(
    ("loss", "remedy"), [("cox", "NetworkSurvival"), ("discrete_time", "NetworkSurvival")]
)
def test_a_loss_of_times_names_the_estimator_of_times(loss, remedy):
    with pytest.raises(ParameterError, match=remedy):
        NetworkRegressor(lk.as_loss(loss), **LINEAR).fit(X, AMOUNTS)
