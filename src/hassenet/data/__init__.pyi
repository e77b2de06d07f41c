from hassenet.data.stream import Stream as Stream
from hassenet.streams.opening import open as open

__all__ = ["Stream", "open"]
