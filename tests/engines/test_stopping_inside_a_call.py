"""A call that is told to stop leaves out the step under way, and keeps those before it whole."""

from __future__ import annotations

import time
from threading import Thread

import numpy as np
import pytest

import calls
from hassenet import Hierarchy, Network
from hassenet.likelihoods import SquaredError
from hassenet.optimizers import SGD, Adam

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(4000, 30)), RNG.normal(size=(4000, 2))
NET = Network(Hierarchy.random((30, 400, 2), covers=(2000, 800), seed=0), dtype="float64", seed=0)


def steps(engine, optimizer, n, batch_size, stop=None, theta=None):
    goal, theta = calls.goal(NET, SquaredError()), NET.theta.copy() if theta is None else theta
    state, order = optimizer.init(theta), np.arange(n * batch_size) % len(X)
    options = {"optimizer": optimizer, "rates": np.full(n, 0.001), "batch_size": batch_size}
    costs = calls.train(engine, goal, theta, state, X, Y, None, order, **options, stop=stop)
    return costs, theta


@pytest.mark.parametrize("batch_size", [600, 4000])
def test_a_flag_that_is_up_lets_no_step_be_taken(engine, batch_size):
    costs, theta = steps(engine, SGD(), 3, batch_size, np.ones(1, bool))
    assert len(costs) == 0
    assert theta.tobytes() == NET.theta.tobytes()


def goes_up_after_a_step(stop, theta):
    """Raise the flag when the parameters are no longer those of the beginning."""
    while (theta == NET.theta).all():
        time.sleep(0.001)
    stop.fill(True)


@pytest.mark.parametrize("optimizer", [SGD(), Adam()], ids=["SGD", "Adam"])
def test_a_flag_that_goes_up_meanwhile_leaves_as_many_steps_as_there_are_costs(engine, optimizer):
    stop, theta = np.zeros(1, bool), NET.theta.copy()
    Thread(target=goes_up_after_a_step, args=(stop, theta), daemon=True).start()
    costs, _ = steps(engine, optimizer, 2000, 4000, stop, theta)
    again, expected = steps(engine, optimizer, len(costs), 4000)
    assert costs.tobytes() == again.tobytes()
    assert theta.tobytes() == expected.tobytes()
    assert len(costs) < 2000
