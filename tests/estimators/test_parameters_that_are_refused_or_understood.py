"""What is given for an activation, a class weight or a part to judge by is understood, or refused by its own rule."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from hassenet import NetworkClassifier, NetworkRegressor
from hassenet.activations import own
from hassenet.errors import HassenetWarning, ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.training import cost

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = X[:, 0] + 0.1 * RNG.normal(size=60)
QUICK = {"hidden_layer_sizes": (3,), "max_iter": 2, "random_state": 0}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def bump(s):
    return np.exp(-s * s)


def slope_of_bump(s, x):
    return -2 * s * x


@pytest.mark.parametrize("estimator", [NetworkClassifier, NetworkRegressor])
def test_an_activation_of_ones_own_is_taken_by_its_name_and_as_a_network_shows_it(estimator):
    bell = own("bell_of_a_test", bump, slope_of_bump)
    y = Y > 0 if estimator is NetworkClassifier else Y
    net = Network(Hierarchy.complete(3, 3, 1), hidden=bell)
    fits = [estimator(activation=G, **QUICK).fit(X, y) for G in (bell, bell.name, net.activations[0])]
    assert {fit.network_.activations[0] for fit in fits} == {net.activations[0]}
    assert len({fit.network_.theta.tobytes() for fit in fits}) == 1
    again = pickle.loads(pickle.dumps(fits[0]))
    np.testing.assert_array_equal(again.predict(X), fits[0].predict(X))
    with pytest.raises(ValueError, match="'bell_of_a_test'.*Got 'no such' instead"):
        estimator(activation="no such", **QUICK).fit(X, y)


def test_the_activations_that_a_network_shows_make_another_one():
    H = Hierarchy.complete(3, 4, 2, 1)
    net = Network(H, hidden=["tanh", ["relu", "silu"]], output="sigmoid")
    assert Network(H, hidden=net.activations[:-1], output=net.activations[-1]).activations == net.activations
    assert Network(H, hidden=net.activations[0]).activations[1].uniform == "tanh"
    with pytest.raises(ParameterError, match="one activation goes to all elements here; got 'relu', 'silu'"):
        Network(H, hidden=net.activations[1])


@pytest.mark.parametrize("function", [np.tanh, lambda s: s])
def test_a_function_without_a_derivative_is_not_an_activation(function):
    H = Hierarchy.complete(3, 3, 1)
    for make in (
        lambda: Network(H, hidden=function),
        lambda: Network(H, hidden=[function]),
        lambda: Network(H, output=function),
        lambda: Network(H, hidden={"h1_0": function}),
        lambda: NetworkRegressor(activation=function, **QUICK).fit(X, Y),
    ):
        with pytest.raises(
            ParameterError, match=r"a derivative beside its value.*make one of it: activations\.own"
        ):
            make()


def test_every_call_says_that_the_engine_asked_for_does_not_know_a_function():
    net = Network(Hierarchy.complete(3, 3, 1), hidden=own("bell_of_a_cost", bump, slope_of_bump))
    with pytest.warns(HassenetWarning, match="engine='native' does not know the activation 'bell_of_a_cost'"):
        cost(net, X, Y, engine="native")


@pytest.mark.parametrize("weight", [-1, np.nan, np.inf, "1", None, True])
@pytest.mark.parametrize("beside", [{}, {"alpha": 0}, {"early_stopping": True}])
def test_a_class_weight_is_a_number_that_is_not_negative(weight, beside):
    given = {"a": weight, "b": 1}
    with pytest.raises(ParameterError, match=r"a class weight is a finite number ≥ 0; that of 'a' is"):
        NetworkClassifier(class_weight=given, **QUICK, **beside).fit(X, np.where(Y > 0, "a", "b"))


def test_class_weights_are_mappings():
    with pytest.raises(ParameterError, match=r"a mapping from class to weight.*got \[1, 2\]"):
        NetworkClassifier(class_weight=[1, 2], **QUICK).fit(X, Y > 0)


def test_where_one_of_several_targets_does_not_vary_among_those_set_aside_the_loss_is_the_score():
    both = np.column_stack([Y, np.r_[np.ones(59), 2]])
    fit = NetworkRegressor(early_stopping=True, **QUICK)
    with pytest.warns(
        HassenetWarning, match="of one target in the column 1 of Y; the score is minus the mean loss"
    ):
        fit.fit(X, both)
    assert max(fit.validation_scores_) < 0
