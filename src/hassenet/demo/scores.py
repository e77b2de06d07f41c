"""How much each taxon matters to a network."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.network import Network

Floats = NDArray[np.float64]


def gradients(net: Network, X: Any) -> tuple[Floats, ...]:
    """Return ∂s/∂x⁽ʳ⁾ of the only output's signal s for the ranks 0,…,D−1, arrays of shape (m, n_r).

    Back-propagation with g⁽ᴰ⁻¹⁾ = W⁽ᴰ⁻¹⁾ and g⁽ʳ⁻¹⁾ = (G⁽ʳ⁾′(s⁽ʳ⁻¹⁾) ⊙ g⁽ʳ⁾) W⁽ʳ⁻¹⁾.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(2, 1), output="sigmoid", theta=[3.0, -1.0, 0.0])
    >>> gradients(net, [[1.0, 1.0]])
    (array([[ 3., -1.]]),)
    """
    signals = net.signals(X)
    g = np.ones((len(signals[-1]), 1), net.dtype)
    found = []
    for i in range(len(signals) - 1, -1, -1):
        if i < len(signals) - 1:
            s = signals[i].T
            G = net.activations[i]
            g = G.pullback(s, G.value(s), g.T).T
        g = g @ net.weights[i]
        found.append(np.asarray(g, float))
    return tuple(found[::-1])


def taxon_scores(net: Network, X: Any, ill: NDArray[np.int64]) -> dict[Hashable, float]:
    """Return by how much each taxon moves the ill and the healthy apart, in units of the signal (log-odds).

    For the feature or hidden feature x_p of a taxon p and a person i, (∂s/∂x_p)(xᵢ)·(x_p(xᵢ) − mean of x_p) is what p
    adds to the signal s to first order. The score is its mean over the ill minus its mean over the healthy. Scores
    add up, roughly, inside a rank; from rank to rank they overlap, as a genus hands on what its species say. Relays
    are left out.
    """
    scores: dict[Hashable, float] = {}
    for rank, g in enumerate(gradients(net, X)):
        x = np.asarray(net.hidden_features(X, rank), float)
        added = g * (x - x.mean(axis=0))
        apart = added[ill == 1].mean(axis=0) - added[ill == 0].mean(axis=0)
        own = ~net.hierarchy.relays(rank)
        names = net.hierarchy.ranks[rank]
        scores |= {names[k]: float(apart[k]) for k in np.flatnonzero(own)}
    return scores
