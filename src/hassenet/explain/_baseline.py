"""What examples are compared with."""

from __future__ import annotations

from typing import Any

import numpy as np

from hassenet._data import as_features
from hassenet.errors import ShapeError
from hassenet.explain._passes import Array
from hassenet.network import Network


def baseline_column(net: Network, baseline: Any) -> Array:
    """Return the baseline as an (n₀, 1) array; None is 0 for every feature, the mean where features are standardised.

    Raises
    ------
    ShapeError, NotFiniteError, DataError
        If it is not n₀ finite numbers.
    """
    n = net.plan.n_inputs
    if baseline is None:
        return np.zeros((n, 1), net.dtype)
    row = np.asarray(baseline)
    if row.shape != (n,):
        raise ShapeError(
            f"a baseline has a number for each of the {n:,} features; its shape is {row.shape}; give one example"
        )
    return np.asarray(as_features(row[None], net.hierarchy.ranks[0], net.dtype).T, net.dtype)
