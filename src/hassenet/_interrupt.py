"""Ctrl-C as a request that a loop can look at."""

from __future__ import annotations

import signal
from threading import current_thread, main_thread
from types import FrameType
from typing import Any, final


@final
class Interrupt:
    """While open, the first Ctrl-C sets ``requested``; a second one raises KeyboardInterrupt as ever.

    Only the main thread can receive signals; elsewhere, and where a program has a handler of its own, nothing changes.
    """

    def __init__(self) -> None:
        self.requested = False
        self._mine = False

    def __enter__(self) -> Interrupt:
        default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if default and current_thread() is main_thread():
            signal.signal(signal.SIGINT, self._ask)
            self._mine = True
        return self

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self.requested = True
        self._restore()

    def _restore(self) -> None:
        if self._mine:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._mine = False

    def __exit__(self, *_: Any) -> None:
        self._restore()
