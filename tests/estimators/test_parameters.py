"""Parameters: scikit-learn's with their defaults, and ours; what is outside a domain is refused by name."""

import inspect

import numpy as np
import pytest
from estimator_tools import ADDED, fitted, iris_like, numbers, pairs_of_neighbours
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils._param_validation import InvalidParameterError

from hassenet import Hierarchy
from hassenet.errors import HassenetError, ParameterError
from hassenet.estimators import NetworkClassifier, NetworkRegressor

TWINS = [(NetworkClassifier, MLPClassifier), (NetworkRegressor, MLPRegressor)]


@pytest.mark.parametrize(("ours", "theirs"), TWINS)
def test_every_parameter_of_scikit_learn_is_there_with_its_default_and_place(ours, theirs):
    mine, his = (inspect.signature(kind).parameters for kind in (ours, theirs))
    assert {name: p.default for name, p in mine.items() if name in his} == {
        n: p.default for n, p in his.items()
    }
    assert {name: p.kind for name, p in mine.items() if name in his} == {n: p.kind for n, p in his.items()}
    assert [name for name in mine if name in his] == list(his)
    assert set(mine) - set(his) <= ADDED


@pytest.mark.parametrize(("ours", "theirs"), TWINS)
def test_every_parameter_is_documented_and_has_a_domain(ours, theirs):
    for name in inspect.signature(ours).parameters:
        assert name in ours.__doc__
        assert name in ours._parameter_constraints


@pytest.mark.parametrize(("ours", "theirs"), TWINS)
def test_every_public_method_of_scikit_learn_is_there(ours, theirs):
    public = {name for name in dir(theirs) if not name.startswith("_")}
    assert public <= set(dir(ours))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("activation", "softmax"), ("solver", "rmsprop"), ("alpha", -1.0), ("batch_size", 0), ("learning_rate", "slow"),
        ("learning_rate_init", 0.0), ("max_iter", 0), ("tol", -1), ("momentum", 1.5), ("beta_1", 1.0), ("heads", "two"),
        ("l1", -0.1), ("weight_decay", -1), ("hierarchy", "iris"), ("class_weight", "heavy"), ("transform_rank", 0.5),
        ("engine", 3), ("callbacks", None), ("validation_data", "half"), ("n_iter_no_change", 0), ("progress", "bar"),
    ],
)  # fmt: skip
def test_a_value_outside_its_domain_is_named_as_scikit_learn_names_it(name, value):
    X, y = iris_like()
    with pytest.raises(InvalidParameterError, match=f"The '{name}' parameter of NetworkClassifier must be"):
        NetworkClassifier(**{name: value}).fit(X, y)


@pytest.mark.parametrize("value", ["hinge", 3])
def test_an_unknown_loss_is_refused(value):
    with pytest.raises(InvalidParameterError, match="The 'loss' parameter of NetworkRegressor"):
        NetworkRegressor(value).fit(*numbers())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hidden_layer_sizes": (3, 0)}, "hidden_layer_sizes must be > 0, got"),
        ({"hidden_layer_sizes": (5.7,)}, "hidden_layer_sizes are whole numbers"),
        ({"hidden_layer_sizes": (True,)}, "hidden_layer_sizes are whole numbers"),
        ({"hidden_layer_sizes": ((5, 3),)}, "hidden_layer_sizes are whole numbers"),
        ({"hidden_layer_sizes": (5, None)}, "hidden_layer_sizes are whole numbers"),
        ({"dtype": "float16"}, "dtype is None, 'float32' or 'float64'; got 'float16'"),
        ({"engine": "abacus"}, "no engine 'abacus'"),
        ({"activation": ["tanh"]}, "one entry for each of the 2 hidden ranks; got 1"),
        ({"activation": {"nobody": "tanh"}}, "'nobody' is not among them"),
        ({"validation_data": (1, 2, 3, 4, 5)}, r"\(X, y, weight\) or \(X, y, weight, offset\); got 5 parts"),
        ({"early_stopping": True, "validation_fraction": 0.01}, "The validation set is too small"),
    ],
)
def test_an_option_that_does_not_fit_says_why(options, message):
    X, y = numbers()
    with pytest.raises(HassenetError, match=message):
        NetworkRegressor(**{"hidden_layer_sizes": (4, 3), "max_iter": 2, **options}, random_state=0).fit(X, y)


@pytest.mark.parametrize(
    "activation", ["leaky_relu", "sigmoid", "logistic", "softplus", "elu", "gelu", "silu"]
)
def test_every_activation_can_be_trained_with(activation):
    X, y = iris_like()
    assert (
        fitted(NetworkClassifier((9,), activation, learning_rate_init=0.03, random_state=0), X, y).score(X, y)
        > 0.85
    )


@pytest.mark.parametrize("solver", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("learning_rate", ["constant", "invscaling", "adaptive", "cosine", "one_cycle"])
def test_every_solver_goes_with_every_rate(solver, learning_rate):
    X, y = iris_like()
    options = {
        "solver": solver,
        "learning_rate": learning_rate,
        "learning_rate_init": 0.1,
        "power_t": 0.1,
        "max_iter": 60,
    }
    assert fitted(NetworkClassifier((9,), random_state=0, **options), X, y).score(X, y) > 0.85


def test_a_cosine_ends_at_rate_zero_and_one_cycle_rises_first():
    X, y = iris_like()
    rates = {
        name: [
            e.rate
            for e in fitted(
                NetworkClassifier(learning_rate=name, max_iter=20, tol=0, random_state=0), X, y
            ).history_
        ]
        for name in ("cosine", "one_cycle")
    }
    assert rates["cosine"] == sorted(rates["cosine"], reverse=True)
    assert rates["cosine"][-1] < 1e-4
    assert np.argmax(rates["one_cycle"]) == 6
    assert max(rates["one_cycle"]) == pytest.approx(0.001)


def test_each_rank_and_each_element_can_have_its_own_activation():
    X, y = iris_like()
    by_rank = fitted(
        NetworkClassifier((3, 2), ["logistic", ["tanh", "relu"]], max_iter=2, random_state=0), X, y
    )
    assert [str(G) for G in by_rank.network_.activations] == ["sigmoid", "tanh|relu", "softmax"]
    by_name = fitted(
        NetworkClassifier(
            hierarchy=pairs_of_neighbours, activation={"all": "tanh"}, max_iter=2, random_state=0
        ),
        X,
        y,
    )
    position = by_name.hierarchy_.position("all")
    assert by_name.network_.activations[1].names[position] == "tanh"


def test_no_hidden_rank_is_logistic_regression():
    from sklearn.linear_model import LogisticRegression

    X, y = iris_like(2)
    network = NetworkClassifier((), solver="lbfgs", alpha=2.0, tol=1e-9, max_iter=1000, random_state=0).fit(
        X, y
    )
    textbook = LogisticRegression(C=0.5, tol=1e-9, max_iter=1000).fit(X, y)
    np.testing.assert_allclose(network.coefs_[0].T, textbook.coef_, atol=1e-4)
    np.testing.assert_allclose(network.intercepts_[0], textbook.intercept_, atol=1e-4)


def test_an_l1_penalty_makes_weights_exactly_zero():
    X, y = iris_like()
    for solver in ("sgd", "adam", "lbfgs"):
        options = {"solver": solver, "learning_rate_init": 0.05, "max_iter": 100, "random_state": 0}
        weights = [fitted(NetworkClassifier((9,), l1=l1, **options), X, y).coefs_[0] for l1 in (0.0, 3.0)]
        assert np.sum(weights[0] == 0) == 0
        assert np.sum(weights[1] == 0) > 5


def test_the_solver_adamw_decays_weights():
    X, y = iris_like()
    options = {"solver": "adamw", "max_iter": 50, "learning_rate_init": 0.05, "random_state": 0}
    small, large = (
        fitted(NetworkClassifier((9,), weight_decay=decay, **options), X, y) for decay in (0.5, 0.0)
    )
    assert np.linalg.norm(small.coefs_[0]) < np.linalg.norm(large.coefs_[0])


def test_the_type_follows_the_data_or_the_parameter():
    for given, asked, got in [
        ("float32", None, "float32"), ("float64", None, "float64"), ("int64", None, "float64"),
        ("float64", "float32", "float32"), ("float32", np.float64, "float64"), ("float64", np.dtype("f4"), "float32"),
    ]:  # fmt: skip
        X, y = iris_like(dtype=given)
        clf = fitted(NetworkClassifier((3,), dtype=asked, max_iter=2, random_state=0), X, y)
        assert clf.network_.dtype == clf.predict_proba(X).dtype == clf.transform(X).dtype == got


def test_constructors_keep_what_they_are_given():
    H = Hierarchy.subsets(3)
    clf = NetworkClassifier(hierarchy=H, callbacks=[print])
    assert clf.get_params()["hierarchy"] is H
    assert "hierarchy" in repr(clf)
    assert repr(NetworkClassifier()) == "NetworkClassifier()"


def test_an_estimator_with_lbfgs_has_no_partial_fit():
    assert not hasattr(NetworkClassifier(solver="lbfgs"), "partial_fit")
    assert not hasattr(NetworkRegressor(solver="lbfgs"), "partial_fit")
    assert hasattr(NetworkRegressor(solver="adamw"), "partial_fit")


def test_partial_fit_refuses_early_stopping():
    with pytest.raises(ParameterError, match="partial_fit does not support early_stopping=True"):
        NetworkRegressor(early_stopping=True).partial_fit(*numbers())
