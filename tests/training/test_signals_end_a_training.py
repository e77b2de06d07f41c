"""What asks a run to end, ends a training as Ctrl-C does, and what a program does with its signals stays as it is."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import numpy as np
import pytest

from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import LBFGS
from hassenet.training import Fit, fit
from hassenet.training.interrupt import Interrupt, signals_as_ctrl_c

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
X = np.random.default_rng(0).normal(size=(8, 2))


@pytest.fixture(params=SIGNALS, ids=lambda number: number.name)
def number(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    """A signal that has its usual handler, whatever the tests were started by."""
    number: signal.Signals = request.param
    usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
    before = signal.signal(number, usual)
    yield number
    signal.signal(number, before)


def trained(number: signal.Signals, times: int = 1, **options: Any) -> Fit:
    """Train; in the third epoch the signal comes."""

    def send(epoch: Any, *_: Any) -> None:
        for _ in range(times if epoch.epoch == 2 else 0):
            signal.raise_signal(number)

    net = Network(Hierarchy.complete(2, 2, 1), dtype="float64")
    return fit(net, X, X[:, :1], epochs=6, callbacks=[send], **options)


@pytest.mark.parametrize("options", [{}, {"optimizer": LBFGS()}], ids=["descent", "lbfgs"])
def test_a_signal_ends_a_training_with_what_was_learned(number, options):
    before = signal.getsignal(number)
    fitted = trained(number, **options)
    assert fitted.stopped == "interrupted"
    assert len(fitted.history) == 3
    assert signal.getsignal(number) is before


@pytest.mark.skipif(len(SIGNALS) < 3, reason="there is no SIGHUP")
def test_what_comes_twice_when_a_terminal_is_closed_ends_a_training_once():
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    assert trained(signal.SIGHUP, times=2).stopped == "interrupted"
    assert signal.signal(signal.SIGHUP, before) == signal.SIG_DFL


def test_a_signal_that_is_ignored_stays_ignored(number):
    signal.signal(number, signal.SIG_IGN)
    assert trained(number).stopped == "epochs"
    assert signal.getsignal(number) == signal.SIG_IGN


def test_a_handler_of_a_program_is_called_and_stays(number):
    called: list[int] = []

    def handler(number: int, _frame: object) -> None:
        called.append(number)

    signal.signal(number, handler)
    assert trained(number).stopped == "epochs"
    assert called == [number]
    assert signal.getsignal(number) is handler


def test_a_training_in_another_thread_leaves_the_handlers_as_they_are(number):
    before, seen = signal.getsignal(number), []
    net = Network(Hierarchy.complete(2, 1))
    watch = {"callbacks": [lambda *_: seen.append(signal.getsignal(number))], "epochs": 2}
    thread = Thread(target=fit, args=(net, X, X[:, :1]), kwargs=watch)
    thread.start()
    thread.join()
    assert seen
    assert all(handler is before for handler in seen)


class AsksForTheEnd:
    """A handler of a command, which asks for the end too."""

    def asked(self, number: int) -> None:
        """Nothing comes of it."""

    def __call__(self, number: int, _frame: object) -> None:
        self.asked(number)


@contextmanager
def a_handler_that_asks() -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, AsksForTheEnd())
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.skipif(sys.platform == "win32", reason="no process is forked there")
@pytest.mark.parametrize("replaced", [Interrupt, signals_as_ctrl_c, a_handler_that_asks])
def test_a_process_that_was_forked_meanwhile_ends_by_what_ends_processes_however_soon_it_comes(replaced):
    fork = multiprocessing.get_context("fork")
    with replaced():
        children = [fork.Process(target=sleep, args=(60,)) for _ in range(20)]
        for child in children:
            child.start()
            child.terminate()
            child.join(30)
    assert [child.exitcode for child in children] == [-signal.SIGTERM] * 20


@pytest.mark.skipif(sys.platform == "win32", reason="no process is forked there")
@pytest.mark.parametrize("replaced", [Interrupt, signals_as_ctrl_c])
def test_a_handler_that_a_program_sets_meanwhile_stays_and_is_that_of_processes_it_forks(replaced, number):
    with replaced():
        signal.signal(number, own)
        child = multiprocessing.get_context("fork").Process(
            target=ends_with_whether_it_is_own, args=(number,)
        )
        child.start()
        child.join(30)
    assert child.exitcode == 0
    assert signal.getsignal(number) is own


def own(_number: int, _frame: object) -> None:
    """Handle a signal as a program does."""


def ends_with_whether_it_is_own(number: signal.Signals) -> None:
    sys.exit(signal.getsignal(number) is not own)


def trains_on(checkpoint: Path | None, begun: Any) -> None:
    net = Network(Hierarchy.complete(2, 2, 1), dtype="float64")
    fit(net, X, X[:, :1], epochs=10**9, callbacks=[lambda *_: begun.set()], checkpoint=checkpoint)


@pytest.mark.parametrize("checkpoint", [None, "kept"])
@pytest.mark.parametrize(
    "start", [s for s in ("fork", "spawn") if s in multiprocessing.get_all_start_methods()]
)
def test_a_training_in_a_process_of_a_pool_ends_with_it(start, checkpoint, tmp_path):
    context = multiprocessing.get_context(start)
    begun = context.Event()
    child = context.Process(target=trains_on, args=(checkpoint and tmp_path / checkpoint, begun))
    child.start()
    assert begun.wait(300)
    child.terminate()
    child.join(30)
    child.kill()
    assert child.exitcode == -signal.SIGTERM
