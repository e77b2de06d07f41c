"""Neurons turned so that their signs can be read."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import diags_array

from hassenet.demo.data import Microbes
from hassenet.hierarchy.relay import Relay
from hassenet.network import Network


def with_readable_signs(net: Network, X: Any, data: Microbes) -> Network:
    """Return the same function with every hidden neuron rising with the abundance of its taxon.

    The sign of a tanh neuron is arbitrary: tanh is odd, so W⁽ⁱ⁾ → σ⁽ⁱ⁺¹⁾W⁽ⁱ⁾σ⁽ⁱ⁾, b⁽ⁱ⁾ → σ⁽ⁱ⁺¹⁾b⁽ⁱ⁾ with diagonal
    signs σ changes nothing of N, where σ is 1 on features and outputs and a relay has that of its source. Here σ is
    the sign of the covariance of x_p with the log abundance of the taxon p, so that a weight above 0 speaks for more
    of what lies below.

    Parameters
    ----------
    net : Network
        Its hidden activations are odd: tanh, or the identity of relays.
    X : (m, n₀) array
        The features of the people, standardised.
    data : Microbes
        The abundances of the same people.
    """
    sign = {e: 1.0 for rank in (net.hierarchy.ranks[0], net.hierarchy.ranks[-1]) for e in rank}
    for i in range(1, net.hierarchy.depth):
        sign |= _signs(net, X, data, i)
    sigma = [np.array([_of_source(e, sign) for e in rank]) for rank in net.hierarchy.ranks]
    weights = [
        diags_array(up) @ W @ diags_array(low)
        for W, low, up in zip(net.weights, sigma, sigma[1:], strict=False)
    ]
    return net.with_parameters(weights, [s * b for s, b in zip(sigma[1:], net.biases, strict=True)])


def _of_source(element: Hashable, sign: dict[Hashable, float]) -> float:
    return sign[element.source if isinstance(element, Relay) else element]


def _signs(net: Network, X: Any, data: Microbes, rank: int) -> dict[Hashable, float]:
    x: NDArray[Any] = net.hidden_features(X, rank)
    centred = x - x.mean(axis=0)
    taxa = [(k, e) for k, e in enumerate(net.hierarchy.ranks[rank]) if not isinstance(e, Relay)]
    return {e: 1.0 if centred[:, k] @ data.log_abundance(e) >= 0 else -1.0 for k, e in taxa}
