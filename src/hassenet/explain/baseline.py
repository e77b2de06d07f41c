"""What examples are compared with."""

from __future__ import annotations

from typing import Any

import numpy as np

from hassenet.data.features import as_example
from hassenet.explain.passes import Array
from hassenet.network import Ensemble, Network


def baseline_column(net: Network | Ensemble, baseline: Any) -> Array:
    """Return the baseline as an (n₀, 1) array; None is 0 for every feature, the mean where features are standardised.

    Raises
    ------
    ShapeError, NotFiniteError, DataError
        If it is not n₀ finite numbers, or the names of a Series or a table are not those of the features.
    """
    if baseline is None:
        return np.zeros((net.hierarchy.shape[0], 1), net.dtype)
    return np.asarray(as_example("a baseline", baseline, net.hierarchy.ranks[0], net.dtype).T, net.dtype)
