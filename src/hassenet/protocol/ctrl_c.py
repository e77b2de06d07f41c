"""Ctrl-C in the middle of a training ends it at once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from typing import Any


@contextmanager
def raised() -> Iterator[None]:
    """Let Ctrl-C raise KeyboardInterrupt, also where a fit would hand back what it has learned until then.

    A network that was trained halfway has no place beside others. A fit leaves the handler of a program alone, so that
    one that does what Python's does is enough.
    """
    default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not default or current_thread() is not main_thread():
        yield
        return
    signal.signal(signal.SIGINT, _raise)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _raise(*_: Any) -> None:
    raise KeyboardInterrupt
