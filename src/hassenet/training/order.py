"""The order of the examples of an epoch."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.rows_of import RowsOf

Rows = NDArray[np.int64]

_BLOCK = 1 << 20  # bytes that lie side by side on the disk
_WINDOW = 256  # blocks that are shuffled together: 256 MB, which any memory has


def shuffled(X: Any, seed: int, epoch: int) -> Rows:
    """Return the rows of X in a random order, a function of seed and epoch.

    A memory map of more than 256 MB may be larger than memory, where a row here and a row there would be read from the
    disk page by page: hours for what takes seconds in order. There the blocks of 1 MB, in random order, are divided
    into windows of 256, and the rows of each window shuffled. So each page is read once an epoch.

    Parameters
    ----------
    X : (m, n) array or sparse array
    seed, epoch : int
        Of the random order.
    """
    rng = np.random.default_rng([seed, epoch])
    m = int(X.shape[0])
    if not is_mapped(X) or X.nbytes <= _BLOCK * _WINDOW:
        return rng.permutation(m)
    return in_blocks(m, max(1, _BLOCK * m // X.nbytes), rng)


def in_blocks(m: int, size: int, rng: np.random.Generator) -> Rows:
    """Return 0, …, m − 1 with blocks of ``size`` in random order, and the rows of each window of blocks as well.

    Examples
    --------
    >>> sorted(in_blocks(7, 2, np.random.default_rng(0)).tolist())
    [0, 1, 2, 3, 4, 5, 6]
    """
    starts = rng.permutation(np.arange(0, m, size))
    order = np.empty(m, np.int64)
    place = 0
    for first in range(0, len(starts), _WINDOW):
        window = [np.arange(start, min(start + size, m)) for start in starts[first : first + _WINDOW]]
        rows = rng.permutation(np.concatenate(window))
        order[place : place + len(rows)] = rows
        place += len(rows)
    return order


def is_mapped(X: Any) -> bool:
    """Return whether an array's numbers lie in a file that is mapped into memory."""
    X = X.whole if isinstance(X, RowsOf) else X
    while isinstance(X, np.ndarray):
        if isinstance(X, np.memmap):
            return True
        X = X.base
    return isinstance(X, mmap.mmap)
