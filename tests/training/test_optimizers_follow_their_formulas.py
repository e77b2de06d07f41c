"""Each rule makes the steps of its formula, on gradients that HIPS autograd takes of the textbook's network."""

from __future__ import annotations

import numpy as np
import pytest

import textbook
from hassenet import testing as ht
from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import LBFGS, SGD, Adam, AdamW, Momentum, Nesterov
from hassenet.penalties import L2
from hassenet.training import fit
from hassenet.training.objective import cost, gradient

H = Hierarchy.random((3, 4, 2), covers=(7, 6), seed=1)
NET = Network(H, hidden="tanh", dtype="float64", seed=1)
NET = NET.with_theta(NET.theta + 0.1)
X, Y = ht.random_array(6, 3, seed=0), ht.random_array(6, 2, seed=1)
LAMBDA = 0.05
T = 7  # steps


def flat(weights, biases):
    """The textbook's matrices as a vector laid out like θ."""
    return NET.with_parameters(
        [np.where(mask, W, 0) for W, mask in zip(weights, textbook.masks(H), strict=True)], biases
    ).theta


def slope(theta, rows=slice(None), l2=0.0):
    """∂J/∂θ by autodiff."""
    return flat(
        *textbook.cost_gradient(
            textbook.LOSSES["squared_error"],
            ["tanh", "identity"],
            textbook.full(NET.with_theta(theta)),
            X[rows],
            Y[rows],
            l2=l2,
            free=textbook.masks(H),
        )
    )


IS_WEIGHT = flat([np.ones((4, 3)), np.ones((2, 4))], [np.zeros(4), np.zeros(2)]) == 1


def sgd(theta, rates):
    for rate in rates:
        theta = theta - rate * slope(theta)
    return theta


def momentum(theta, rates, mu=0.8):
    v = 0.0
    for rate in rates:
        v = mu * v - rate * slope(theta)
        theta = theta + v
    return theta


def nesterov(theta, rates, mu=0.8):
    v = 0.0
    for rate in rates:
        g = slope(theta)
        v = mu * v - rate * g
        theta = theta + mu * v - rate * g
    return theta


def adam(theta, rates, decay=0.0):
    m = v = 0.0
    for t, rate in enumerate(rates, start=1):
        g = slope(theta)
        m, v = 0.7 * m + 0.3 * g, 0.95 * v + 0.05 * g**2
        step = rate * (m / (1 - 0.7**t)) / np.sqrt(v / (1 - 0.95**t))
        theta = theta - step - rate * decay * IS_WEIGHT * theta
    return theta


RULES = {
    "sgd": (SGD, sgd, {}),
    "momentum": (Momentum, momentum, {"momentum": 0.8}),
    "nesterov": (Nesterov, nesterov, {"momentum": 0.8}),
    "adam": (Adam, adam, {"beta1": 0.7, "beta2": 0.95, "epsilon": 1e-15}),
    "adamw": (
        AdamW,
        lambda theta, rates: adam(theta, rates, decay=0.3),
        {"beta1": 0.7, "beta2": 0.95, "epsilon": 1e-15, "decay": 0.3},
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_the_steps_are_those_of_the_formula(name, engine):
    rule, formula, options = RULES[name]
    run = fit(NET, X, Y, optimizer=rule(0.03, **options), batch_size=6, epochs=T, engine=engine)
    np.testing.assert_allclose(run.network.theta, formula(NET.theta, [0.03] * T), rtol=1e-8, atol=1e-9)


def test_momentum_0_is_plain_descent(engine):
    plain, *others = (
        fit(NET, X, Y, optimizer=rule, batch_size=2, epochs=2, engine=engine).network.theta
        for rule in (SGD(0.1), Momentum(0.1, momentum=0.0), Nesterov(0.1, momentum=0.0))
    )
    for other in others:
        np.testing.assert_allclose(other, plain, rtol=1e-12)


def test_adamw_without_decay_is_adam_and_decay_spares_biases(engine):
    none, some = (
        fit(NET, X, Y, optimizer=AdamW(0.01, decay=d), batch_size=6, epochs=1, engine=engine).network.theta
        for d in (0.0, 0.5)
    )
    plain = fit(NET, X, Y, optimizer=Adam(0.01), batch_size=6, epochs=1, engine=engine).network.theta
    np.testing.assert_allclose(none, plain, rtol=1e-12)
    np.testing.assert_allclose(plain - some, 0.01 * 0.5 * IS_WEIGHT * NET.theta, atol=1e-12)


def test_the_penalty_is_part_of_the_gradient(engine):
    run = fit(NET, X, Y, penalty=L2(LAMBDA), optimizer=SGD(0.03), batch_size=6, epochs=1, engine=engine)
    np.testing.assert_allclose(run.network.theta, NET.theta - 0.03 * slope(NET.theta, l2=LAMBDA), rtol=1e-10)


def test_without_shuffling_the_batches_follow_the_rows_and_the_last_one_may_be_smaller(engine):
    theta, costs = NET.theta, []
    for rows in (slice(0, 4), slice(4, 6)) * 2:
        costs.append(cost(NET.with_theta(theta), X[rows], Y[rows]))
        theta = theta - 0.03 * slope(theta, rows)
    run = fit(NET, X, Y, optimizer=SGD(0.03), batch_size=4, epochs=2, shuffle=False, engine=engine)
    np.testing.assert_allclose(run.network.theta, theta, rtol=1e-9)
    np.testing.assert_allclose(run.costs, costs, rtol=1e-9)
    np.testing.assert_allclose(
        [row.cost for row in run.history], [(4 * a + 2 * b) / 6 for a, b in (costs[:2], costs[2:])]
    )


def test_shuffled_epochs_use_every_example_once(engine):
    """With a constant cost of its own for each example, an epoch's costs reveal the batches."""
    constant = Network(Hierarchy.complete(1, 1), dtype="float64").with_parameters([[[0.0]]], [[0.0]])
    y = np.sqrt(2.0 ** np.arange(12))
    run = fit(constant, np.zeros((12, 1)), y, optimizer=SGD(1e-300), batch_size=5, epochs=3, engine=engine)
    sums = np.round(run.costs.reshape(3, 3) * [5, 5, 2]).astype(int)
    assert (sums.sum(axis=1) == 2**12 - 1).all()
    assert len({tuple(row) for row in sums.tolist()}) == 3


@pytest.mark.parametrize(
    "make",
    [
        lambda: SGD(0.0),
        lambda: SGD(-0.1),
        lambda: SGD(np.nan),
        lambda: SGD(np.inf),
        lambda: SGD("fast"),
        lambda: Momentum(0.1, momentum=1.5),
        lambda: Nesterov(0.1, momentum=-0.1),
        lambda: Adam(0.1, beta1=1.0),
        lambda: Adam(0.1, beta2=-0.1),
        lambda: Adam(0.1, epsilon=-1e-8),
        lambda: AdamW(0.1, decay=-1.0),
        lambda: LBFGS(tol=-1.0),
    ],
)
def test_an_option_outside_its_domain_is_refused_with_what_was_given(make):
    with pytest.raises(ParameterError, match="got"):
        make()


# ------------------------------------------------------------------ L-BFGS


def test_lbfgs_finds_the_minimum_of_a_convex_problem(engine):
    linear = Network(Hierarchy.complete(3, 2), dtype="float64")
    run = fit(linear, X, Y, optimizer=LBFGS(tol=1e-10), epochs=200, engine=engine)
    A = np.column_stack([X, np.ones(6)])
    best = np.linalg.lstsq(A, Y, rcond=None)[0]
    np.testing.assert_allclose(
        np.column_stack([run.network.weights[0], run.network.biases[0]]), best.T, atol=1e-4
    )
    assert run.stopped == "converged"
    assert len(run.costs) == len(run.history)


def test_lbfgs_lowers_the_whole_cost_and_reports_it(engine):
    run = fit(NET, X, Y, penalty=L2(LAMBDA), optimizer=LBFGS(), epochs=30, engine=engine)
    assert (np.diff(run.costs) <= 1e-12).all()
    assert run.costs[-1] == pytest.approx(cost(run.network, X, Y, penalty=L2(LAMBDA)))
    assert run.costs[-1] < cost(NET, X, Y, penalty=L2(LAMBDA))


@pytest.mark.parametrize("tol", [1e-3, 1e-5, 1e-7])
def test_lbfgs_converges_only_where_no_slope_is_larger_than_tol(engine, tol):
    run = fit(NET, X, Y, penalty=L2(LAMBDA), optimizer=LBFGS(tol=tol), epochs=2000, engine=engine)
    assert run.stopped == "converged"
    assert abs(gradient(run.network, X, Y, penalty=L2(LAMBDA)).gradient.vector).max() <= tol


def test_lbfgs_that_ends_because_the_cost_is_flat_is_stalled(engine):
    run = fit(
        NET, X, Y, penalty=L2(LAMBDA), optimizer=LBFGS(tol=1e-12, cost_tol=1e-3), epochs=2000, engine=engine
    )
    assert run.stopped == "stalled"
    assert abs(gradient(run.network, X, Y, penalty=L2(LAMBDA)).gradient.vector).max() > 1e-12


def test_lbfgs_stops_at_its_number_of_iterations(engine):
    few = fit(NET, X, Y, optimizer=LBFGS(max_iter=3, tol=0.0), epochs=50, engine=engine)
    assert (len(few.history), few.stopped) == (3, "epochs")
    assert len(fit(NET, X, Y, optimizer=LBFGS(tol=0.0), epochs=2, engine=engine).history) == 2


def test_lbfgs_takes_sample_weights_as_copies(engine):
    copies, tight = np.array([1, 2, 0, 3, 1, 1]), LBFGS(tol=1e-10, cost_tol=0.0)
    linear = Network(Hierarchy.complete(3, 2), dtype="float64")
    weighted = fit(linear, X, Y, optimizer=tight, epochs=200, sample_weight=copies, engine=engine)
    copied = fit(linear, X.repeat(copies, 0), Y.repeat(copies, 0), optimizer=tight, epochs=200, engine=engine)
    np.testing.assert_allclose(weighted.network.theta, copied.network.theta, atol=1e-6)
