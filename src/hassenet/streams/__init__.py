"""Files that are read a block at a time, as where they are larger than memory."""

from hassenet.data.stream import Stream
from hassenet.streams.opening import open

__all__ = ["Stream", "open"]
