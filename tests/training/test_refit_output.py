"""On frozen hidden features the last layer is a textbook regression: its minimum is scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression, PoissonRegressor, Ridge

from hassenet import testing as ht
from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import GaussianLoss
from hassenet.network import Network
from hassenet.penalties import L1, L2
from hassenet.training.objective import cost, gradient
from hassenet.training.refit import refit_output

RNG = np.random.default_rng(5)
X = RNG.standard_normal((80, 3))
SCORE = X @ [1.0, -1.0, 0.5]


def network(k, output):
    return Network(Hierarchy.complete(3, 4, k), hidden="tanh", output=output, dtype="float64", seed=2)


def last_layer(net):
    return net.weights[-1], net.biases[-1]


def check_frozen(net, refitted):
    np.testing.assert_array_equal(refitted.weights[0], net.weights[0])
    np.testing.assert_array_equal(refitted.biases[0], net.biases[0])


@pytest.mark.parametrize("weights", [None, RNG.uniform(0, 2, 80)])
def test_refitting_an_identity_output_is_linear_regression(weights):
    net, Y = network(2, "identity"), np.column_stack([SCORE, SCORE**2]) + RNG.standard_normal((80, 2))
    refitted = refit_output(net, X, Y, sample_weight=weights)
    model = LinearRegression().fit(net.hidden_features(X, 1), Y, sample_weight=weights)
    np.testing.assert_allclose(refitted.weights[-1], model.coef_, atol=1e-9)
    np.testing.assert_allclose(refitted.biases[-1], model.intercept_, atol=1e-9)
    check_frozen(net, refitted)


@pytest.mark.parametrize("weights", [None, RNG.uniform(0.1, 2, 80)])
def test_refitting_a_sigmoid_output_is_logistic_regression(weights):
    net, y = network(1, "sigmoid"), (SCORE + RNG.logistic(size=80) > 0).astype(float)
    refitted = refit_output(net, X, y, sample_weight=weights)
    model = LogisticRegression(C=np.inf, tol=1e-12, solver="newton-cholesky", max_iter=1000)
    model.fit(net.hidden_features(X, 1), y, sample_weight=weights)
    np.testing.assert_allclose(refitted.weights[-1], model.coef_, rtol=1e-5)
    np.testing.assert_allclose(refitted.biases[-1], model.intercept_, rtol=1e-5)
    np.testing.assert_allclose(
        refitted(X)[:, 0], model.predict_proba(net.hidden_features(X, 1))[:, 1], atol=1e-6
    )
    check_frozen(net, refitted)


def test_refitting_a_softmax_output_is_multinomial_regression():
    net, y = network(3, "softmax"), np.digitize(SCORE + RNG.logistic(size=80), [-1, 1])
    refitted = refit_output(net, X, y)
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000)
    features = net.hidden_features(X, 1)
    model.fit(features, y)
    np.testing.assert_allclose(refitted(X), model.predict_proba(features), atol=1e-4)
    assert cost(refitted, X, y) <= -np.log(model.predict_proba(features)[np.arange(80), y]).mean() + 1e-10
    check_frozen(net, refitted)


def test_refitting_an_exp_output_is_poisson_regression():
    net, y = network(1, "exp"), RNG.poisson(np.exp(SCORE / 2)).astype(float)
    refitted = refit_output(net, X, y)
    features = net.hidden_features(X, 1)
    model = PoissonRegressor(alpha=0, tol=1e-10, solver="newton-cholesky", max_iter=1000).fit(features, y)
    np.testing.assert_allclose(refitted.weights[-1][0], model.coef_, rtol=1e-5)
    np.testing.assert_allclose(refitted.biases[-1][0], model.intercept_, rtol=1e-5)


def test_refitting_with_a_ridge_penalty_is_ridge_regression():
    """scikit-learn's ridge sums the squares: J = its objective / m with λ = 2α/m."""
    net = network(1, "identity")
    refitted = refit_output(net, X, SCORE, penalty=L2(2 * 3.0 / 80))
    model = Ridge(alpha=3.0, tol=1e-14).fit(net.hidden_features(X, 1), SCORE)
    np.testing.assert_allclose(refitted.weights[-1][0], model.coef_, atol=1e-9)


def test_with_a_full_covariance_the_mean_is_that_of_linear_regression():
    net, Y = network(2, "identity"), np.column_stack([SCORE, SCORE**2])
    plain, full = (refit_output(net, X, Y, loss) for loss in (None, GaussianLoss([[2.0, 0.6], [0.6, 0.5]])))
    np.testing.assert_allclose(full.theta, plain.theta, atol=1e-8)


@pytest.mark.parametrize(("output", "k"), [("identity", 2), ("sigmoid", 2), ("softmax", 3), ("exp", 2)])
def test_nothing_is_left_to_descend_in_the_last_layer_of_any_hierarchy(output, k):
    H = Hierarchy.random((3, 5, 4), covers=(8, 9), seed=0).crown([f"out{i}" for i in range(k)])
    net = Network(H, hidden="tanh", output=output, dtype="float64", seed=1)
    X3 = X[:, : H.shape[0]]
    scores = np.stack([SCORE, -SCORE, SCORE**2], axis=1)[:, :k] + RNG.logistic(size=(80, k))
    Y = {
        "identity": scores,
        "sigmoid": (scores > 0).astype(float),
        "softmax": np.eye(k)[scores.argmax(axis=1)],
        "exp": RNG.poisson(1.0, (80, k)).astype(float),
    }[output]
    refitted = refit_output(net, X3, Y, penalty=L2(0.01))
    slope = gradient(refitted, X3, Y, penalty=L2(0.01)).gradient
    assert abs(slope.weights[-1]).max() < 1e-7
    assert abs(slope.biases[-1]).max() < 1e-7
    np.testing.assert_array_equal(
        refitted.hidden_features(X3, H.depth - 1), net.hidden_features(X3, H.depth - 1)
    )


def test_a_sparse_last_layer_is_refitted_on_its_covers():
    H = Hierarchy.random((3, 5, 2), covers=(9, 6), seed=0)
    net = Network(H, hidden="tanh", dtype="float64", seed=1)
    Y = np.column_stack([SCORE, SCORE**2])
    refitted, features = refit_output(net, X, Y), net.hidden_features(X, 1)
    for k, row in enumerate(H.covers(1).toarray()):
        model = LinearRegression().fit(features[:, row], Y[:, k])
        np.testing.assert_allclose(refitted.weights[1].toarray()[k, row], model.coef_, atol=1e-8)
        assert refitted.biases[1][k] == pytest.approx(model.intercept_, abs=1e-8)


def test_a_network_without_hidden_ranks_is_refitted_whole():
    net = Network(Hierarchy.complete(3, 1), dtype="float64")
    model = LinearRegression().fit(X, SCORE + X[:, 0] ** 2)
    refitted = refit_output(net, X, SCORE + X[:, 0] ** 2)
    np.testing.assert_allclose(refitted.weights[0][0], model.coef_, atol=1e-9)


def test_single_precision_networks_are_refitted_to_single_precision():
    net = Network(Hierarchy.complete(3, 4, 1), hidden="tanh", seed=2)
    refitted = refit_output(net, X, SCORE)
    model = LinearRegression().fit(net.hidden_features(X, 1).astype(float), SCORE)
    assert refitted.dtype == np.float32
    np.testing.assert_allclose(refitted.weights[-1][0], model.coef_, rtol=1e-4)


@pytest.mark.parametrize(
    ("output", "loss", "penalty", "message"),
    [
        (
            "tanh",
            "squared_error",
            None,
            "canonical output of squared_error, identity; the network has tanh; use fit",
        ),
        ("sigmoid", "squared_error", None, "identity; the network has sigmoid"),
        ("identity", "absolute_error", None, "absolute_error"),
        ("identity", "squared_error", L1(0.1), "smooth penalty.*LBFGS"),
    ],
)
def test_a_problem_without_a_closed_form_is_refused_and_fit_is_offered(output, loss, penalty, message):
    with pytest.raises(ParameterError, match=message):
        refit_output(network(1, output), X, SCORE, loss, penalty)


def test_fewer_examples_than_features_are_fitted_exactly():
    small = network(1, "identity")
    refitted = refit_output(small, ht.random_array(2, 3, seed=0), [0.0, 1.0])
    np.testing.assert_allclose(refitted(ht.random_array(2, 3, seed=0))[:, 0], [0.0, 1.0], atol=1e-6)
