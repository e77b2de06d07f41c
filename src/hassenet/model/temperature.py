"""Probabilities made less sure, or more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def tempered(p: Array, temperature: float) -> Array:
    """Return pₖ^(1/T) / Σⱼ pⱼ^(1/T), row by row: of two classes the logit divided by T.

    The order of the classes stays, and so the one that is predicted; above 1 the probabilities move towards each other.

    Parameters
    ----------
    p : (m, k) array
        Probabilities, rows that sum to 1.
    temperature : float
        T > 0.

    Source: C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks", ICML 2017,
    section 4.2.

    Examples
    --------
    >>> tempered(np.array([[0.2, 0.8]]), 2.0).round(4)
    array([[0.3333, 0.6667]])
    """
    if temperature == 1:
        return p
    # Beside the largest of the row, as a power of small probabilities may leave nothing but zeros.
    powers = (p / p.max(axis=1, keepdims=True)) ** (1 / temperature)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
