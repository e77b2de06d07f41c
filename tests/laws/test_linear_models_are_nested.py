"""Outputs that look at the features too: a linear model is a part of the network, and no fit is worse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression, Ridge

import calls
from hassenet import testing as ht
from hassenet.estimators import NetworkClassifier
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.network import Network
from hassenet.network.elements import Elements
from hassenet.optimizers import LBFGS
from hassenet.penalties import L2
from hassenet.shaping import Unit, widen
from hassenet.training import fit
from hassenet.training.objective import cost

M, RNG = 60, np.random.default_rng(2)
BARE = Hierarchy.random((5, 4, 2), covers=(8, 4), seed=0)
X = RNG.standard_normal((M, 5))
SCORES = X @ RNG.standard_normal((5, 3)) + RNG.logistic(size=(M, 3))
# output activation, targets, scikit-learn's model, λ of its penalty in the means of J
MODELS = {
    "logistic": (
        "sigmoid",
        (SCORES[:, 0] > 0).astype(int),
        LogisticRegression(C=0.5, tol=1e-10, max_iter=10_000),
        1 / (0.5 * M),
    ),
    "multinomial": (
        "softmax",
        SCORES.argmax(1),
        LogisticRegression(C=0.5, tol=1e-10, max_iter=10_000),
        1 / (0.5 * M),
    ),
    "ridge": ("identity", SCORES[:, 0], Ridge(alpha=3.0, tol=1e-14), 2 * 3.0 / M),
}
each_model = pytest.mark.parametrize("model", MODELS)


def network(output, neurons=1):
    outputs = ["a", "b", "c"] if output == "softmax" else ["a"]
    H = widen(BARE.crown(outputs, over="features"), neurons).hierarchy
    return Network(H, hidden="tanh", output=output, dtype="float64", seed=1)


def linear(net, coef, intercept):
    """The network whose outputs read the features by these weights, and hidden elements not at all."""
    W, b = [np.zeros_like(w) if isinstance(w, np.ndarray) else 0 * w for w in net.weights], list(net.biases)
    W[:-1], b[-1] = net.weights[:-1], np.broadcast_to(intercept, b[-1].shape)
    place = {e: k for k, e in enumerate(net.hierarchy.ranks[-2])}
    columns = [place[Relay(x, net.plan.depth - 1)] for x in net.hierarchy.ranks[0]]
    W[-1] = np.zeros(W[-1].shape)
    W[-1][:, columns] = coef
    return net.with_parameters(W, b)


@each_model
@pytest.mark.parametrize("neurons", [1, 3])
def test_without_weights_from_hidden_elements_the_network_is_the_linear_model(engine, model, neurons):
    output, y, sklearns, _ = MODELS[model]
    sklearns.fit(X, y)
    net = linear(network(output, neurons), np.atleast_2d(sklearns.coef_), sklearns.intercept_)
    found = calls.value(engine, net, X)
    predict = sklearns.predict if model == "ridge" else sklearns.predict_proba
    expected = predict(X) if model == "ridge" else predict(X)[:, -found.shape[1] :]
    np.testing.assert_allclose(found, expected.reshape(found.shape), rtol=1e-12, atol=1e-12)


@each_model
def test_a_fit_costs_no_more_than_the_linear_model_at_its_optimum(engine, model):
    output, y, sklearns, strength = MODELS[model]
    sklearns.fit(X, y)
    start, penalty = network(output), L2(strength)
    best = linear(start, np.atleast_2d(sklearns.coef_), sklearns.intercept_)
    best = best.with_theta(
        np.where(np.arange(best.n_parameters) < best.plan.weights[-1].start, 0, best.theta)
    )
    options = {"penalty": penalty, "optimizer": LBFGS(), "epochs": 500, "engine": engine}
    assert cost(fit(start, X, y, **options).network, X, y, penalty=penalty) <= (
        cost(best, X, y, penalty=penalty) + 1e-6
    )


@given(H=ht.skipping_hierarchies(), outputs=st.sampled_from([["y"], ["y", "z"]]))
def test_the_parameters_are_those_of_the_covers_alone_however_many_relays_carry_them(H, outputs):
    over_all, net = (Network(H.crown(outputs, over=over)) for over in ("all", "features"))
    covered = [x for x in H.ranks[0] if H.above(x)]
    assert net.n_parameters == over_all.n_parameters + len(covered) * len(outputs)
    elements = Elements.of(net)
    assert not any(isinstance(e, Relay) for e in elements.names)
    read = [elements.names[j] for k, j in zip(*elements.links[:2], strict=True) if elements.names[k] == "y"]
    assert sorted(map(str, read)) == sorted(map(str, elements.names[: -len(outputs)]))


def test_an_estimator_puts_its_outputs_over_the_features_too():
    model = NetworkClassifier(hierarchy=BARE, heads="features", tol=1e3, n_iter_no_change=1, random_state=0)
    model.fit(X, MODELS["logistic"][1])
    below = model.hierarchy_.below(model.hierarchy_.ranks[-1][0])
    assert {e.source if isinstance(e, Relay) else e for e in below} == {
        e for rank in BARE.ranks for e in rank
    }


def test_neurons_of_an_element_leave_the_features_as_they_are():
    wide = widen(BARE.crown(["y"], over="features"), 3).hierarchy
    sources = [e.source if isinstance(e, Relay) else e for e in wide.below("y")]
    assert sum(isinstance(e, Unit) for e in sources) == 3 * 6
    assert set(BARE.ranks[0]) <= set(sources)
