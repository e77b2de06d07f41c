"""Outputs that are parameters of one model: blocks of as many rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hassenet.errors import ShapeError
from hassenet.likelihoods.base import Array, Loss
from hassenet.likelihoods.gaps import Part, Seen


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


def target_by_target(loss: Loss, seen: Seen, n: int) -> Iterator[Part]:
    """Yield the n outputs of each target, with the examples that have it.

    >>> from hassenet.likelihoods import LearnedScaleLoss
    >>> seen = np.array([[True, False], [True, True]] * 2)
    >>> [part.outputs.tolist() for part in target_by_target(LearnedScaleLoss(), seen, 2)]
    [[0, 2], [1, 3]]
    """
    k = len(seen) // n
    outputs = np.arange(len(seen)).reshape(n, k)
    return (Part(loss, outputs[:, j], np.flatnonzero(seen[j])) for j in range(k) if seen[j].any())
