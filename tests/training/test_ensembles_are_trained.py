"""Members are trained side by side, each as a network by itself is, and Ctrl-C keeps those that are done."""

from __future__ import annotations

import os
import signal
import threading
import time
from itertools import count
from threading import Event

import numpy as np
import pytest

from hassenet import Adam, Hierarchy, Network, cost, fit, fit_ensemble, gradient, refit_output
from hassenet import testing as ht
from hassenet.engines.threads import limited, n_threads, usable
from hassenet.errors import DataError, DivergedError, ParameterError
from hassenet.network import initial_theta
from hassenet.optimizers import LBFGS, SGD
from hassenet.training import memory
from hassenet.training.interrupt import Interrupt
from hassenet.training.seeds import seeds
from hassenet.training.side_by_side import in_threads

H = Hierarchy.random((4, 3), covers=(8,), seed=0).crown(["y"])
NET = Network(H, "tanh", dtype="float64")
X, Y = ht.random_array(20, 4, seed=0), ht.random_array(20, 1, seed=1)
OPTIONS = {"optimizer": Adam(0.01), "epochs": 3, "batch_size": 6}


def thetas(found):
    return [net.theta.tobytes() for net in found.ensemble]


@pytest.mark.parametrize(
    "options", [{"dropout": 0.3}, {"optimizer": LBFGS(), "epochs": 4}, {"validation_fraction": 0.2}]
)
def test_a_member_is_the_network_that_a_fit_gives_from_its_seed(engine, options):
    options = {**OPTIONS, **options, "engine": engine}
    found = fit_ensemble(NET, X, Y, members=3, seed=7, **options)
    for seed, one in zip(seeds("members", 7, 3), found.fits, strict=True):
        start = NET.with_theta(initial_theta(NET.plan, seed, NET.dtype))
        alone = fit(start, X, Y, seed=seed, **options)
        np.testing.assert_array_equal(one.network.theta, alone.network.theta)
        np.testing.assert_array_equal(one.costs, alone.costs)


@pytest.mark.parametrize("n_jobs", [2, 3, -1])
def test_the_bits_do_not_depend_on_how_many_are_trained_at_a_time(engine, n_jobs):
    one, other = (fit_ensemble(NET, X, Y, members=4, n_jobs=n, engine=engine, **OPTIONS) for n in (1, n_jobs))
    assert thetas(one) == thetas(other)
    assert one.stopped == "members"


def test_the_first_of_many_members_are_those_of_few():
    few, many = (fit_ensemble(NET, X, Y, members=n, **OPTIONS) for n in (2, 5))
    assert thetas(many)[:2] == thetas(few)
    assert len(set(thetas(many))) == 5


def test_members_read_the_one_copy_of_the_data_that_there_is(monkeypatch):
    from hassenet.training import ensemble

    seen = []
    alone = ensemble.fit_examples
    monkeypatch.setattr(
        ensemble, "fit_examples", lambda *call: (seen.append((call[3].X, call[3].Y)), alone(*call))[1]
    )
    fit_ensemble(NET, X, Y, members=3, **OPTIONS)
    assert len({(id(a), id(b)) for a, b in seen}) == 1
    assert np.shares_memory(seen[0][0], X)


def test_each_training_side_by_side_has_one_thread_and_the_results_keep_their_order():
    def task(k):
        time.sleep(0.01 * (3 - k))
        return k, n_threads.get()

    assert in_threads(task, [(k,) for k in range(4)], n_jobs=3) == tuple((k, 1) for k in range(4))


def test_as_many_are_trained_at_a_time_as_threads_may_be_used():
    meet = threading.Barrier(2)
    with limited(2):
        assert usable() == 2
        assert len(in_threads(meet.wait, [(60.0,), (60.0,)])) == 2  # a single one would wait in vain


# ------------------------------------------------------------------ Ctrl-C


def presses_at(number):
    """A callback that presses Ctrl-C in the training of that number; it and later ones wait until that is seen."""
    numbers, pressed = count(1), Event()

    def callback(epoch, _):
        if epoch.epoch == 0 and next(numbers) == number:
            pressed.set()
            os.kill(os.getpid(), signal.SIGINT)
        while pressed.is_set() and not Interrupt().requested:
            time.sleep(0.001)

    return callback


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_after_ctrl_c_the_members_that_are_done_are_kept(n_jobs):
    whole = fit_ensemble(NET, X, Y, members=6, **OPTIONS)
    found = fit_ensemble(NET, X, Y, members=6, n_jobs=n_jobs, callbacks=[presses_at(4)], **OPTIONS)
    assert found.stopped == "interrupted"
    assert 1 <= len(found.ensemble) <= 3
    assert set(thetas(found)) <= set(thetas(whole))
    assert f"{len(found.fits)} of 6 members" in repr(found)
    assert "stopped: interrupted" in repr(found)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_after_ctrl_c_before_a_member_is_done_there_is_no_ensemble():
    with pytest.raises(KeyboardInterrupt, match="0 of 3 members are done"):
        fit_ensemble(NET, X, Y, members=3, n_jobs=1, callbacks=[presses_at(1)], **OPTIONS)


def test_what_is_not_begun_when_ctrl_c_is_pressed_is_left_out():
    def task(k):
        if k == 1:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.05)
        return k

    assert in_threads(task, [(k,) for k in range(4)], n_jobs=1) == (0, 1, None, None)


def test_a_request_that_is_shared_is_seen_by_loops_inside_alone():
    with Interrupt() as outer:
        with outer.shared():
            inside = Interrupt()
        assert not Interrupt().requested
        outer.request()
        assert inside.requested
        assert not Interrupt().requested


def test_where_a_member_diverges_its_error_is_raised():
    with pytest.raises(DivergedError, match="lower the rate"):
        fit_ensemble(NET, 1e3 * X, Y, members=3, n_jobs=2, optimizer=SGD(1e6), epochs=50)


# ------------------------------------------------------------------ refused before any training

FAULTS = {
    "members": {"members": 0},
    "half a member": {"members": 1.5},
    "seed": {"seed": -1},
    "jobs": {"n_jobs": 0},
    "an option of no fit": {"neurons": 3},
    "threads": {"n_threads": 2},
    "state": {"state": None},
    "epochs": {"epochs": -1},
    "loss": {"loss": "guess"},
}


@pytest.fixture
def no_training(monkeypatch):
    """Let any training fail."""
    from hassenet.training import ensemble

    monkeypatch.setattr(ensemble, "fit_examples", None)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("no_training")
def test_an_option_outside_its_domain_is_refused_before_any_training_of_a_member(fault):
    with pytest.raises(ParameterError):
        fit_ensemble(NET, X, Y, **FAULTS[fault])


@pytest.mark.usefixtures("no_training")
def test_data_that_do_not_fit_are_refused_before_any_training_of_a_member():
    with pytest.raises(DataError):
        fit_ensemble(NET, X[:, :3], Y)


@pytest.mark.parametrize("options", [{}, {"optimizer": Adam(0.1)}, {"optimizer": LBFGS()}])
@pytest.mark.usefixtures("no_training")
def test_members_that_do_not_fit_into_memory_are_refused_before_any_training(monkeypatch, options):
    monkeypatch.setattr(memory, "memory_of_the_machine", lambda: 2000)
    with pytest.raises(
        ParameterError, match="20 members of 15 parameters each need about .* this machine has 2 kB"
    ):
        fit_ensemble(NET, X, Y, members=20, **options)


def test_a_machine_that_does_not_tell_its_memory_is_trusted(monkeypatch):
    monkeypatch.setattr(memory, "memory_of_the_machine", lambda: None)
    assert len(fit_ensemble(NET, X, Y, members=2, **OPTIONS).ensemble) == 2


def test_an_ensemble_is_not_trained_on_as_a_network_is():
    several = fit_ensemble(NET, X, Y, members=2, **OPTIONS).ensemble
    for call in (fit, cost, gradient, refit_output, fit_ensemble):
        with pytest.raises(ParameterError, match=r"an ensemble of 2; give ensemble\.networks\[0\]"):
            call(several, X, Y)
