"""Where outputs begin: at the signals that are best if nothing is known of an example."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.constants import with_constants_among
from hassenet.likelihoods import Heads, Loss
from hassenet.likelihoods.heads import of_a_head
from hassenet.network import Network
from hassenet.optimizers import LBFGS
from hassenet.training.fitting import fit_with
from hassenet.training.options import TrainingOptions

Array = NDArray[Any]
_ITERATIONS = 100


def constant_signals(
    loss: Loss, outputs: Sequence[Hashable], Y: Any, offset: Array | None = None, weight: Array | None = None
) -> Array:
    """Return the signals of k outputs that are best where nothing is known of an example, (k,).

    They minimise Σᵢ wᵢ L(yᵢ, s + oᵢ): of counts with exposures eᵢ, which have oᵢ = log eᵢ, s = log Σwy − log Σwe.
    Networks start from them, as a count of 1,000 is far from 1 by steps of a hundredth of its logarithm, and an
    exposure of 10⁶ is far from 1 too.

    Parameters
    ----------
    loss : Loss
    outputs : sequence
        k names, of which some may be those of constants.
    Y : (m, n) array
    offset : (m, 1) or (m, k) array, optional
    weight : (m,) array, optional

    Examples
    --------
    >>> from hassenet.likelihoods import PoissonLoss
    >>> rates = constant_signals(PoissonLoss(), ["y"], [[1.0], [3.0]], offset=np.log([[200.0], [600.0]]))
    >>> rates.round(4)  # log of 4/800
    array([-5.2983])
    """
    H = with_constants_among(
        Hierarchy.complete(1, len(outputs), names=(["x"], [f"y{k}" for k in range(len(outputs))])), outputs
    )
    net = Network(H, output=loss.canonical, dtype="float64")
    options = TrainingOptions(loss=loss, optimizer=LBFGS(_ITERATIONS), epochs=_ITERATIONS)
    start, X = net.with_theta(np.zeros(net.n_parameters)), np.zeros((len(Y), 1))
    fit = fit_with(options, start, X, Y, sample_weight=weight, offset=offset)
    return np.asarray(fit.network.biases[0])


def begun_at(net: Network, signals: Array) -> Network:
    """Return the network, the outputs of which, of every head, begin at these signals.

    >>> net = Network(Hierarchy.complete(3, 2), seed=0)
    >>> begun_at(net, np.array([5.0])).biases[0]
    array([5., 5.], dtype=float32)
    """
    theta = net.theta.copy()
    theta[net.plan.layers[-1].bias] = np.tile(signals, len(net.hierarchy.ranks[-1]) // len(signals))
    return net.with_theta(theta)


def begun_at_the_level(
    net: Network, loss: Loss, Y: Any, offset: Array | None = None, weight: Array | None = None
) -> Network:
    """Return the network, each head of which begins at the signals that are best where nothing is known."""
    heads = loss.heads if isinstance(loss, Heads) else 1
    k = len(net.hierarchy.ranks[-1]) // heads
    o = offset if offset is None or offset.shape[1] == 1 else offset[:, :k]
    return begun_at(net, constant_signals(of_a_head(loss), net.hierarchy.ranks[-1][:k], Y, o, weight))
