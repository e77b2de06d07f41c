"""Examples of a stream that are held in memory, as X would be that was never a stream."""

from __future__ import annotations

from typing import Any

from hassenet.data.stream import Stream, as_arrow
from hassenet.data.table import is_table
from hassenet.data.windows import stacked


def in_memory(stream: Stream) -> Any:
    """Return the features of all examples: a table where columns have names, else an array, held as their blocks are.

    Examples
    --------
    >>> import numpy as np
    >>> from hassenet.streams import open
    >>> in_memory(open(np.eye(3), block=2)[[0, 2]])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    blocks = list(stream.blocks())
    if not is_table(blocks[0]):
        return stacked(blocks)
    is_ours = hasattr(type(blocks[0]), "above")
    return blocks[0].above(blocks[1:]) if is_ours else as_arrow(blocks, stream.names)
