"""J(θ) = (1/m) Σᵢ L(Nxᵢ, yᵢ) + R(θ), and its gradient by back-propagation."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np

from hassenet.data.examples import Examples, require_examples
from hassenet.data.resolution import warn_of_offsets
from hassenet.data.streamed import taken_apart
from hassenet.engines import Objective
from hassenet.engines.registry import engine_for
from hassenet.likelihoods import Likelihood, Loss, as_loss, canonical_loss
from hassenet.network import Network
from hassenet.network.ensemble import one_network
from hassenet.network.parameters import Parameters
from hassenet.penalties import Penalty, check_penalty
from hassenet.training.parts import Parts

AnyLoss = str | Loss | Likelihood | None


@final
class CostAndGradient(NamedTuple):
    """J and ∂J/∂θ."""

    cost: float
    gradient: Parameters


def chosen_loss(net: Network, loss: AnyLoss) -> Loss:
    """Return the loss meant by a name, a loss, a model, or None: that for which the output is canonical."""
    one = one_network("a cost with its gradient", net)
    return canonical_loss(one.activations[-1].uniform) if loss is None else as_loss(loss)


def examples(net: Network, X: Any, Y: Any, sample_weight: Any, loss: Loss, offset: Any = None) -> Examples:
    """Return checked data for a network and a loss; a stream brings along what is not given beside it."""
    given = taken_apart(X, Y, sample_weight, offset)
    return Examples.of(net.hierarchy, X, given.Y, given.weight, loss, net.dtype, given.offset)


def training_examples(
    what: str, net: Network, X: Any, Y: Any, sample_weight: Any, loss: Loss, offset: Any = None
) -> Examples:
    """Return checked data to learn from, one example or more; warn of what the network's type cannot tell apart."""
    data = require_examples(what, examples(net, X, Y, sample_weight, loss, offset))
    loss.check_learnable(data.Y)
    outputs = () if loss.target_columns else net.hierarchy.ranks[-1]  # others are compared as they were given
    warn_of_offsets(data, net.hierarchy.ranks[0], outputs, net.dtype)
    return data


def gradient(
    net: Network,
    X: Any,
    Y: Any = None,
    loss: AnyLoss = None,
    penalty: Penalty | None = None,
    sample_weight: Any = None,
    *,
    offset: Any = None,
    engine: str | None = None,
) -> CostAndGradient:
    """Return J = Σᵢ wᵢ L(Nxᵢ, yᵢ) / Σw + R(θ) and ∂J/∂θ.

    Parameters
    ----------
    net : Network
    X : (m, n₀) array, sparse array, table or stream
    Y : (m, k) array, (m,) for one output; class numbers (m,) for cross-entropy
        NaN where a target is missing.
    loss : str, Loss or Likelihood, optional
        By default the loss for which the output activation is canonical.
    penalty : Penalty, optional
        R; where R is λ‖W‖₁ its derivative is λ·sign(W), 0 at 0; that of λ‖w‖₂ is 0 at w = 0.
    sample_weight : (m,) array, optional
        wᵢ ≥ 0; weight k is the same as k copies.
    offset : (m,) or (m, n_D) array, optional
        What is added to the signal of each output: Nxᵢ = G(s + oᵢ).
    engine : str, optional

    Returns
    -------
    cost : float
    gradient : Parameters
        ``gradient.weights[i]``, ``gradient.biases[i]``, ``gradient.vector``.

    Raises
    ------
    DataError, ParameterError
        If the data do not fit the network or the loss, or there is no such loss or engine.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(1, 1), theta=[2.0, 0.0], dtype="float64")
    >>> cost, grad = gradient(net, [[3.0]], [[5.0]])  # (2·3 − 5)² and 2(2·3 − 5)·3
    >>> cost, grad.weights[0]
    (1.0, array([[6.]]))
    """
    data, J = _prepared(net, X, Y, loss, penalty, sample_weight, offset)
    one = engine_for(data.X, engine)
    if engine is not None:
        one.say_what_it_does_not_know(net.plan, J)
    cost, vector = Parts(one, data).gradient(net.plan, J, net.theta)
    for w, R in J.parts(net.plan.weights):
        vector[w] += R.shrinkage * np.sign(net.theta[w])
    if J.groups:
        vector += J.groups.slope(net.theta)
    return CostAndGradient(cost, Parameters(net.plan, vector, relay_weight=0.0))


def cost(
    net: Network,
    X: Any,
    Y: Any = None,
    loss: AnyLoss = None,
    penalty: Penalty | None = None,
    sample_weight: Any = None,
    *,
    offset: Any = None,
    engine: str | None = None,
) -> float:
    """Return J; the parameters are those of :func:`gradient`.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> cost(Network(Hierarchy.complete(1, 1), theta=[2.0, 0.0]), [[3.0]], [[5.0]])
    1.0
    """
    data, J = _prepared(net, X, Y, loss, penalty, sample_weight, offset)
    one = engine_for(data.X, engine)
    if engine is not None:
        one.say_what_it_does_not_know(net.plan, J)
    return Parts(one, data).cost(net.plan, J, net.theta)


def _prepared(
    net: Network, X: Any, Y: Any, loss: AnyLoss, penalty: Penalty | None, sample_weight: Any, offset: Any
) -> tuple[Examples, Objective]:
    check_penalty(penalty)
    chosen = chosen_loss(net, loss)
    data = require_examples("a cost", examples(net, X, Y, sample_weight, chosen, offset))
    return data, Objective.of(net.plan, chosen, penalty, data.offsets)
