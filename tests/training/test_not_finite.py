"""What is not finite: a last step that leads nowhere, scores that are not numbers."""

from __future__ import annotations

import os
import signal
from math import inf, nan

import numpy as np
import pytest

from hassenet import testing as ht
from hassenet.engines import formulas
from hassenet.errors import DivergedError, HassenetWarning
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import SGD, Adam, Momentum, Nesterov
from hassenet.training import fit
from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.objective import cost

NET = Network(Hierarchy.complete(2, 1), dtype="float64", seed=0)
X, Y = ht.random_array(6, 2, seed=0), ht.random_array(6, 1, seed=1)
# Each cost is finite, and the step from there leads beyond all numbers.
STEEP = Network(Hierarchy.complete(1, 1), dtype="float32", theta=[1e15, 0.0])
RULES = [SGD(1e30), Momentum(1e30), Nesterov(1e30)]


@pytest.mark.parametrize("optimizer", RULES)
@pytest.mark.parametrize("epochs", [1, 2])
def test_a_last_step_to_parameters_that_are_not_finite_is_an_error_with_the_network_before_it(
    optimizer, epochs, engine
):
    with pytest.raises(DivergedError, match="lower the rate") as caught:
        fit(STEEP, [[1.0]], [0.0], optimizer=optimizer, epochs=epochs, engine=engine)
    np.testing.assert_array_equal(caught.value.network.theta, STEEP.theta)
    assert np.isfinite(cost(caught.value.network, [[1.0]], [0.0]))


def test_the_network_before_the_last_step_is_that_of_the_steps_that_went_well(engine):
    """Two steps without a slope, and one that leads beyond all numbers."""
    rows, targets = [[0.0], [0.5], [1.0]], [0.0, 0.5, 0.0]
    net = Network(Hierarchy.complete(1, 1), dtype="float32", theta=[1.0, 0.0])
    with pytest.raises(DivergedError) as caught:
        fit(net, rows, targets, optimizer=SGD(3e38), batch_size=1, epochs=1, shuffle=False, engine=engine)
    np.testing.assert_array_equal(caught.value.network.theta, net.theta)
    assert caught.value.epoch == 0


def test_an_error_about_the_last_step_names_a_step_that_was_taken(engine):
    with pytest.raises(DivergedError) as caught:
        fit(STEEP, [[1.0]], [0.0], optimizer=SGD(1e30), epochs=1, engine=engine)
    assert (caught.value.epoch, caught.value.layer) == (0, 0)
    assert caught.value.step == 0  # the only one there was


def test_ctrl_c_after_a_step_to_nowhere_is_the_same_error_and_not_one_about_theta(monkeypatch):
    plain = formulas.gradient

    def pressing(*args):
        os.kill(os.getpid(), signal.SIGINT)
        return plain(*args)

    monkeypatch.setattr(formulas, "gradient", pressing)
    with pytest.raises(DivergedError) as caught:
        fit(STEEP, [[1.0]] * 4, [0.0] * 4, optimizer=SGD(1e30), batch_size=1, epochs=1, engine="reference")
    assert np.isfinite(caught.value.network.theta).all()


# ------------------------------------------------------------------ scores that are not numbers


def watched(scores, patience=inf, optimizer=SGD(0.01)):
    told, seen = iter(scores), []
    run = fit(
        NET,
        X,
        Y,
        optimizer=optimizer,
        epochs=len(scores),
        validation_data=(X, Y),
        score=lambda Y, prediction: next(told),
        early_stopping=EarlyStopping("score", patience=patience),
        callbacks=[lambda row, net: seen.append(net.theta)],
    )
    return run, seen


@pytest.mark.parametrize(
    ("scores", "best"),
    [([nan, 1, 0], 1), ([0, nan, 1], 2), ([1, nan, 0], 0), ([nan, nan, -5, nan], 2), ([nan, 0, nan, 1, nan], 3)],
)  # fmt: skip
@pytest.mark.parametrize("optimizer", [SGD(0.01), Adam(0.01)])
def test_a_score_that_is_not_a_number_is_never_the_best(scores, best, optimizer):
    run, seen = watched(scores, optimizer=optimizer)
    assert run.best_epoch == best
    np.testing.assert_array_equal(run.network.theta, seen[best])


def test_where_no_score_is_a_number_no_epoch_is_the_best_and_the_last_parameters_stay():
    with pytest.warns(HassenetWarning, match="in every epoch it was not finite"):
        run, seen = watched([nan] * 3)
    assert run.best_epoch is None
    np.testing.assert_array_equal(run.network.theta, seen[-1])


def test_scores_that_are_not_numbers_use_up_the_patience():
    run, seen = watched([1, nan, nan, nan, nan, nan], patience=2)
    assert (run.stopped, len(seen), run.best_epoch) == ("early", 4, 0)
    with pytest.warns(HassenetWarning, match="in every epoch it was not finite"):
        run, seen = watched([nan] * 6, patience=2)
    assert (run.stopped, len(seen)) == ("early", 3)
