"""Ctrl-C, and the other signals that ask a run to end, as a request that a loop can look at."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
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
            for number, usual in _USUAL.items():
                handler = signal.getsignal(number)
                if handler in usual or hasattr(handler, "asked"):
                    self._before[number] = handler
                    signal.signal(number, self._ask)
            _open.append(self)
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
            signal.signal(number, self._before.pop(number))

    def __exit__(self, *_: Any) -> None:
        self._restore(*self._before)
        if self in _open:
            _open.remove(self)

    def leave_to_the_end(self) -> None:
        """Let signals that end processes end this one: it was forked, and who made it, as a pool, waits for its end."""
        for number in {*_ENDING} & {*self._before}:
            signal.signal(number, signal.SIG_DFL)


# ---------------------------------------------------------------- processes that are forked meanwhile

_open: list[Interrupt] = []
_forking = local()


def _hold_back() -> None:
    """Let signals wait while a process is forked: Python forgets those that reach a child before it is whole."""
    if _open:
        _forking.mask = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)


def _let_come() -> None:
    mask = vars(_forking).pop("mask", None)
    if mask is not None:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _in_a_child() -> None:
    for interrupt in _open:
        interrupt.leave_to_the_end()
    _let_come()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_hold_back, after_in_parent=_let_come, after_in_child=_in_a_child)


@contextmanager
def signals_as_ctrl_c() -> Iterator[None]:
    """Let what asks the process to end, and would end it at once, raise KeyboardInterrupt as Ctrl-C does.

    So what is done can still be kept. Where a program has a handler of its own, and in other threads, nothing changes.
    """
    here = current_thread() is main_thread()
    replaced = [n for n in _ENDING if here and signal.getsignal(n) is signal.SIG_DFL]
    for number in replaced:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in replaced:
            signal.signal(number, signal.SIG_DFL)
