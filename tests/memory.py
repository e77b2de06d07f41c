"""How much memory an action needs."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

_RUNS = 5


def holds_less(most: float, action: Callable[[], object]) -> bool:
    """Return whether an action can do with less than so many bytes at one time.

    One of a few runs is enough: what an import, a table that is made once or another thread takes (one that an earlier
    test has left behind) stands beside the action's own bytes in some of them, and can only add.
    """
    gc.collect()
    return any(_peak(action) < most for _ in range(_RUNS))


def _peak(action: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
