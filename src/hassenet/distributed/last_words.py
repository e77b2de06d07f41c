"""What a process has written is read before the process ends."""

from __future__ import annotations

import struct
import sys
from time import monotonic, sleep
from typing import Any

if sys.platform != "win32":
    import termios
    from fcntl import ioctl

__all__ = ["wait_until_read"]

_LIMIT = 5.0  # seconds: a reader that is gone keeps nobody
_LOOK = 0.005  # seconds
_MOMENT = 0.1  # seconds in which a reader passes on what it has read


def wait_until_read(*streams: Any, limit: float = _LIMIT) -> None:
    """Flush streams, and wait until nothing that they wrote is left in their pipes, a few seconds at most.

    Parameters
    ----------
    *streams : file objects
        Those without a pipe that tells what is left in it get a moment.
    limit : float
        Seconds to wait for a reader that does not read.

    Examples
    --------
    >>> import os
    >>> reading, writing = os.pipe()
    >>> with os.fdopen(writing, "w") as stream:
    ...     written = stream.write("no space left")
    ...     wait_until_read(stream, limit=0.01)
    >>> os.read(reading, 100)
    b'no space left'
    >>> os.close(reading)
    """
    end = monotonic() + limit
    for stream in streams:
        stream.flush()
    while any(map(_is_unread, streams)) and monotonic() < end:
        sleep(_LOOK)
    sleep(_MOMENT)


def _is_unread(stream: Any) -> bool:
    """Return whether a pipe holds bytes that nobody has read."""
    if sys.platform == "win32":
        return False
    try:
        left = ioctl(stream.fileno(), termios.FIONREAD, bytes(4))
    except (OSError, ValueError):  # a stream that no file of the system, or no pipe, is behind
        return False
    return struct.unpack("i", left) != (0,)
