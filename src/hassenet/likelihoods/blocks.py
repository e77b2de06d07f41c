"""Outputs that are parameters of one model: blocks of as many rows."""

from __future__ import annotations

import numpy as np

from hassenet.errors import ShapeError
from hassenet.likelihoods.base import Array


def in_blocks(outputs: Array, n: int) -> list[Array]:
    """Return n blocks of (n·k, m), a row an output.

    Raises
    ------
    ShapeError
        If they are not as many blocks.
    """
    if len(outputs) % n:
        raise ShapeError(
            f"the model has {n} outputs for each target; {len(outputs)} are not a multiple of it; give the network "
            f"{n} blocks of outputs"
        )
    return np.split(outputs, n)
