"""A step of a training is a gradient and a step of the rule against it, on every engine."""

from __future__ import annotations

import numpy as np
import pytest

import calls
import hassenet as hn
from hassenet import testing as ht
from hassenet.engines.dropout import Dropout, Masks
from hassenet.likelihoods import SquaredError
from hassenet.penalties import NoPenalty

KINDS = {
    "complete": hn.Hierarchy.complete(5, 7, 6, 3),
    "relays": hn.Hierarchy.random((9, 8, 7, 5), covers=(20, 15, 9), seed=2).crown(
        ["a", "b", "c"], over="all"
    ),
    "wide enough for slices": hn.Hierarchy.random((300, 200, 3), density=0.05, seed=0),
}
RULES = [hn.SGD(0.01), hn.Momentum(0.01), hn.Nesterov(0.01), hn.Adam(0.01), hn.AdamW(0.01)]
M, RATE = 150, 0.02


def problem(kind, penalty=None):
    H = KINDS[kind]
    net = hn.Network(H, hidden="silu", dtype="float64", seed=3)
    goal = calls.goal(net, SquaredError(), penalty)
    return goal, net.theta, ht.random_array(M, H.shape[0], seed=0), ht.random_array(M, H.shape[-1], seed=1)


def trained(engine, goal, theta, X, Y, optimizer, order, dropout=None):
    theta = theta.copy()
    options = {"optimizer": optimizer, "rates": np.array([RATE]), "batch_size": len(order)}
    calls.train(engine, goal, theta, optimizer.init(theta), X, Y, None, order, dropout=dropout, **options)
    return theta


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("penalty", [NoPenalty(), hn.ElasticNet(0.01, 0.1)], ids=["plain", "elastic"])
@pytest.mark.parametrize("optimizer", RULES, ids=lambda rule: type(rule).__name__)
def test_one_step_of_a_training_is_a_gradient_and_a_step(engine, kind, penalty, optimizer):
    goal, start, X, Y = problem(kind, penalty)
    one, theta = calls.engine_of(engine), start.copy()
    _, g = calls.gradient(one, goal, theta, X, Y)
    one.step(one.lay_out(goal.plan), goal.objective, theta, optimizer.init(theta), g, optimizer, RATE)
    expected = trained(engine, goal, start, X, Y, optimizer, np.arange(M))
    np.testing.assert_allclose(theta, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", [0, 7])
def test_a_gradient_with_masks_is_that_of_the_step_they_belong_to(engine, kind, step):
    goal, start, X, Y = problem(kind)
    order = np.random.default_rng(4).permutation(M)[: M - 11]
    dropout = Dropout.of(0.4, 0.2, goal.plan.depth, seed=5).at(step)
    J, g = calls.gradient(engine, goal, start, X[order], Y[order], masks=Masks(dropout, order))
    expected = trained(engine, goal, start, X, Y, hn.SGD(), order, dropout)
    np.testing.assert_allclose(start - RATE * g, expected, rtol=1e-10, atol=1e-12)
    assert J != calls.gradient(engine, goal, start, X[order], Y[order])[0]


def test_gradients_with_masks_of_parts_of_a_batch_add_up_to_that_of_the_whole(engine):
    """As when several processes share a batch: each has the masks of its own examples."""
    goal, theta, X, Y = problem("relays")
    dropout = Dropout.of(0.3, 0.1, goal.plan.depth, seed=1)
    whole = calls.gradient(engine, goal, theta, X, Y, masks=Masks(dropout, np.arange(M)))[1]
    parts = [
        len(rows) / M * calls.gradient(engine, goal, theta, X[rows], Y[rows], masks=Masks(dropout, rows))[1]
        for rows in np.array_split(np.arange(M), [20, 100])
    ]
    np.testing.assert_allclose(np.sum(parts, axis=0), whole, rtol=1e-10, atol=1e-12)
