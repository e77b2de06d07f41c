"""Training in two parts is training in one, bit for bit, wherever and for whatever reason the first part ended."""

from __future__ import annotations

import os
import signal
from math import inf

import numpy as np
import pytest

from hassenet import testing as ht
from hassenet.engines import formulas
from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import LBFGS, SGD, Adam, AdamW, Momentum, Nesterov
from hassenet.penalties import L1, L2
from hassenet.schedules import Adaptive, Cosine, InverseScaling, OneCycle
from hassenet.training import fit
from hassenet.training.early_stopping import EarlyStopping

H = Hierarchy.random((3, 5, 2), covers=(9, 7), seed=0).crown(["y", "z"])
NET = Network(H, hidden="tanh", dtype="float64", seed=0)
X, Y = ht.random_array(21, 3, seed=0), ht.random_array(21, 2, seed=1)
HELD = ht.random_array(8, 3, seed=2), ht.random_array(8, 2, seed=3)
STEPS = 6  # an epoch: five batches of 4 and one of 1
RULES = [
    SGD(0.05), Momentum(0.02), Nesterov(0.02), Adam(0.01), AdamW(0.01), SGD(InverseScaling(0.05)),
    Adam(Cosine(0.02, epochs=10)), Nesterov(OneCycle(0.02, epochs=10)), SGD(Adaptive(0.05, patience=0, tol=0.05)),
]  # fmt: skip
EVERY_RULE = pytest.mark.parametrize("optimizer", RULES, ids=repr)


def train(net=NET, epochs=10, **options):
    return fit(net, X, Y, **{"batch_size": 4, "epochs": epochs, "loss": "squared_error", **options})


def assert_one_training(first, second, whole):
    np.testing.assert_array_equal(second.network.theta, whole.network.theta)
    np.testing.assert_array_equal(np.concatenate([first.costs, second.costs]), whole.costs)
    rows = [*first.history, *second.history]
    assert [row.epoch for row in rows] == [row.epoch for row in whole.history]
    assert [row.rate for row in rows] == [row.rate for row in whole.history]
    np.testing.assert_array_equal(second.state.theta, whole.state.theta)
    for one, other in zip(second.state.moments, whole.state.moments, strict=True):
        np.testing.assert_array_equal(one, other)


@EVERY_RULE
@pytest.mark.parametrize("penalty", [None, L1(0.02), L2(0.02)], ids=repr)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_five_epochs_and_five_more_are_ten(optimizer, penalty, dtype, engine):
    net, options = (
        Network(H, hidden="tanh", dtype=dtype),
        {"optimizer": optimizer, "penalty": penalty, "engine": engine},
    )
    first = train(net, 5, **options)
    second = train(first.network, 5, state=first.state, **options)
    whole = train(net, 10, **options)
    assert_one_training(first, second, whole)
    assert second.state.monitored == whole.state.monitored


# ------------------------------------------------------------------ interrupted in the middle of an epoch


def press_ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


def raise_interrupt():
    raise KeyboardInterrupt


def interrupted(monkeypatch, step, how=press_ctrl_c, **options):
    """Train, and press Ctrl-C in the given step, counted from 0."""
    plain, steps = formulas.gradient, iter(range(10**9))

    def pressing(*args):
        if next(steps) == step:
            how()
        return plain(*args)

    with monkeypatch.context() as patch:
        patch.setattr(formulas, "gradient", pressing)
        return train(engine="reference", **options)


@EVERY_RULE
@pytest.mark.parametrize("step", [0, 2, STEPS - 1, STEPS, 3 * STEPS + 1])
def test_a_training_goes_on_after_ctrl_c_in_the_middle_of_an_epoch(optimizer, step, monkeypatch):
    first = interrupted(monkeypatch, step, optimizer=optimizer)
    assert first.stopped == "interrupted"
    assert step < len(first.costs) < 10 * STEPS
    assert len(first.costs) == STEPS * first.state.epoch + first.state.step
    left = 10 - first.state.epoch
    second = train(first.network, left, optimizer=optimizer, state=first.state, engine="reference")
    assert_one_training(first, second, train(optimizer=optimizer, engine="reference"))


@pytest.mark.parametrize("optimizer", [SGD(0.05), Momentum(0.02), Adam(0.01)], ids=repr)
@pytest.mark.parametrize("step", [1, 2, 4, 3 * STEPS + 1])
def test_a_training_goes_on_after_an_interrupt_that_was_raised_inside_a_step(optimizer, step, monkeypatch):
    """Pressed twice, or from a handler that is not ours: KeyboardInterrupt comes out of the engine itself.

    The steps of that slice go uncounted, so some are taken once more: it ends near the other, not at the same bits.
    """
    first = interrupted(monkeypatch, step, raise_interrupt, optimizer=optimizer)
    assert first.stopped == "interrupted"
    left = 10 - first.state.epoch
    second = train(first.network, left, optimizer=optimizer, state=first.state, engine="reference")
    whole = train(optimizer=optimizer, engine="reference")
    assert len(second.costs) + len(first.costs) == len(whole.costs)
    np.testing.assert_allclose(second.history[-1].cost, whole.history[-1].cost, rtol=0.2)


def test_an_epoch_that_was_interrupted_has_the_cost_of_all_its_steps(monkeypatch):
    whole = train(engine="reference")
    first = interrupted(monkeypatch, 2 * STEPS + 2)
    second = train(first.network, 8, state=first.state, engine="reference")
    rows = [*first.history, *second.history]
    np.testing.assert_allclose([row.cost for row in rows], [row.cost for row in whole.history], rtol=1e-12)


def test_two_interruptions_inside_one_epoch_are_gone_on_from_too(monkeypatch):
    first = interrupted(monkeypatch, 0, optimizer=Adam(0.01))
    second = interrupted(monkeypatch, 0, net=first.network, optimizer=Adam(0.01), state=first.state)
    assert (first.state.epoch, second.state.epoch) == (0, 0)
    assert 0 < first.state.step < second.state.step
    third = train(second.network, 10, optimizer=Adam(0.01), state=second.state, engine="reference")
    whole = train(optimizer=Adam(0.01), engine="reference")
    np.testing.assert_array_equal(third.network.theta, whole.network.theta)


def test_a_state_inside_an_epoch_is_gone_on_from_with_larger_batches_too(monkeypatch):
    first = interrupted(monkeypatch, 1)
    assert first.state.step > 1
    second = train(first.network, 2, state=first.state, batch_size=21)
    assert len(second.history) == 2
    assert np.isfinite([row.cost for row in second.history]).all()


# ------------------------------------------------------------------ early stopping


def scripted(scores):
    told = iter(scores)
    return lambda Y, prediction: next(told)


@EVERY_RULE
@pytest.mark.parametrize("step", [None, 4 * STEPS + 2], ids=["between epochs", "inside an epoch"])
def test_where_the_best_was_restored_training_goes_on_from_the_last_parameters(optimizer, step, monkeypatch):
    scores = [1, 5, 2, 3, 2, 4, 3, 6, 2, 1]
    options = {
        "optimizer": optimizer,
        "validation_data": HELD,
        "early_stopping": EarlyStopping("score", patience=inf),
    }
    whole = train(score=scripted(scores), engine="reference", **options)
    if step is None:
        first = train(epochs=4, score=scripted(scores), engine="reference", **options)
    else:
        first = interrupted(monkeypatch, step, score=scripted(scores), **options)
    assert first.best_epoch == 1
    assert not np.array_equal(first.network.theta, first.state.theta)
    done = first.state.epoch
    assert done == 4
    second = train(
        first.network,
        10 - done,
        score=scripted(scores[done:]),
        state=first.state,
        engine="reference",
        **options,
    )
    assert second.best_epoch == whole.best_epoch == 7
    assert_one_training(first, second, whole)


def test_the_best_epoch_of_the_first_part_is_remembered_in_the_second():
    options = {"validation_data": HELD, "early_stopping": EarlyStopping("score", patience=inf)}
    first = train(epochs=4, score=scripted([1, 9, 2, 3]), **options)
    second = train(first.network, 4, score=scripted([4, 5, 6, 7]), state=first.state, **options)
    assert (first.best_epoch, second.best_epoch) == (1, 1)
    np.testing.assert_array_equal(second.network.theta, first.network.theta)
    third = train(second.network, 1, score=scripted([10]), state=second.state, **options)
    assert third.best_epoch == 8
    np.testing.assert_array_equal(
        third.network.theta, train(epochs=9, score=scripted([*range(8), 10]), **options).network.theta
    )


@pytest.mark.parametrize("patience", [1, 2, 4])
def test_after_an_early_stop_a_continuation_waits_as_long_again(patience):
    options = {"validation_data": HELD, "early_stopping": EarlyStopping("score", patience=patience)}
    first = train(epochs=20, score=scripted([5, *[0] * 20]), **options)
    assert (first.stopped, len(first.history)) == ("early", patience + 2)
    second = train(first.network, 20, score=scripted([0] * 20), state=first.state, **options)
    assert (second.stopped, len(second.history)) == ("early", patience + 1)
    assert second.best_epoch == 0
    third = train(second.network, 3, score=scripted([6, 7, 8]), state=second.state, **options)
    assert (third.stopped, len(third.history)) == ("epochs", 3)


# ------------------------------------------------------------------ states of others

OPTIMIZERS = [SGD(0.01), Momentum(0.01), Nesterov(0.01), Adam(0.01), AdamW(0.01), LBFGS()]


@pytest.mark.parametrize("one", OPTIMIZERS, ids=lambda rule: type(rule).__name__)
@pytest.mark.parametrize("other", OPTIMIZERS, ids=lambda rule: type(rule).__name__)
def test_a_state_is_taken_by_the_optimiser_it_belongs_to_and_refused_by_every_other(one, other):
    state = train(optimizer=one, epochs=1).state
    if one == other:
        assert train(optimizer=other, epochs=1, state=state).history[0].epoch == state.epoch
    else:
        with pytest.raises(ParameterError, match="go on with the same"):
            train(optimizer=other, epochs=1, state=state)


# ------------------------------------------------------------------ on other examples


def other_way_round(stopping, engine, epochs=30):
    """Train until nothing is gained, then on with the state where every target has the other sign."""
    options = {"optimizer": Adam(0.02), "batch_size": 4, "engine": engine, "loss": "squared_error"}
    net = Network(H, hidden="tanh", dtype="float64", seed=0)
    first = fit(net, X, Y, epochs=20, validation_data=(X, Y), early_stopping=stopping, **options)
    second = fit(
        first.network,
        X,
        -Y,
        epochs=epochs,
        validation_data=(X, -Y),
        early_stopping=stopping,
        state=first.state,
        **options,
    )
    return first, second


@pytest.mark.parametrize("monitor", ["cost", "training_cost"])
def test_on_other_examples_what_was_measured_on_the_earlier_ones_begins_anew(monitor, engine):
    stopping = EarlyStopping(monitor, patience=2)
    first, second = other_way_round(stopping, engine)
    assert len(second.history) > 10
    assert second.history[0].epoch == first.state.epoch
    assert not np.array_equal(second.network.theta, first.network.theta)
    assert second.history[-1].validation_cost < 0.8 * second.history[0].validation_cost
    assert second.best_epoch in (None, *[row.epoch for row in second.history])


def test_another_number_to_monitor_has_a_count_of_its_own():
    # a training cost, a mean over an epoch with dropout, is no measure for a validation cost
    options = {"optimizer": Adam(0.01), "validation_data": HELD}
    first = train(epochs=3, **options)
    second = train(
        first.network, 3, early_stopping=EarlyStopping("cost", patience=inf), state=first.state, **options
    )
    assert second.state.monitored == tuple(row.validation_cost for row in second.history)
    assert second.best_epoch == 3 + int(np.argmin(second.column("validation_cost")))


def test_an_epoch_under_way_is_begun_anew_on_other_examples_and_its_steps_stay_counted(monkeypatch):
    first = interrupted(monkeypatch, 1, optimizer=SGD(InverseScaling(0.05)))
    taken = first.state.step
    assert 0 < taken < STEPS
    second = fit(
        first.network, X, -Y, "squared_error", batch_size=4, epochs=2, optimizer=SGD(InverseScaling(0.05)),
        state=first.state,
    )  # fmt: skip
    assert len(second.costs) == 2 * STEPS
    assert second.history[0].rate == 0.05 / (1 + 4 * taken) ** 0.5
    assert second.state.seen == (2, taken + 2 * STEPS, 4 * taken + 2 * len(X))


@pytest.mark.parametrize("change", [np.asfortranarray, lambda a: a.astype("f4").astype("f8"), list])
def test_the_same_examples_in_another_form_are_the_same_examples(change):
    x, y = X.astype("f4").astype("f8"), Y.astype("f4").astype("f8")
    stopping = {"early_stopping": EarlyStopping("training_cost", patience=inf), "loss": "squared_error"}
    first = fit(NET, x, y, epochs=3, **stopping)
    second = fit(first.network, change(x), change(y), epochs=2, state=first.state, **stopping)
    assert second.state.monitored[:3] == first.state.monitored
