"""The loop over epochs: what it returns, when it stops, that it can be repeated, interrupted and continued."""

from __future__ import annotations

import os
import pickle
import signal
from math import isnan, nan

import numpy as np
import pytest

from hassenet import testing as ht
from hassenet.errors import DivergedError, HassenetError, ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import LBFGS, SGD, Adam, AdamW, Momentum, Nesterov
from hassenet.penalties import L1
from hassenet.schedules import Constant, InverseScaling, Schedule
from hassenet.training import fit
from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.objective import cost

H = Hierarchy.random((3, 5, 2), covers=(9, 7), seed=0)
NET = Network(H, hidden="tanh", dtype="float64", seed=0)
X, Y = ht.random_array(21, 3, seed=0), ht.random_array(21, 2, seed=1)
HELD = ht.random_array(8, 3, seed=2), ht.random_array(8, 2, seed=3)
RULES = [SGD(0.05), Momentum(0.02), Nesterov(0.02), Adam(0.01), AdamW(0.01), SGD(InverseScaling(0.05))]


def train(**options):
    return fit(NET, X, Y, **{"batch_size": 8, "epochs": 4, **options})


# ------------------------------------------------------------------ what comes back


def test_there_is_a_cost_a_step_and_a_row_an_epoch():
    run = train()
    assert len(run.costs) == 4 * 3
    assert [row.epoch for row in run.history] == [0, 1, 2, 3]
    assert run.stopped == "epochs"
    assert run.best_epoch is None
    assert all(row.seconds >= 0 for row in run.history)
    assert all(isnan(row.validation_cost) and isnan(row.validation_score) for row in run.history)
    sizes = np.array([8, 8, 5])
    np.testing.assert_allclose([row.cost for row in run.history], run.costs.reshape(4, 3) @ sizes / 21)


def test_training_leaves_the_network_it_started_from_as_it_was():
    before = NET.theta.copy()
    run = train()
    np.testing.assert_array_equal(NET.theta, before)
    assert not np.array_equal(run.network.theta, before)
    with pytest.raises(ValueError, match="read-only"):
        run.network.theta[0] = 0


def test_training_leaves_the_data_as_they_were():
    copies = X.copy(), Y.copy()
    train(penalty=L1(0.1))
    np.testing.assert_array_equal(X, copies[0])
    np.testing.assert_array_equal(Y, copies[1])


def test_training_lowers_the_cost(engine):
    run = train(epochs=40, engine=engine)
    assert cost(run.network, X, Y) < 0.9 * cost(NET, X, Y)


def test_the_first_cost_is_that_of_the_start_on_the_first_batch(engine):
    run = train(shuffle=False, engine=engine)
    assert run.costs[0] == pytest.approx(cost(NET, X[:8], Y[:8]), rel=1e-12)


def test_no_epochs_leave_the_network_as_it_is():
    run = train(epochs=0)
    np.testing.assert_array_equal(run.network.theta, NET.theta)
    assert len(run.costs) == len(run.history) == 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_trained_network_keeps_its_number_type(dtype):
    net = Network(H, dtype=dtype)
    assert fit(net, X, Y, epochs=1).network.theta.dtype == dtype
    assert fit(net, X, Y, epochs=2, optimizer=LBFGS()).network.theta.dtype == dtype


def test_a_batch_larger_than_the_data_is_the_whole_data(engine):
    one, other = (train(batch_size=size, shuffle=False, engine=engine) for size in (21, 1000))
    np.testing.assert_array_equal(one.costs, other.costs)
    np.testing.assert_array_equal(one.network.theta, other.network.theta)


def test_weights_in_full_batches_are_copies(engine):
    copies = np.arange(21) % 4
    weighted = train(batch_size=100, sample_weight=copies, engine=engine)
    copied = fit(NET, X.repeat(copies, 0), Y.repeat(copies, 0), batch_size=100, epochs=4, engine=engine)
    np.testing.assert_allclose(weighted.network.theta, copied.network.theta, rtol=1e-11)
    np.testing.assert_allclose(weighted.costs, copied.costs, rtol=1e-11)


def test_examples_of_weight_0_are_not_seen(engine):
    w = np.ones(21)
    w[:5] = 0
    spoiled = X.copy()
    spoiled[:5] = 1e6
    one, other = (
        fit(NET, A, Y, batch_size=7, epochs=3, sample_weight=w, engine=engine) for A in (X, spoiled)
    )
    np.testing.assert_allclose(one.network.theta, other.network.theta, rtol=1e-12)


# ------------------------------------------------------------------ the same seed, the same bits


@pytest.mark.parametrize("optimizer", [*RULES, LBFGS()])
def test_the_same_seed_gives_the_same_bits(optimizer, engine):
    one, again = (train(optimizer=optimizer, seed=3, engine=engine) for _ in range(2))
    assert one.network.theta.tobytes() == again.network.theta.tobytes()
    assert one.costs.tobytes() == again.costs.tobytes()


def test_another_seed_gives_another_order():
    assert not np.array_equal(train(seed=0).costs, train(seed=1).costs)
    assert not np.array_equal(Network(H, seed=0).theta, Network(H, seed=1).theta)


def test_without_shuffling_the_seed_does_not_matter():
    np.testing.assert_array_equal(train(seed=0, shuffle=False).costs, train(seed=1, shuffle=False).costs)


@pytest.mark.unseeded
def test_the_global_random_state_is_neither_read_nor_changed():
    state = np.random.get_state()[1].tobytes()  # noqa: NPY002  (the legacy state is what must not move)
    one = train(validation_fraction=0.2)
    assert np.random.get_state()[1].tobytes() == state  # noqa: NPY002
    np.random.seed(7)  # noqa: NPY002
    assert one.network.theta.tobytes() == train(validation_fraction=0.2).network.theta.tobytes()


@pytest.mark.parametrize("optimizer", RULES)
def test_training_continued_from_its_state_is_training_that_did_not_stop(optimizer, engine):
    whole = train(optimizer=optimizer, epochs=5, engine=engine)
    first = train(optimizer=optimizer, epochs=2, engine=engine)
    second = fit(
        first.network, X, Y, optimizer=optimizer, batch_size=8, epochs=3, state=first.state, engine=engine
    )
    assert second.network.theta.tobytes() == whole.network.theta.tobytes()
    np.testing.assert_array_equal(np.concatenate([first.costs, second.costs]), whole.costs)
    assert [row.epoch for row in second.history] == [2, 3, 4]


def test_continuing_does_not_change_the_earlier_result():
    first = train(optimizer=Adam(0.01), epochs=2)
    kept = pickle.dumps((first.network.theta, first.state))
    for _ in range(2):
        fit(first.network, X, Y, optimizer=Adam(0.01), batch_size=8, epochs=1, state=first.state)
    assert pickle.dumps((first.network.theta, first.state)) == kept


# ------------------------------------------------------------------ validation, early stopping


def test_validation_costs_are_those_of_the_network_after_each_epoch():
    seen = []
    run = train(validation_data=HELD, callbacks=[lambda row, net: seen.append(cost(net, *HELD))])
    np.testing.assert_allclose([row.validation_cost for row in run.history], seen, rtol=1e-12)


def test_validation_examples_may_have_weights():
    w = 1.0 + np.arange(8)
    run = train(validation_data=(*HELD, w), epochs=1)
    assert run.history[0].validation_cost == pytest.approx(cost(run.network, *HELD, sample_weight=w))


def test_a_share_held_out_is_not_trained_on():
    seen = []

    def score(held, prediction):
        seen.append(held)
        return 0.0

    run = train(validation_fraction=0.25, score=score, batch_size=1, epochs=2)
    assert len(run.costs) == 2 * 16
    assert [len(held) for held in seen] == [5, 5]
    rows = {row.tobytes() for row in seen[0]}
    assert rows <= {row.tobytes() for row in Y}
    assert len(rows) == 5
    np.testing.assert_array_equal(seen[0], seen[1])
    trained = np.array([row.tobytes() not in rows for row in Y])
    alone = fit(NET, X[trained], Y[trained], batch_size=100, shuffle=False, epochs=2)
    split = train(validation_fraction=0.25, batch_size=100, shuffle=False, epochs=2)
    np.testing.assert_allclose(split.network.theta, alone.network.theta, rtol=1e-10)


def test_the_score_sees_targets_and_predictions_of_the_validation_data():
    def score(target, prediction):
        np.testing.assert_array_equal(target, HELD[1])
        return -float(((target - prediction) ** 2).sum(axis=1).mean())

    run = train(validation_data=HELD, score=score)
    np.testing.assert_allclose(
        [r.validation_score for r in run.history], [-r.validation_cost for r in run.history]
    )


def scripted(values):
    """A score that takes given values, one an epoch."""
    values = iter(values)
    return lambda target, prediction: next(values)


def stop_on(values, seen=None, **options):
    keep = [] if seen is None else seen
    return train(
        epochs=len(values),
        validation_data=HELD,
        score=scripted(values),
        early_stopping=EarlyStopping("score", **options),
        callbacks=[lambda row, net: keep.append(net)],
    )


def test_early_stopping_ends_after_more_than_patience_epochs_without_progress_and_restores_the_best():
    seen = []
    run = stop_on([1, 3, 2, 2, 2, 2, 2], seen, patience=2, tol=0.0)
    assert (run.stopped, run.best_epoch, len(run.history)) == ("early", 1, 5)
    np.testing.assert_array_equal(run.network.theta, seen[1].theta)
    assert not np.array_equal(seen[1].theta, seen[2].theta)


def test_progress_within_patience_starts_the_wait_anew():
    run = stop_on([1, 0, 0, 2, 0, 0, 3, 0, 0], patience=2, tol=0.0)
    assert (run.stopped, run.best_epoch, len(run.history)) == ("epochs", 6, 9)


def test_progress_below_the_tolerance_does_not_count_but_the_best_is_still_kept():
    run = stop_on([1, 1.1, 1.2, 1.3, 1.4, 1.5], patience=2, tol=10.0)
    assert (run.stopped, run.best_epoch, len(run.history)) == ("early", 3, 4)


def test_early_stopping_on_the_validation_cost_keeps_the_epoch_of_the_lowest():
    run = train(
        epochs=60,
        optimizer=SGD(0.2),
        validation_data=HELD,
        early_stopping=EarlyStopping("cost", patience=5, tol=0.0),
    )
    costs = [row.validation_cost for row in run.history]
    assert run.best_epoch == int(np.argmin(costs))
    assert cost(run.network, *HELD) == pytest.approx(min(costs), rel=1e-12)
    assert run.stopped == "early"
    assert len(costs) == run.best_epoch + 7


def test_early_stopping_restores_the_best_also_when_the_epochs_run_out_before_patience():
    seen = []
    run = stop_on([1, 5, 4, 3], seen, patience=100)
    assert run.stopped == "epochs"
    np.testing.assert_array_equal(run.network.theta, seen[1].theta)


def test_early_stopping_on_the_training_cost_needs_no_validation_data():
    run = train(
        optimizer=SGD(1e-12), epochs=50, early_stopping=EarlyStopping("training_cost", patience=3, tol=0.1)
    )
    assert (run.stopped, len(run.history)) == ("early", 5)


def test_callbacks_see_every_epoch_also_the_one_that_early_stopping_ends():
    rows = []
    run = train(
        epochs=9,
        validation_data=HELD,
        score=scripted([3, 2, 1, 0] + [0] * 9),
        early_stopping=EarlyStopping("score", patience=1),
        callbacks=[lambda row, net: rows.append(row)],
    )
    assert run.stopped == "early"
    assert tuple(rows) == run.history


def test_early_stopping_works_with_lbfgs_too():
    run = fit(
        NET,
        X,
        Y,
        optimizer=LBFGS(),
        epochs=50,
        validation_data=HELD,
        score=scripted([1, 3, 2, 2, 2, 2, 2]),
        early_stopping=EarlyStopping("score", patience=2, tol=0.0),
    )
    assert (run.stopped, run.best_epoch, len(run.history)) == ("early", 1, 5)


# ------------------------------------------------------------------ callbacks


@pytest.mark.parametrize("optimizer", [SGD(0.05), LBFGS(tol=0.0)])
def test_a_callback_that_returns_something_true_ends_the_training(optimizer):
    run = train(optimizer=optimizer, epochs=20, callbacks=[lambda row, net: row.epoch == 2])
    assert (run.stopped, len(run.history)) == ("callback", 3)


def test_every_callback_is_called_even_if_an_earlier_one_ends_the_training():
    calls = []
    train(callbacks=[lambda row, net: True, lambda row, net: calls.append(row.epoch)])
    assert calls == [0]


def test_a_callback_gets_the_network_after_its_epoch():
    nets = []
    run = train(callbacks=[lambda row, net: nets.append(net)])
    assert len(nets) == 4
    np.testing.assert_array_equal(nets[-1].theta, run.network.theta)
    for epochs, net in enumerate(nets, start=1):
        np.testing.assert_array_equal(train(epochs=epochs).network.theta, net.theta)


def test_an_error_in_a_callback_reaches_the_caller():
    def broken(row, net):
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        train(callbacks=[broken])
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


# ------------------------------------------------------------------ interruption


def press_ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


def interrupt_at(epoch, how):
    def callback(row, net):
        if row.epoch == epoch:
            how()

    return callback


def raise_interrupt():
    raise KeyboardInterrupt


@pytest.mark.parametrize("how", [press_ctrl_c, raise_interrupt])
@pytest.mark.parametrize("optimizer", [SGD(0.05), Adam(0.01), LBFGS(tol=0.0)])
def test_ctrl_c_returns_what_was_learned(how, optimizer):
    try:
        run = train(optimizer=optimizer, epochs=1000, callbacks=[interrupt_at(2, how)])
    except KeyboardInterrupt:  # which would end pytest, not this test
        pytest.fail("Ctrl-C reached the caller and took away what was learned")
    assert run.stopped == "interrupted"
    assert len(run.history) == 3
    expected = train(optimizer=optimizer, epochs=3)
    np.testing.assert_array_equal(run.network.theta, expected.network.theta)
    np.testing.assert_array_equal(run.costs, expected.costs)


@pytest.mark.parametrize("optimizer", [SGD(0.05), LBFGS()])
def test_after_ctrl_c_the_handler_of_before_is_back(optimizer):
    before = signal.getsignal(signal.SIGINT)
    train(optimizer=optimizer, callbacks=[interrupt_at(0, press_ctrl_c)])
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        press_ctrl_c()


def test_ctrl_c_restores_the_best_where_early_stopping_keeps_it():
    seen = []
    run = train(
        epochs=100,
        validation_data=HELD,
        score=scripted([1, 5, 2, 2, 2]),
        early_stopping=EarlyStopping("score"),
        callbacks=[lambda row, net: seen.append(net), interrupt_at(3, press_ctrl_c)],
    )
    assert (run.stopped, run.best_epoch) == ("interrupted", 1)
    np.testing.assert_array_equal(run.network.theta, seen[1].theta)


def test_an_interrupted_training_can_be_continued():
    first = train(epochs=100, optimizer=Adam(0.01), callbacks=[interrupt_at(1, press_ctrl_c)])
    second = fit(first.network, X, Y, optimizer=Adam(0.01), batch_size=8, epochs=3, state=first.state)
    np.testing.assert_array_equal(second.network.theta, train(epochs=5, optimizer=Adam(0.01)).network.theta)


class CtrlCAtEpoch(Schedule):
    """A constant rate that presses Ctrl-C when the rates of its epoch are asked for."""

    def __init__(self, epoch):
        self.epoch = epoch

    def rates(self, steps, run):
        if steps[0] // run.steps_per_epoch == self.epoch:
            press_ctrl_c()
        return Constant(0.05).rates(steps, run)


def test_ctrl_c_inside_an_epoch_stops_at_once_and_the_epoch_does_not_count():
    run = train(epochs=1000, optimizer=SGD(CtrlCAtEpoch(2)))
    assert run.stopped == "interrupted"
    assert len(run.history) == 2
    assert len(run.costs) < 9
    assert np.isfinite(run.network.theta).all()


def test_a_handler_of_the_programs_own_stays_in_charge():
    calls = []
    before = signal.signal(signal.SIGINT, lambda *_: calls.append("mine"))
    try:
        run = train(callbacks=[interrupt_at(1, press_ctrl_c)])
    finally:
        signal.signal(signal.SIGINT, before)
    assert (calls, run.stopped) == (["mine"], "epochs")


# ------------------------------------------------------------------ divergence


@pytest.mark.parametrize("optimizer", [SGD(1e4), Momentum(1e4), Nesterov(1e4)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_cost_that_is_not_finite_is_an_error_with_the_last_finite_network(optimizer, dtype, engine):
    net = Network(Hierarchy.complete(3, 5, 2), hidden="identity", dtype=dtype, seed=0)
    with pytest.raises(DivergedError, match=r"epoch \d+, step \d+.*layer \d.*rate") as caught:
        fit(net, X, Y, optimizer=optimizer, batch_size=8, epochs=1000, engine=engine)
    error = caught.value
    assert isinstance(error, ArithmeticError)
    assert isinstance(error, HassenetError)
    assert error.epoch >= 0
    assert 0 <= error.step < 3
    assert error.layer in (0, 1)
    assert np.isfinite(error.network.theta).all()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_network_on_the_error_is_the_one_before_the_step_that_diverged(engine):
    net = Network(Hierarchy.complete(3, 5, 2), hidden="identity", dtype="float64", seed=0)
    options = {"optimizer": Momentum(1e4), "batch_size": 21, "engine": engine}
    with pytest.raises(DivergedError) as caught:
        fit(net, X, Y, epochs=1000, **options)
    error = caught.value
    before = fit(net, X, Y, epochs=error.epoch - 1, **options)
    np.testing.assert_array_equal(error.network.theta, before.network.theta)
    assert np.isfinite(cost(error.network, X, Y))


def test_the_network_on_the_error_is_right_inside_an_epoch_too(engine):
    """A batch for each example: θ after k steps is a training on the first k examples, in order."""
    net = Network(Hierarchy.complete(3, 5, 2), hidden="identity", dtype="float32", seed=0)
    options = {"optimizer": SGD(1e3), "batch_size": 1, "shuffle": False, "epochs": 1, "engine": engine}
    with pytest.raises(DivergedError) as caught:
        fit(net, X, Y, **options)
    error = caught.value
    assert error.epoch == 0
    assert error.step > 1
    k = error.step - 1
    np.testing.assert_array_equal(error.network.theta, fit(net, X[:k], Y[:k], **options).network.theta)


def test_the_network_on_the_error_is_right_at_the_first_step_of_an_epoch_too(engine):
    """Three batches an epoch; the network is the one before the last step of the epoch before."""
    net = Network(Hierarchy.complete(3, 5, 2), hidden="identity", dtype="float32", seed=0)
    options = {"batch_size": 7, "shuffle": False, "engine": engine}

    def failure(rate):
        with pytest.raises(DivergedError) as caught:
            fit(net, X, Y, optimizer=SGD(rate), epochs=1000, **options)
        return rate, caught.value

    failures = map(failure, np.geomspace(2, 200, 60))
    rate, error = next((rate, e) for rate, e in failures if e.step == 0 and e.epoch > 0)
    before = fit(net, X, Y, optimizer=SGD(rate), epochs=error.epoch - 1, **options).network
    expected = fit(before, X[:14], Y[:14], optimizer=SGD(rate), epochs=1, **options).network
    np.testing.assert_array_equal(error.network.theta, expected.theta)


@pytest.mark.parametrize(("W0", "W1", "layer"), [(1e30, 1.0, 0), (1e10, 1e30, 1), (1e10, 1e15, 1)])
def test_the_layer_named_is_the_first_whose_signal_is_not_finite_or_the_last(W0, W1, layer, engine):
    net = Network(Hierarchy.complete(1, 1, 1), hidden="identity", dtype="float32")
    net = net.with_parameters([[[W0]], [[W1]]], [[0], [0]])
    with pytest.raises(DivergedError) as caught:
        fit(net, [[1e10]], [0.0], epochs=3, engine=engine)
    assert (caught.value.epoch, caught.value.step, caught.value.layer) == (0, 0, layer)
    np.testing.assert_array_equal(caught.value.network.theta, net.theta)


def test_lbfgs_from_a_start_without_a_finite_cost_is_the_same_error():
    net = Network(Hierarchy.complete(1, 1), dtype="float32").with_parameters([[[1e30]]], [[0]])
    with pytest.raises(DivergedError):
        fit(net, [[1e10]], [0.0], optimizer=LBFGS())


# ------------------------------------------------------------------ options, progress


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "batch_size.*got 0"),
        ({"batch_size": 2.5}, "batch_size.*got 2.5"),
        ({"epochs": -1}, "epochs.*got -1"),
        ({"validation_fraction": 1.0}, r"validation_fraction lies in \[0, 1\)"),
        ({"validation_fraction": 0.001}, "holds out 0 of 21"),
        ({"validation_fraction": 0.5, "validation_data": HELD}, "not both"),
        (
            {"early_stopping": EarlyStopping("cost")},
            "validation cost needs validation data.*validation_fraction",
        ),
        ({"early_stopping": EarlyStopping("score"), "validation_data": HELD}, "score=function"),
        ({"engine": "steam"}, "no engine 'steam'.*reference"),
        ({"loss": "hinge"}, "no loss 'hinge'"),
    ],
)
def test_an_impossible_option_is_refused_before_anything_is_done(options, message):
    with pytest.raises(ParameterError, match=message):
        train(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizer": 0.1}, r"optimizer is one of hassenet's, as SGD\(0.1\).*got 0.1"),
        ({"optimizer": "adam"}, "optimizer is one of hassenet's.*'adam'"),
        ({"penalty": 0.1}, r"penalty is L2\(…\).*got 0.1"),
        ({"seed": -1}, "seed.*got -1"),
    ],
)
def test_an_option_of_another_kind_is_refused(options, message):
    with pytest.raises(ParameterError, match=message):
        train(**options)


def test_a_state_of_another_optimiser_or_network_is_refused():
    state = train(optimizer=Adam(0.01)).state
    with pytest.raises(ParameterError, match="go on with the same"):
        train(optimizer=Momentum(0.01), state=state)
    with pytest.raises(ParameterError, match="go on with the same"):
        fit(Network(Hierarchy.complete(3, 2)), X, Y, optimizer=Adam(0.01), state=state)


@pytest.mark.parametrize("options", [{"monitor": "luck"}, {"patience": -1}, {"patience": nan}])
def test_early_stopping_refuses_what_it_cannot_watch(options):
    with pytest.raises(ParameterError, match="got"):
        EarlyStopping(**options)


def test_progress_is_shown_on_standard_error_only_when_asked_for(capsys):
    train()
    assert capsys.readouterr() == ("", "")
    train(progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "12/12" in err
