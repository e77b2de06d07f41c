"""The start of training: random weights that keep the size of signals from rank to rank."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.engines.plan import Layer, Plan

_HE, _GLOROT = 6.0, 6.0
_ALIKE = 0.75


def initial_theta(plan: Plan, seed: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return θ with biases 0 and each weight uniform in ±a, scaled by covers, not by the widths of ranks.

    With d the number of covers below q and u the number above p, the weight on p ⋖ q has

        a = √(6/d)         where q's activation is relu-like (He et al., 2015)
        a = √(6/(d + u))   elsewhere (Glorot and Bengio, 2010)

    so a complete layer gets the textbook's values and a sparse one those of the connections it has. The weight of a
    cover with a sign has that sign, |w| or −|w|, divided as :func:`signed_factors` says.
    """
    rng = np.random.default_rng(seed)
    theta = np.zeros(plan.n_parameters)
    for layer in plan.layers:
        theta[layer.weight] = rng.uniform(-1, 1, layer.weight.stop - layer.weight.start) * _bounds(layer)
    if plan.signs is not None:
        theta = np.where(plan.signs == 0, theta, plan.signs * abs(theta)) * signed_factors(plan)
    return theta.astype(dtype)


def signed_factors(plan: Plan) -> NDArray[np.float64]:
    """Return for each parameter by what it is multiplied so that weights of one sign do not let signals grow.

    Neurons whose weights on the same parts are |w|, w uniform in ±a, rise together: their correlation is
    (E|w|)²/E w² = ¾. A sum of k of them varies 1 + ¾(k − 1) times as much as one of independent values, and k weights
    of an element that have signs and read hidden elements are divided by the root of that; the factor is 1 elsewhere.

    Examples
    --------
    >>> from hassenet.hierarchy import Hierarchy
    >>> from hassenet.network import Network
    >>> H = Hierarchy.complete(2, 5, 1).with_signs({(f"h1_{k}", "y0"): 1 for k in range(5)})
    >>> signed_factors(Network(H).plan)[-6:]
    array([0.5, 0.5, 0.5, 0.5, 0.5, 1. ])
    """
    factors = np.ones(plan.n_parameters)
    for layer, below in zip(plan.layers, plan.places, strict=False):
        if layer.signs is not None:
            upper, lower = layer.pairs
            risen = (layer.signs != 0) & (below[lower] >= plan.n_inputs)
            k = np.bincount(upper, risen, layer.covers.shape[0])[upper]
            factors[layer.weight][risen] /= np.sqrt(1 + _ALIKE * (k[risen] - 1))
    return factors


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
