"""Ctrl-C, and the other signals that ask a run to end, as a request that a loop can look at."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from threading import current_thread, local, main_thread
from types import FrameType
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

Flag = NDArray[np.bool_]

# What asks a training to end, beside its handlers that may be replaced for a while: those that would end the process.
# Where a signal is ignored (nohup, or a shell's background), or a program has a handler of its own, it stays so.
_ENDING = [signal.Signals[name] for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_USUAL: dict[signal.Signals, tuple[Any, ...]] = {
    signal.SIGINT: (signal.default_int_handler,),
    **dict.fromkeys(_ENDING, (signal.SIG_DFL, signal.default_int_handler)),
}

# The flag of an Interrupt outside, in whose turn a loop runs, perhaps in another thread than it.
_outer: ContextVar[Flag | None] = ContextVar("_outer", default=None)


@final
class Interrupt:
    """While open, the first Ctrl-C sets ``requested``; a second one raises KeyboardInterrupt as ever.

    SIGTERM (``kill``, a batch system whose time is up) and SIGHUP (a terminal that is closed) set it too, every time.
    Only the main thread can receive signals; elsewhere, and where a program has a handler of its own, nothing changes.
    A handler with a method ``asked`` is one that wants the same: it is called with the number of a signal that came.
    """

    def __init__(self) -> None:
        outer = _outer.get()
        # An array, so that compiled code can look at it too.
        self.flag: Flag = np.zeros(1, bool) if outer is None else outer
        self._before: dict[signal.Signals, Any] = {}

    @property
    def requested(self) -> bool:
        """Whether Ctrl-C was pressed, or the run was asked to end otherwise."""
        return bool(self.flag[0])

    def request(self) -> None:
        """Ask as Ctrl-C does."""
        self.flag[0] = True

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Let loops that begin inside look at this request too: it is for all of them, whatever thread they run in."""
        token = _outer.set(self.flag)
        try:
            yield
        finally:
            _outer.reset(token)

    def __enter__(self) -> Interrupt:
        if current_thread() is main_thread():
            _taken[id(self)] = dict.fromkeys(_ENDING, self._ask)
            for number, usual in _usual().items():
                handler = signal.getsignal(number)
                if handler in usual or hasattr(handler, "asked"):
                    self._before[number] = handler
                    signal.signal(number, self._ask)
        return self

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        self.request()
        tell = getattr(self._before.get(signal.Signals(number)), "asked", None)
        if tell is not None:
            tell(number)
        if number == signal.SIGINT:  # the others often come twice, as where a terminal is closed
            self._restore(signal.SIGINT)

    def _restore(self, *numbers: signal.Signals) -> None:
        for number in numbers:
            _put_back(number, self._ask, self._before.pop(number))

    def __exit__(self, *_: Any) -> None:
        self._restore(*self._before)
        _taken.pop(id(self), None)


@contextmanager
def signals_as_ctrl_c() -> Iterator[None]:
    """Let what asks the process to end, and would end it at once, raise KeyboardInterrupt as Ctrl-C does.

    So what is done can still be kept. Where a program has a handler of its own, and in other threads, nothing changes.
    """
    here = _usual() if current_thread() is main_thread() else {}
    replaced = [n for n in _ENDING if n in here and signal.getsignal(n) is signal.SIG_DFL]
    with handled(dict.fromkeys(replaced, signal.default_int_handler)):
        yield


@contextmanager
def handled(handlers: Mapping[signal.Signals, Any]) -> Iterator[None]:
    """Let signals have these handlers, and then those that they had; processes forked meanwhile end by them as ever."""
    _taken[id(handlers)] = handlers
    before: dict[signal.Signals, Any] = {}
    try:
        for number, handler in handlers.items():
            before[number] = signal.signal(number, handler)
        yield
    finally:
        for number, handler in before.items():
            _put_back(number, handlers[number], handler)
        _taken.pop(id(handlers), None)


def _put_back(number: signal.Signals, ours: Any, before: Any) -> None:
    """Give a signal the handler that it had before ours, but where a program has given it another one meanwhile."""
    if signal.getsignal(number) == ours:
        signal.signal(number, before)


# ---------------------------------------------------------------- processes of a pool, and others that are forked

# Who made a process, as a pool, ends it by a signal and waits for its end. A handler in Python would not do: one that
# the process meets on its way into a lock is called when the lock is free, and nobody frees it any more.

_taken: dict[int, Mapping[signal.Signals, Any]] = {}
"""The handlers that signals have for a while, by who has given them to them."""

_forking = local()


def _usual() -> Mapping[signal.Signals, tuple[Any, ...]]:
    """Return the signals that may have another handler for a while, and which they usually have."""
    from multiprocessing import parent_process

    return _USUAL if parent_process() is None else {n: h for n, h in _USUAL.items() if n not in _ENDING}


def _replaced() -> list[signal.Signals]:
    """Return which signals that end processes ask for the end now."""
    ours = tuple(_taken.values())  # other threads may come and go meanwhile
    handlers = {number: signal.getsignal(number) for number in _ENDING}
    return [
        n for n, h in handlers.items() if hasattr(h, "asked") or any(n in one and one[n] == h for one in ours)
    ]


def _hold_back() -> None:
    """Let signals wait while a process is forked: Python forgets those that reach a child before it is whole."""
    if replaced := _replaced():
        _forking.mask = signal.pthread_sigmask(signal.SIG_BLOCK, replaced)


def _let_come() -> None:
    mask = vars(_forking).pop("mask", None)
    if mask is not None:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _in_a_child() -> None:
    for number in _replaced():
        signal.signal(number, signal.SIG_DFL)
    _let_come()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_hold_back, after_in_parent=_let_come, after_in_child=_in_a_child)
