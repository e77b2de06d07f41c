"""From the same start and without shuffling, training is scikit-learn's, step by step."""

import numpy as np
import pytest
from estimator_tools import fitted, iris_like, numbers, several_labels, start_alike
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils import shuffle

from hassenet.estimators import NetworkClassifier, NetworkRegressor

OPTIONS = {
    "plain sgd": {"solver": "sgd", "momentum": 0.0},
    "momentum": {"solver": "sgd", "nesterovs_momentum": False},
    "nesterov": {"solver": "sgd"},
    "invscaling": {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3},
    "adaptive": {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.05, "n_iter_no_change": 2},
    "adam": {"solver": "adam", "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-6},
}
KINDS = {
    "two classes": (NetworkClassifier, MLPClassifier, lambda: iris_like(2)),
    "three classes": (NetworkClassifier, MLPClassifier, iris_like),
    "labels": (NetworkClassifier, MLPClassifier, several_labels),
    "number": (NetworkRegressor, MLPRegressor, numbers),
    "numbers": (NetworkRegressor, MLPRegressor, lambda: numbers(3)),
}


def same(a, b, tolerance=1e-9):
    for one, other in zip([*a.coefs_, *a.intercepts_], [*b.coefs_, *b.intercepts_], strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


def trained(kind, **options):
    ours_of, theirs_of, data = KINDS[kind]
    X, y = data()
    common = {
        "hidden_layer_sizes": (7, 5),
        "shuffle": False,
        "batch_size": 20,
        "learning_rate_init": 0.01,
        "alpha": 0.1,
        "random_state": 0,
    }
    ours, theirs = (kind_of(**{**common, **options}) for kind_of in (ours_of, theirs_of))
    start_alike(ours, theirs, X, y)
    return fitted(ours, X, y), fitted(theirs, X, y)


@pytest.mark.parametrize("epochs", [1, 40])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_training_by_batches_leads_to_the_weights_of_scikit_learn(kind, options, epochs):
    if (
        kind == "numbers"
    ):  # scikit-learn reports a mean over targets there, though it follows the gradient of the sum
        options = {**options, "n_iter_no_change": np.inf}
    ours, theirs = trained(kind, max_iter=epochs, **options)
    same(ours, theirs)
    assert ours.n_iter_ == theirs.n_iter_
    assert ours.t_ == theirs.t_
    if kind != "numbers":
        np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-9)
        assert ours.loss_ == pytest.approx(theirs.loss_)
        assert ours.best_loss_ == pytest.approx(theirs.best_loss_)


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_every_activation_takes_the_steps_of_scikit_learn(activation):
    same(*trained("three classes", activation=activation, max_iter=10))


@pytest.mark.parametrize("kind", ["two classes", "three classes", "labels", "number"])
def test_lbfgs_leads_to_the_weights_of_scikit_learn(kind):
    ours, theirs = trained(kind, solver="lbfgs", activation="tanh", max_iter=15)
    same(ours, theirs, 1e-7)
    assert ours.loss_ == pytest.approx(theirs.loss_, rel=1e-9)
    assert ours.n_iter_ == theirs.n_iter_


def test_lbfgs_ends_by_the_rule_of_scikit_learn():
    ours, theirs = trained("number", solver="lbfgs", activation="tanh", alpha=1.0, tol=1e-2, max_iter=500)
    assert ours.n_iter_ == theirs.n_iter_ < 500


def test_lbfgs_counts_evaluations_by_the_rule_of_scikit_learn():
    ours, theirs = trained("number", solver="lbfgs", activation="tanh", max_fun=9, max_iter=500)
    assert ours.n_iter_ == theirs.n_iter_ < 12


def test_training_ends_by_the_rule_of_scikit_learn():
    ours, theirs = trained("two classes", tol=0.01, n_iter_no_change=3, max_iter=300, learning_rate_init=0.02)
    assert ours.n_iter_ == theirs.n_iter_ < 300
    same(ours, theirs)


def test_an_adaptive_rate_ends_training_by_the_rule_of_scikit_learn():
    options = {
        "solver": "sgd",
        "learning_rate": "adaptive",
        "tol": 0.05,
        "n_iter_no_change": 1,
        "max_iter": 100,
    }
    ours, theirs = trained("two classes", **options)
    assert ours.n_iter_ == theirs.n_iter_ < 100
    same(ours, theirs)


def test_poisson_regression_takes_the_steps_of_scikit_learn():
    X, y = numbers()
    y = np.round(np.exp(2 * y))
    options = {
        "hidden_layer_sizes": (6,),
        "shuffle": False,
        "batch_size": 30,
        "max_iter": 20,
        "loss": "poisson",
        "random_state": 0,
    }
    ours, theirs = NetworkRegressor(**options), MLPRegressor(**options)
    start_alike(ours, theirs, X, y)
    same(fitted(ours, X, y), fitted(theirs, X, y))
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X))
    assert ours.out_activation_ == theirs.out_activation_ == "exp"


@pytest.mark.parametrize("kind", ["two classes", "number"])
def test_early_stopping_goes_by_the_rule_of_scikit_learn(kind):
    """On the examples that scikit-learn itself sets aside, which depend on the random numbers drawn before."""
    ours_of, theirs_of, data = KINDS[kind]
    X, y = data()
    options = {
        "hidden_layer_sizes": (5,),
        "early_stopping": True,
        "shuffle": False,
        "max_iter": 60,
        "tol": 0.01,
    }
    ours, theirs = ours_of(**options, random_state=0), theirs_of(**options, random_state=3)
    start_alike(ours, theirs, X, y)
    stratify = y if kind == "two classes" else None
    split = train_test_split(X, y, random_state=np.random.RandomState(3), test_size=0.1, stratify=stratify)
    X_train, X_held, y_train, y_held = split
    ours.set_params(validation_data=(X_held, y_held))
    same(fitted(ours, X_train, y_train), fitted(theirs, X, y))
    np.testing.assert_allclose(ours.validation_scores_, theirs.validation_scores_)
    assert ours.best_validation_score_ == pytest.approx(theirs.best_validation_score_)
    assert ours.n_iter_ == theirs.n_iter_
    assert ours.best_loss_ is None


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_sample_weights_have_the_effect_that_scikit_learn_gives_them(solver):
    X, y = iris_like(2)
    w = np.random.default_rng(0).uniform(0.5, 2.0, len(y))
    options = {
        "hidden_layer_sizes": (6,),
        "activation": "tanh",
        "shuffle": False,
        "max_iter": 8,
        "solver": solver,
        "alpha": 1.0,
        "random_state": 0,
    }
    ours, theirs = NetworkClassifier(**options), MLPClassifier(**options)
    start_alike(ours, theirs, X, y)
    same(fitted(ours, X, y, sample_weight=w), fitted(theirs, X, y, sample_weight=w), 1e-8)


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_partial_fit_takes_the_steps_of_scikit_learn(solver):
    X, y = iris_like()
    options = {
        "hidden_layer_sizes": (6,),
        "shuffle": False,
        "solver": solver,
        "learning_rate_init": 0.01,
        "batch_size": 30,
        "random_state": 0,
    }
    ours, theirs = NetworkClassifier(**options), MLPClassifier(**options)
    start_alike(ours, theirs, X, y)
    fitted(ours.set_params(max_iter=1), X, y), fitted(theirs.set_params(max_iter=1), X, y)
    for estimator in (ours, theirs):
        estimator.set_params(warm_start=False)
        for _ in range(5):
            estimator.partial_fit(X, y)
    same(ours, theirs)
    assert (ours.t_, ours.n_iter_, len(ours.loss_curve_)) == (
        theirs.t_,
        theirs.n_iter_,
        len(theirs.loss_curve_),
    )


def test_sparse_features_take_the_steps_of_scikit_learn():
    from scipy.sparse import csc_array, csr_matrix

    X, y = iris_like()
    X[X < 0.5] = 0
    dense = fitted(NetworkClassifier((5,), max_iter=5, random_state=0), X, y)
    for kind in (csr_matrix, csc_array):
        other = fitted(NetworkClassifier((5,), max_iter=5, random_state=0), kind(X), y)
        same(dense, other, 1e-12)
        np.testing.assert_allclose(other.predict_proba(kind(X)), dense.predict_proba(X))


def test_probabilities_and_predictions_are_those_of_scikit_learn():
    for kind in ("two classes", "three classes", "labels"):
        ours, theirs = trained(kind, max_iter=20)
        X, y = shuffle(*KINDS[kind][2](), random_state=0)
        np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-7)
        # log p carries the rounding of p, all of it where p is near 1 and log p near 0
        np.testing.assert_allclose(
            ours.predict_log_proba(X), theirs.predict_log_proba(X), rtol=1e-7, atol=1e-15
        )
        np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
        assert ours.score(X, y) == theirs.score(X, y)
