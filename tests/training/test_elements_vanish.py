"""penalties.Elements: all weights of an element become exactly 0 together, and what has vanished can be left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet import testing as ht
from hassenet.engines import Objective
from hassenet.engines.groups import Groups
from hassenet.errors import HierarchyError, ParameterError
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.likelihoods import SquaredError
from hassenet.network import Network, prune, vanished
from hassenet.network.elements import Elements as Numbered
from hassenet.optimizers import LBFGS, SGD, Adam, AdamW, Momentum, Nesterov
from hassenet.penalties import L2, Elements
from hassenet.schedules import Cosine
from hassenet.shaping import Unit, widen
from hassenet.training import cost, fit, gradient, refit_output

SIDES = ("below", "above")
each_side = pytest.mark.parametrize("side", SIDES)
H = Hierarchy.from_covers(
    [("a", "p"), ("b", "p"), ("b", "q"), ("c", "q"), ("c", "r"), ("d", "r"), ("p", "s"), ("q", "s")]
).crown(["y", "z"], over="features")  # fmt: skip
X = ht.random_array(40, 4, seed=0)
Y = np.tanh(X[:, [0, 1]] + X[:, [1, 1]]) + 0.05 * ht.random_array(40, 2, seed=1)
NET = Network(H, hidden="tanh", dtype="float64", seed=0)
RULES = [SGD(0.2), Momentum(0.02), Nesterov(0.02), Adam(0.02), AdamW(0.02, decay=0.01)]
each_rule = pytest.mark.parametrize("optimizer", RULES, ids=repr)


def groups(net, side="below", strength=1.0):
    return Groups.of(net.plan, Elements(strength, side))


def named_groups(net, side):
    """Who reads whom, for each weight of each group."""
    numbered, (upper, lower, place) = Numbered.of(net), net.plan.links
    link = {
        int(k): (numbered.names[q], numbered.names[p]) for q, p, k in zip(upper, lower, place, strict=True)
    }
    found = groups(net, side)
    return [{link[int(k)] for k in part} for part in np.split(found.places, found.starts[1:-1])]


def trained(penalty, *, net=NET, X=X, Y=Y, **options):
    given = {"optimizer": Adam(0.03), "batch_size": 10, "epochs": 10, "loss": "squared_error", **options}
    return fit(net, X, Y, penalty=penalty, **given)


# ------------------------------------------------------------------ groups


def test_a_group_below_is_what_an_element_covers_and_the_outputs_that_look_at_it():
    assert named_groups(NET, "below")[0] == {("p", "a"), ("p", "b"), ("y", "p"), ("z", "p")}
    assert len(named_groups(NET, "below")) == 4
    assert {("s", "p"), ("s", "q"), ("y", "s"), ("z", "s")} in named_groups(NET, "below")


def test_a_group_above_is_all_that_cover_an_element_features_too():
    assert {("s", "p"), ("y", "p"), ("z", "p")} in named_groups(NET, "above")
    assert {("p", "b"), ("q", "b"), ("y", "b"), ("z", "b")} in named_groups(NET, "above")
    assert len(named_groups(NET, "above")) == 8


@given(net=ht.networks(), side=st.sampled_from(SIDES))
def test_a_weight_stands_in_one_group_at_most_and_a_bias_in_none(net, side):
    found = groups(net, side)
    is_weight = np.zeros(net.n_parameters, bool)
    is_weight[net.plan.links[2]] = True
    assert len(np.unique(found.places)) == len(found.places)
    assert is_weight[found.places].all()
    if side == "above":
        assert len(found.places) == is_weight.sum()
    np.testing.assert_allclose(found.strength, np.sqrt(np.diff(found.starts)))


def test_the_neurons_of_a_widened_element_vanish_together():
    net = Network(widen(H, {"p": 3}).hierarchy, dtype="float64", seed=0)
    (of_p,) = [g for g in named_groups(net, "below") if (Unit("p", 1), "a") in g]
    assert of_p == {(Unit("p", k), x) for k in (1, 2, 3) for x in "ab"} | {
        (y, Unit("p", k)) for y in "yz" for k in (1, 2, 3)
    }


# ------------------------------------------------------------------ the step


def test_where_the_reach_is_the_same_the_step_shortens_each_group_by_the_formula():
    found, theta = groups(NET, strength=0.3), NET.theta
    new = found.shrunk(theta, np.full(len(theta), 0.5))
    for g in np.split(np.arange(len(found.places)), found.starts[1:-1]):
        w = theta[found.places[g]]
        shorter = max(0, 1 - 0.5 * 0.3 * np.sqrt(len(w)) / np.linalg.norm(w)) * w
        np.testing.assert_allclose(new[found.places[g]], shorter, rtol=1e-13)
    outside = np.setdiff1d(np.arange(len(theta)), found.places)
    np.testing.assert_array_equal(new[outside], theta[outside])


@given(seed=ht.seeds(), strength=st.floats(0.01, 2), spread=st.floats(0, 3))
def test_the_step_minimises_distance_in_the_measure_of_the_reach_and_penalty(seed, strength, spread):
    """0 ∈ (v − θ)/reach + λ√k ∂‖v‖ in each group."""
    found = groups(NET, strength=strength)
    theta, reach = ht.random_array(2, NET.n_parameters, seed=seed)
    reach = 0.1 * np.exp(spread * reach)
    new = found.shrunk(theta, reach)
    for g, c in zip(np.split(found.places, found.starts[1:-1]), found.strength, strict=True):
        pull = (theta[g] - new[g]) / reach[g]
        norm = np.linalg.norm(new[g])
        assert np.linalg.norm(pull) <= c * (1 + 1e-9)
        if norm > 0:
            np.testing.assert_allclose(pull, c * new[g] / norm, rtol=1e-7, atol=1e-10 * c)


@given(seed=ht.seeds())
def test_a_step_of_rate_0_moves_nothing(seed):
    theta = ht.random_array(1, NET.n_parameters, seed=seed)[0]
    np.testing.assert_array_equal(groups(NET).shrunk(theta, np.zeros(len(theta))), theta)


def test_value_and_slope_are_those_of_the_formula():
    penalty = Elements(0.3, l2=0.2)
    parts = np.split(groups(NET).places, groups(NET).starts[1:-1])
    by_hand = 0.3 * sum(np.sqrt(len(g)) * np.linalg.norm(NET.theta[g]) for g in parts)
    weights = np.concatenate([NET.theta[w] for w in NET.plan.weights])
    found = cost(NET, X, Y, penalty=penalty) - cost(NET, X, Y)
    assert found == pytest.approx(by_hand + 0.1 * (weights**2).sum(), rel=1e-12)
    e = np.eye(NET.n_parameters)[::3] * 1e-6
    slopes = [
        (cost(NET.with_theta(NET.theta + d), X, Y, penalty=penalty)
         - cost(NET.with_theta(NET.theta - d), X, Y, penalty=penalty)) / 2e-6 for d in e
    ]  # fmt: skip
    np.testing.assert_allclose(
        gradient(NET, X, Y, penalty=penalty).gradient.vector[::3], slopes, rtol=1e-6, atol=1e-8
    )


# ------------------------------------------------------------------ training


@each_rule
@each_side
def test_engines_take_the_same_steps(engine, optimizer, side):
    penalty = Elements(0.02, side, l2=0.01)
    found, expected = (trained(penalty, optimizer=optimizer, engine=e) for e in (engine, "reference"))
    np.testing.assert_allclose(found.costs, expected.costs, rtol=1e-9)
    np.testing.assert_allclose(found.network.theta, expected.network.theta, rtol=1e-7, atol=1e-9)


@each_rule
@each_side
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_under_a_strong_penalty_all_groups_are_exactly_0_and_no_element_has_a_part(
    engine, optimizer, side, dtype
):
    net = Network(H, hidden="tanh", dtype=dtype, seed=0)
    found = trained(Elements(5.0, side), net=net, optimizer=optimizer, engine=engine).network
    assert (found.theta[groups(net, side).places] == 0).all()
    assert vanished(found) == ("p", "q", "r", "s")
    if side == "above":
        assert np.ptp(found(X), axis=0).max() == 0


@each_rule
def test_a_penalty_of_0_leaves_the_bits_of_a_training_without_one(engine, optimizer):
    for some, other in ((Elements(0.0), None), (Elements(0.0, "above", l2=0.1), L2(0.1))):
        found, expected = (trained(R, optimizer=optimizer, engine=engine) for R in (some, other))
        np.testing.assert_array_equal(found.network.theta, expected.network.theta)
        np.testing.assert_array_equal(found.costs, expected.costs)


# With every weight 0 at the start, h stays without a part: what is left is min ‖XW + b − Y‖²/m + λ√3 Σⱼ ‖wⱼ‖, a group
# for each feature, of whose three weights that of h is 0.
LINEAR = Network(
    Hierarchy.from_covers([(x, "h") for x in "abcd"]).crown(["y", "z"], over="features"),
    hidden="identity", dtype="float64", theta=np.zeros(17),
)  # fmt: skip
LASSO = Elements(0.3, "above")
PLACES = [LINEAR.hierarchy.ranks[-2].index(Relay(x, 1)) for x in "abcd"]


def solution():
    """The same problem in NumPy: centred data, its gradient, and the shortening of each column."""
    A, B, W, c = X - X.mean(0), Y - Y.mean(0), np.zeros((2, 4)), 0.3 * np.sqrt(3)
    step = len(A) / (2 * np.linalg.norm(A, 2) ** 2)
    for _ in range(2000):
        V = W - step * 2 * (W @ A.T - B.T) @ A / len(A)
        W = V * np.maximum(0, 1 - step * c / np.maximum(np.linalg.norm(V, axis=0), 1e-300))
    return W, Y.mean(0) - W @ X.mean(0)


def of_outputs(parameters):
    return np.asarray(parameters.weights[-1])[:, PLACES]


@pytest.mark.parametrize(
    ("optimizer", "epochs"),
    [(SGD(0.1), 200), (Momentum(0.02), 300), (Nesterov(0.02), 300), (Adam(Cosine(0.05)), 400)],
    ids=lambda given: type(given).__name__,
)
def test_the_group_lasso_has_its_optimum(engine, optimizer, epochs):
    options = {"optimizer": optimizer, "epochs": epochs, "batch_size": 40, "engine": engine}
    found = trained(LASSO, net=LINEAR, **options).network
    W, slope, c = of_outputs(found.parameters), of_outputs(gradient(found, X, Y).gradient), 0.3 * np.sqrt(3)
    norm = np.linalg.norm(W, axis=0)
    assert {*(norm > 0)} == {True, False}
    assert (np.linalg.norm(slope, axis=0)[norm == 0] <= c).all()
    np.testing.assert_allclose(slope[:, norm > 0], -c * (W / (norm + 1e-300))[:, norm > 0], atol=1e-4)
    np.testing.assert_allclose(W, solution()[0], atol=1e-4)


@pytest.mark.parametrize("optimizer", [SGD(0.1), Momentum(0.01), Nesterov(0.01), Adam(0.001)], ids=repr)
def test_training_that_starts_at_the_optimum_stays_there(engine, optimizer):
    (W, b), weights = solution(), LINEAR.weights
    top = np.zeros(weights[-1].shape)
    top[:, PLACES] = W
    best = LINEAR.with_parameters([*weights[:-1], top], [*LINEAR.biases[:-1], b])
    after = trained(LASSO, net=best, optimizer=optimizer, epochs=3, batch_size=40, engine=engine).network
    np.testing.assert_allclose(after.theta, best.theta, atol=1e-5)


# ------------------------------------------------------------------ what has vanished


def test_what_has_vanished_is_on_no_path_of_weights_other_than_0():
    W = [w.tolil() if hasattr(w, "tolil") else w.copy() for w in NET.weights]
    W[0][0] = 0  # p sees nothing
    net = NET.with_parameters([w.tocsr() if hasattr(w, "tocsr") else w for w in W], NET.biases)
    assert vanished(NET) == ()
    assert vanished(net) == ("p",)


@given(net=ht.networks(), seed=ht.seeds(), share=st.floats(0.2, 0.8))
def test_without_what_has_vanished_the_value_is_the_same(net, seed, share):
    rng = np.random.default_rng(seed)
    theta = net.theta.copy()
    weights = net.plan.links[2]
    theta[weights] *= rng.random(len(weights)) < share
    sparse = net.with_theta(theta)
    try:
        smaller = prune(sparse)
    except HierarchyError:
        return
    rows = ht.random_array(4, net.plan.n_inputs, seed=seed)
    assert ht.relative_error(smaller(rows), sparse(rows)) < 1e-12
    assert vanished(smaller) == ()
    assert set(vanished(sparse)) == set(Numbered.of(net).names) - set(Numbered.of(smaller).names)
    assert smaller.hierarchy.ranks[0] == net.hierarchy.ranks[0]
    assert smaller.hierarchy.ranks[-1] == net.hierarchy.ranks[-1]


def test_a_trained_network_without_the_elements_that_vanished_predicts_the_same(engine):
    found = trained(Elements(0.04), epochs=20, engine=engine).network
    gone = vanished(found)
    assert 0 < len(gone) < 4
    smaller = prune(found)
    assert not set(gone) & {e for rank in smaller.hierarchy.ranks for e in rank}
    np.testing.assert_allclose(smaller(X), found(X), rtol=1e-12)


def test_an_output_that_would_look_at_nothing_is_named():
    bare = Network(Hierarchy.complete(2, 3, 1), theta=np.zeros(13))
    with pytest.raises(HierarchyError, match=r"'y0' looked at has vanished.*weaker penalty"):
        prune(bare)


def test_elements_have_options_that_are_checked_and_what_needs_a_smooth_cost_refuses_them():
    with pytest.raises(ParameterError, match="side is 'below' or 'above'; got 'both'"):
        Elements(0.1, "both")
    with pytest.raises(ParameterError, match="strength of a penalty is a finite number ≥ 0; got -1"):
        Elements(-1)
    with pytest.raises(ParameterError, match="L-BFGS needs a smooth cost, and Elements"):
        trained(Elements(0.1), optimizer=LBFGS())
    with pytest.raises(ParameterError, match="smooth penalty; Elements is not"):
        refit_output(NET, X, Y, penalty=Elements(0.1))
    assert Objective.of(NET.plan, SquaredError(), Elements(0.1)).is_proximal


@each_side
@pytest.mark.parametrize("optimizer", [Momentum(0.002), Adam(0.01)], ids=repr)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_bits_do_not_depend_on_threads(side, optimizer, dtype):
    many = Hierarchy.random((300, 400, 20), covers=(20_000, 2_000), seed=0).crown(["y"])
    net, rows = Network(many, hidden="tanh", dtype=dtype, seed=0), ht.random_array(64, 300, seed=0)
    options = {"optimizer": optimizer, "X": rows, "Y": rows[:, :1], "batch_size": 32, "epochs": 2}
    one, two, three = (trained(Elements(0.02, side), net=net, n_threads=n, **options) for n in (1, 2, 3))
    assert one.network.theta.tobytes() == two.network.theta.tobytes() == three.network.theta.tobytes()
    assert one.costs.tobytes() == two.costs.tobytes() == three.costs.tobytes()
