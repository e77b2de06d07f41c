"""Predictions for examples that were not learned from, of which one shall not decide about all."""

from __future__ import annotations

import numpy as np

from hassenet.likelihoods.base import Array

# Predicted probabilities are kept this far from 0 and 1, and rates from 0, as float32 rounds.
_LEAST = 1e-6


def away_from_certainty(prediction: Array, canonical: str | tuple[str, ...]) -> Array:
    """Return predictions, (m, k) or (m,) of one kind, of which no probability is 0 or 1 and no rate 0.

    Parameters
    ----------
    prediction : array
    canonical : str, or tuple of k str
        The output activation, of blocks that of each output.

    Examples
    --------
    >>> away_from_certainty(np.array([[1.0, 3.0, 0.0]]), ("sigmoid", "identity", "exp")).tolist()
    [[0.999999, 3.0, 1e-06]]
    """
    names = [canonical] if isinstance(canonical, str) else canonical
    low, high = np.array([_bounds(name) for name in names]).T
    return np.asarray(np.clip(prediction, low, high))


def _bounds(canonical: str) -> tuple[float, float]:
    """Return between what outputs are kept."""
    if canonical.startswith(("sigmoid", "softmax")):
        return _LEAST, 1 - _LEAST
    return (_LEAST if canonical == "exp" else -np.inf), np.inf
