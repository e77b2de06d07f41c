"""Ctrl-C as a request that a loop can look at."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import current_thread, main_thread
from types import FrameType
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

Flag = NDArray[np.bool_]

# The flag of an Interrupt outside, in whose turn a loop runs, perhaps in another thread than it.
_outer: ContextVar[Flag | None] = ContextVar("_outer", default=None)


@final
class Interrupt:
    """While open, the first Ctrl-C sets ``requested``; a second one raises KeyboardInterrupt as ever.

    Only the main thread can receive signals; elsewhere, and where a program has a handler of its own, nothing changes.
    """

    def __init__(self) -> None:
        outer = _outer.get()
        # An array, so that compiled code can look at it too.
        self.flag: Flag = np.zeros(1, bool) if outer is None else outer
        self._mine = False

    @property
    def requested(self) -> bool:
        """Whether Ctrl-C was pressed."""
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
        default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if default and current_thread() is main_thread():
            signal.signal(signal.SIGINT, self._ask)
            self._mine = True
        return self

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self.request()
        self._restore()

    def _restore(self) -> None:
        if self._mine:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._mine = False

    def __exit__(self, *_: Any) -> None:
        self._restore()
