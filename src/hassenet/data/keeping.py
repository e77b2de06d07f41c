"""Where blocks of a stream are kept, as its steps make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from hassenet.data.source import Read

Make = Callable[[int, Any], Any]
"""From the number of a block, and which of its rows are wanted, to what steps make of these."""


class Keeping(Protocol):
    """What keeps blocks for later epochs; a folder does, of ``streams``."""

    def reading(self, stream: Any, made: Make) -> Read:
        """Return what reads the examples of a block from where it is kept, or makes it and keeps it there."""
