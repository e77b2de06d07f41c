"""Targets of several heads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.shaping._checks import whole


def tiled(Y: Any, n_heads: int) -> NDArray[Any]:
    """Return the target of every head: Y beside itself, n_heads times, since head h has the columns hk, …, hk + k − 1.

    Parameters
    ----------
    Y : (m, k) or (m,) array
        The target of the main head; classes as one-hot rows.
    n_heads : int
        h, all heads counted: the size of the last rank over k.

    Returns
    -------
    (m, h·k) array

    Raises
    ------
    ParameterError
        If n_heads is no whole number ≥ 1.

    Examples
    --------
    >>> tiled([[1, 0], [0, 1]], 2)
    array([[1, 0, 1, 0],
           [0, 1, 0, 1]])
    """
    Y = np.asarray(Y)
    return np.tile(Y[:, None] if Y.ndim == 1 else Y, (1, whole("n_heads", n_heads, 1)))
