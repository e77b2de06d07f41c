"""Where blocks of a stream are kept, as its steps make them."""

from __future__ import annotations

from typing import Any, Protocol

from hassenet.data.source import Read


class Keeping(Protocol):
    """What keeps blocks for later epochs; a folder does, of ``streams``."""

    def reading(self, stream: Any, made: Read) -> Read:
        """Return what reads a block of a stream from where it is kept, or makes it and keeps it there."""
