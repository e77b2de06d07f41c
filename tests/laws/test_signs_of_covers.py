"""Weights keep the signs of their covers: after every step, in every engine, at the optimum that bounds have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear, nnls

import calls
import hassenet as hn
from hassenet import testing as ht
from hassenet.engines import formulas
from hassenet.errors import ParameterError
from hassenet.likelihoods import SquaredError
from hassenet.network import monotone, oriented
from hassenet.network.folding import fold_features, fold_standardisation
from hassenet.network.orientation import Orientation
from hassenet.penalties import Elements
from hassenet.training import refit_output

RULES = [hn.SGD(0.3), hn.Momentum(0.1), hn.Nesterov(0.1), hn.Adam(0.1), hn.AdamW(0.1, decay=0.1)]
PENALTIES = [None, hn.ElasticNet(0.02, 0.05), Elements(0.05)]
each_rule = pytest.mark.parametrize("optimizer", RULES, ids=lambda rule: type(rule).__name__)
each_penalty = pytest.mark.parametrize("penalty", PENALTIES, ids=["plain", "elastic", "elements"])


def signed(H, seed=0):
    """Every cover that is not a relay's has a sign, or is free."""
    rng = np.random.default_rng(seed)
    signs = {(low, up): rng.choice([-1, 0, 1]) for low, up in covers(H)}
    return H.with_signs(signs)


def covers(H):
    return [(low, up) for i in range(1, H.depth + 1) for up, is_relay in zip(H.ranks[i], H.relays(i), strict=True)
            if not is_relay for low in H.below(up)]  # fmt: skip


def keeps(net):
    return bool((net.plan.signs * net.theta >= 0).all())


H = signed(hn.Hierarchy.random((9, 8, 7), density=0.4, seed=2).crown(["a", "b"], over="features"))
X, Y = ht.random_array(60, 9, seed=0), ht.random_array(60, 2, seed=1)
LINE = hn.Hierarchy.complete(5, 1).with_signs(
    {("x0", "y0"): 1, ("x1", "y0"): 1, ("x2", "y0"): -1, ("x3", "y0"): -1}
)
Z = ht.random_array(30, 5, seed=3)
t = Z @ [1.0, -0.8, 0.7, -0.9, 0.5] + 0.1 * ht.random_array(30, seed=4)


@each_rule
@each_penalty
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_weight_never_has_another_sign_than_its_cover(engine, optimizer, penalty, dtype):
    net = hn.Network(H, "tanh", dtype=dtype, seed=1)
    seen = []
    hn.fit(
        net, X, Y, penalty=penalty, optimizer=optimizer, batch_size=60, epochs=6, dropout=0.2, engine=engine,
        callbacks=[lambda _, now: seen.append(now)],
    )  # fmt: skip
    assert all(map(keeps, [net, *seen]))
    assert len(seen) == 6
    assert any((now.theta[now.plan.signs != 0] == 0).any() for now in seen)


@each_rule
@each_penalty
def test_engines_agree_on_steps_that_keep_signs(engine, optimizer, penalty):
    net = hn.Network(H, "tanh", dtype="float64", seed=1)
    goal = calls.goal(net, SquaredError(), penalty)
    found = []
    for name in (engine, "reference"):
        theta = net.theta.copy()
        options = {"optimizer": optimizer, "rates": np.full(8, 0.1), "batch_size": 16}
        calls.train(name, goal, theta, optimizer.init(theta), X, Y, None, np.arange(120) % 60, **options)
        found.append(theta)
    np.testing.assert_allclose(*found, rtol=1e-9, atol=1e-12)


OTHERS = {
    "L-BFGS": {"optimizer": hn.LBFGS()},
    "L-BFGS with L1": {"optimizer": hn.LBFGS(), "penalty": hn.L1(0.02)},
    "normalised": {"normalise": True, "optimizer": hn.Adam(0.1)},
}


@pytest.mark.parametrize("options", OTHERS.values(), ids=OTHERS)
def test_trainings_of_other_kinds_keep_signs_too(options):
    run = hn.fit(hn.Network(H, "tanh", dtype="float64", seed=1), X, Y, epochs=8, **options)
    assert keeps(run.network)
    again = hn.fit(run.network, X, Y, epochs=2, state=run.state, **options)
    assert keeps(again.network)


SOLVERS = [hn.LBFGS(tol=1e-9), hn.SGD(0.3), hn.Nesterov(0.1)]


@pytest.mark.parametrize("optimizer", SOLVERS, ids=lambda rule: type(rule).__name__)
def test_a_linear_network_comes_to_the_least_squares_of_bounds(engine, optimizer):
    free = np.array([np.inf] * 6)
    low, high = np.array([0, 0, -np.inf, -np.inf, -np.inf, -np.inf]), np.array([*free[:2], 0, 0, *free[:2]])
    expected = lsq_linear(np.c_[Z, np.ones(30)], t, (low, high), method="bvls", tol=1e-14).x
    net = hn.Network(LINE, dtype="float64", seed=0)
    run = hn.fit(net, Z, t, optimizer=optimizer, batch_size=30, epochs=250, engine=engine)
    np.testing.assert_allclose(run.network.theta, expected, rtol=0, atol=1e-6)
    assert (run.network.theta[1:3] == 0).all()  # the data have these the other way round


def test_l1_with_signs_comes_to_the_optimum_of_the_convex_problem(engine):
    signs, strength = np.array([1, 1, -1, -1, 0]), 0.3

    def J(theta):
        return np.mean((Z @ theta[:5] + theta[5] - t) ** 2) + strength * abs(theta[:5]).sum()

    runs = [
        hn.fit(hn.Network(LINE, dtype="float64"), Z, t, penalty=hn.L1(strength), optimizer=o, batch_size=30,
               epochs=250, engine=engine)
        for o in (hn.SGD(0.3), hn.LBFGS(tol=1e-10))
    ]  # fmt: skip
    one, other = (run.network.theta for run in runs)
    np.testing.assert_allclose(one, other, atol=1e-6)
    bounds = [(0, None) if s > 0 else (None, 0) if s < 0 else (None, None) for s in signs] + [(None, None)]
    rng = np.random.default_rng(0)
    nearby = (np.clip(one + 1e-3 * rng.standard_normal(6), *_ends(bounds)) for _ in range(50))
    assert all(J(one) <= J(theta) for theta in nearby)


def _ends(bounds):
    low, high = zip(*bounds, strict=True)
    return [-np.inf if x is None else x for x in low], [np.inf if x is None else x for x in high]


def test_nonnegative_least_squares_is_a_linear_network_of_covers_that_activate(engine):
    A = abs(ht.random_array(40, 4, seed=7))
    b = A @ [1.0, 0.0, 2.0, -1.0]
    G = hn.Hierarchy.from_covers([(f"x{k}", "y") for k in range(4)], signs=["activates"] * 4)
    centred, target = A - A.mean(0), b - b.mean()
    solver = hn.LBFGS(tol=1e-10)
    run = hn.fit(hn.Network(G, dtype="float64"), centred, target, optimizer=solver, epochs=300, engine=engine)
    np.testing.assert_allclose(run.network.weights[0][0], nnls(centred, target)[0], atol=1e-6)


def test_signs_that_the_optimum_has_anyway_change_nothing(engine):
    target = Z @ [1.0, 0.8, -0.7, -0.9, 0.5]
    for optimizer in (hn.LBFGS(tol=1e-10), hn.SGD(0.3)):
        with_signs, without = (
            hn.fit(hn.Network(G, dtype="float64"), Z, target, optimizer=optimizer, batch_size=30, epochs=250,
                   engine=engine).network.theta
            for G in (LINE, hn.Hierarchy.complete(5, 1))
        )  # fmt: skip
        np.testing.assert_allclose(with_signs, without, atol=1e-6)


@given(st.integers(0, 10_000), st.sampled_from(PENALTIES), st.booleans())
@settings(max_examples=8)
def test_the_proximal_step_is_the_least_of_distance_and_penalty_among_points_of_these_signs(
    seed, penalty, adam
):
    rng = np.random.default_rng(seed)
    net = hn.Network(H, dtype="float64")
    goal = calls.goal(net, SquaredError(), penalty)
    start, reach = rng.standard_normal(net.n_parameters), np.exp(rng.standard_normal(net.n_parameters))
    reach = reach if adam else np.ones_like(reach)
    found = start.copy()
    formulas._shrink(net.plan.weights, goal.objective, found, reach)

    def measure(v):
        w = np.concatenate([v[s] for s in net.plan.weights])
        R = goal.objective.penalty.shrinkage * abs(w).sum()
        R += goal.objective.groups.value(v) if goal.objective.groups else 0.0
        return ((v - start) ** 2 / (2 * reach)).sum() + R

    assert (net.plan.signs * found >= 0).all()
    others = (
        found + 0.01 * rng.standard_normal(len(found)) * (rng.random(len(found)) < 0.2) for _ in range(30)
    )
    allowed = (np.where(net.plan.signs * v < 0, 0, v) for v in others)
    assert all(measure(found) <= measure(v) + 1e-12 for v in allowed)


@given(ht.networks(ht.signed_hierarchies().filter(lambda H: H.is_signed)))
@settings(max_examples=8)
def test_what_starts_and_what_is_folded_has_the_signs(net):
    start = hn.Network(net.hierarchy, seed=3)
    assert all(map(keeps, [start, oriented(net)]))
    scale = 0.5 + abs(ht.random_array(net.plan.n_inputs, seed=0))
    assert keeps(fold_features(net, scale, scale)) if not net.hierarchy.relays(net.plan.depth).any() else True
    n = net.hierarchy.shape[1]
    assert keeps(fold_standardisation(net, 0, np.ones(n), np.full(n, 2.0)))
    wrong = net.theta - 3 * net.plan.signs * (1 + abs(net.theta))
    with pytest.raises(ParameterError, match="keeps the sign of its cover"):
        net.with_theta(wrong)


def test_neurons_that_signs_name_are_not_turned():
    G = hn.Hierarchy.from_covers(
        [("a", "p"), ("b", "q"), ("p", "y"), ("q", "y")], signs=["inhibits", 0, 0, 0]
    )
    net = hn.Network(G, "tanh", theta=[-2.0, -3.0, 0.0, 0.0, 1.0, 1.0, 0.0])
    assert [s.tolist() for s in Orientation.of(net).signs] == [[1, 1], [1, -1], [1]]
    assert oriented(net).weights[0].data.tolist() == [-2.0, 3.0]


def test_a_refit_of_outputs_with_signs_is_refused():
    with pytest.raises(ParameterError, match="use fit with LBFGS"):
        refit_output(hn.Network(LINE), Z, t)


def test_signals_are_as_large_at_the_start_with_signs_as_without():
    wide = hn.Hierarchy.complete(20, 200, 100, 1)
    Z = ht.random_array(300, 20, seed=5)
    for hidden in ("tanh", "relu"):
        free = hn.Network(wide, hidden, seed=0)
        signed_alike = monotone(free, dict.fromkeys(wide.ranks[0], 1))
        sizes = [[s.std() for s in net.signals(Z)] for net in (free, signed_alike)]
        assert np.allclose(np.divide(*sizes), 1, atol=0.7), hidden
