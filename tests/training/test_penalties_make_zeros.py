"""L1 by its proximal step: exact zeros, and the conditions of optimality (Karush–Kuhn–Tucker) at the end."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Lasso

import textbook
from hassenet import testing as ht
from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import LBFGS, SGD, Adam, AdamW, Momentum, Nesterov
from hassenet.penalties import L1, L2, ElasticNet
from hassenet.schedules import Cosine
from hassenet.training import fit
from hassenet.training.objective import cost, gradient

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 6))
Y = X[:, [0]] * 2 - X[:, [1]] + 0.5 + 0.1 * RNG.standard_normal((60, 1))
LINEAR = Network(Hierarchy.complete(6, 1), dtype="float64", seed=0)
RULES = [
    (SGD(0.2), 1000),
    (Momentum(0.01), 400),
    (Nesterov(0.01), 400),
    (Adam(Cosine(0.05)), 1500),
    (LBFGS(tol=1e-12, cost_tol=0.0), 400),
]


def assert_optimal(weights, slope, l1, l2, tolerance):
    """0 ∈ ∂(J + λ₁‖w‖₁): where w = 0 the smooth slope is at most λ₁, elsewhere it is −λ₁ sign(w)."""
    slope = slope + l2 * weights
    zero = weights == 0
    assert zero.any()
    assert (~zero).any()
    assert (abs(slope[zero]) <= l1 + tolerance).all()
    np.testing.assert_allclose(slope[~zero], -l1 * np.sign(weights[~zero]), atol=tolerance)


@pytest.mark.parametrize(("optimizer", "epochs"), RULES)
@pytest.mark.parametrize(("penalty", "l1", "l2"), [(L1(0.6), 0.6, 0.0), (ElasticNet(0.6, 0.2), 0.6, 0.2)])
def test_weights_become_exactly_0_and_the_optimum_is_reached(optimizer, epochs, penalty, l1, l2, engine):
    run = fit(LINEAR, X, Y, penalty=penalty, optimizer=optimizer, batch_size=60, epochs=epochs, engine=engine)
    W = run.network.weights[0][0]
    plain = gradient(run.network, X, Y)
    assert_optimal(W, plain.gradient.weights[0][0], l1, l2, 1e-4)
    assert abs(plain.gradient.biases[0]).max() < 1e-4
    assert (W[2:] == 0).all()


@pytest.mark.parametrize(("optimizer", "epochs"), RULES)
def test_the_lasso_of_scikit_learn_has_the_same_weights(optimizer, epochs, engine):
    """scikit-learn halves the squares: J = 2 (its objective) with λ = 2α."""
    run = fit(LINEAR, X, Y, penalty=L1(0.6), optimizer=optimizer, batch_size=60, epochs=epochs, engine=engine)
    lasso = Lasso(alpha=0.3, tol=1e-12, max_iter=100_000, random_state=0).fit(X, Y[:, 0])
    np.testing.assert_allclose(run.network.weights[0][0], lasso.coef_, atol=1e-4)
    np.testing.assert_allclose(run.network.biases[0][0], lasso.intercept_, atol=1e-4)


@pytest.mark.parametrize(
    "optimizer", [SGD(0.2), Momentum(0.02), Nesterov(0.02), Adam(0.01), LBFGS(cost_tol=0.0)]
)
def test_training_that_starts_at_the_optimum_stays_there(optimizer, engine):
    best = fit(
        LINEAR, X, Y, penalty=L1(0.6), optimizer=LBFGS(tol=1e-12, cost_tol=0.0), epochs=400, engine=engine
    ).network
    assert (best.weights[0] < 0).any()
    after = fit(
        best, X, Y, penalty=L1(0.6), optimizer=optimizer, batch_size=60, epochs=1, engine=engine
    ).network
    np.testing.assert_allclose(after.theta, best.theta, atol=1e-6)


@pytest.mark.parametrize(("optimizer", "epochs"), RULES)
def test_a_hidden_layer_meets_the_conditions_too_and_relays_and_biases_are_spared(optimizer, epochs, engine):
    H = Hierarchy.random((6, 4), covers=(12,), seed=2).crown(["y"])
    assert not H.relays(1).any()
    H = Hierarchy.from_covers(
        [*[(p, q) for q in H.ranks[1] for p in H.below(q)], (H.ranks[1][0], "top")]
    ).crown(["y"])
    assert H.relays(2).any()
    net = Network(H, hidden="tanh", dtype="float64", seed=0)
    X0 = X[:, [int(str(e)[1:]) for e in H.ranks[0]]]
    data = X0, np.tanh(X0[:, [0]] - X0[:, [3]])
    run = fit(
        net, *data, penalty=L1(0.02), optimizer=optimizer, batch_size=60, epochs=3 * epochs, engine=engine
    )
    plain = gradient(run.network, *data).gradient
    masks = textbook.masks(H)
    weights = np.concatenate([textbook.dense(W)[m] for W, m in zip(run.network.weights, masks, strict=True)])
    slope = np.concatenate([textbook.dense(W)[m] for W, m in zip(plain.weights, masks, strict=True)])
    assert_optimal(weights, slope, 0.02, 0.0, 5e-4)
    for i in range(H.depth):
        relays = H.relays(i + 1)
        assert abs(plain.biases[i][~relays]).max(initial=0) < 5e-4
        covers = H.covers(i).toarray()[relays]
        assert (textbook.dense(run.network.weights[i])[relays] == covers).all()


@pytest.mark.parametrize("optimizer", [SGD(0.1), Momentum(0.05), Adam(0.01), AdamW(0.01, decay=0.0)])
@pytest.mark.parametrize("penalty", [L1(1e3), L2(1.0), ElasticNet(1e3, 1.0)])
def test_a_bias_without_a_slope_of_its_own_is_left_where_it_is_by_every_penalty(optimizer, penalty, engine):
    """With Y = N(X) the loss has no slope, so all that moves moves by the penalty: the weights, never the biases."""
    X0 = np.zeros((4, 6))  # weights see nothing, the bias fits exactly
    net = LINEAR.with_parameters(LINEAR.weights, [[0.7]])
    run = fit(
        net,
        X0,
        np.full((4, 1), 0.7),
        penalty=penalty,
        optimizer=optimizer,
        batch_size=4,
        epochs=3,
        engine=engine,
    )
    assert run.network.biases[0][0] == 0.7
    assert (abs(run.network.weights[0]) < abs(net.weights[0])).all()


@given(w=st.lists(st.floats(-5, 5), min_size=1, max_size=6), step=st.floats(0, 2), l1=st.floats(0, 2))
def test_the_proximal_step_minimises_what_it_should(w, step, l1):
    """prox(w) = argmin ½(v − w)² + step·λ|v|, checked against a fine grid."""
    w = np.array(w)
    v = L1(l1).shrink(w, step)
    grid = np.linspace(-6, 6, 2401)[:, None]

    def objective(v):
        return (v - w) ** 2 / 2 + step * l1 * abs(v)

    assert (objective(v) <= objective(grid).min(axis=0) + 1e-9).all()


@pytest.mark.parametrize("penalty", [L2(0.4), L1(0.4), ElasticNet(0.3, 0.5)])
def test_the_cost_holds_the_value_of_the_penalty(penalty):
    W = LINEAR.weights[0]
    expected = {
        L2: 0.2 * (W**2).sum(),
        L1: 0.4 * abs(W).sum(),
        ElasticNet: 0.3 * abs(W).sum() + 0.25 * (W**2).sum(),
    }
    assert cost(LINEAR, X, Y, penalty=penalty) - cost(LINEAR, X, Y) == pytest.approx(expected[type(penalty)])


@pytest.mark.parametrize(
    "make", [lambda: L2(-1.0), lambda: L1(np.nan), lambda: ElasticNet(0.1, -0.1), lambda: L2(np.inf)]
)
def test_a_strength_below_0_or_not_finite_is_refused(make):
    with pytest.raises(ParameterError, match="penalty is a finite number ≥ 0; got"):
        make()


def test_an_elastic_net_with_one_part_is_the_other_penalty(engine):
    data = ht.random_array(8, 6, seed=3), ht.random_array(8, 1, seed=4)
    for one, other in ((ElasticNet(0.0, 0.3), L2(0.3)), (ElasticNet(0.3, 0.0), L1(0.3))):
        a, b = (fit(LINEAR, *data, penalty=R, epochs=3, engine=engine) for R in (one, other))
        np.testing.assert_allclose(a.network.theta, b.network.theta, rtol=1e-12)
        np.testing.assert_allclose(a.costs, b.costs, rtol=1e-12)
