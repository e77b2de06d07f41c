"""The start of training: random weights that keep the size of signals from rank to rank."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.engines.plan import Layer, Plan

_HE, _GLOROT = 6.0, 6.0


def initial_theta(plan: Plan, seed: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return θ with biases 0 and each weight uniform in ±a, scaled by covers, not by the widths of ranks.

    With d the number of covers below q and u the number above p, the weight on p ⋖ q has

        a = √(6/d)         where q's activation is relu-like (He et al., 2015)
        a = √(6/(d + u))   elsewhere (Glorot and Bengio, 2010)

    so a complete layer gets the textbook's values and a sparse one those of the connections it has. The weight of a
    cover with a sign has that sign: |w| or −|w|.
    """
    rng = np.random.default_rng(seed)
    theta = np.zeros(plan.n_parameters)
    for layer in plan.layers:
        theta[layer.weight] = rng.uniform(-1, 1, layer.weight.stop - layer.weight.start) * _bounds(layer)
    if plan.signs is not None:
        theta = np.where(plan.signs == 0, theta, plan.signs * abs(theta))
    return theta.astype(dtype)


def _bounds(layer: Layer) -> NDArray[np.float64]:
    """Return a for each weight of the layer, in the order of θ."""
    d, u = layer.covers.below_counts.astype(float), layer.covers.above_counts.astype(float)
    he = np.zeros(layer.covers.shape[0], bool)
    for G, rows in layer.G.parts:
        he[rows] = G.start == "he"
    if layer.is_complete:
        return np.repeat(np.where(he, np.sqrt(_HE / d), np.sqrt(_GLOROT / (d + u[0]))), layer.covers.shape[1])
    upper, lower = layer.pairs
    return np.where(he[upper], np.sqrt(_HE / d[upper]), np.sqrt(_GLOROT / (d[upper] + u[lower])))
