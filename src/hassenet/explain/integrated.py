"""Integrated gradients, at hidden ranks as conductance."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from hassenet._checks import require_whole_number
from hassenet.explain.baseline import baseline_column
from hassenet.explain.kind import Kind
from hassenet.explain.outputs import Explained, Output, explained
from hassenet.explain.passes import Array, Method, Pass, Scored, Shares, feed, gradients
from hassenet.explain.relevance import Relevance
from hassenet.explain.scoring import summary
from hassenet.network import Ensemble, Network
from hassenet.network.direct import Direct

KIND = Kind("integrated gradients")
_NODES_OF_A_PANEL = 64


def integrated_gradients(
    net: Network | Ensemble, X: Any, output: Output = None, baseline: Any = None, steps: int = 32
) -> Relevance:
    """Score each element by ∫₀¹ ∂t/∂x_p · dx_p/dα dα along the straight path x⁽⁰⁾(α) = x̄ + α(x − x̄) of the inputs.

    At rank 0 these are integrated gradients, (x_p − x̄_p) ∫ ∂t/∂x_p dα; at a hidden rank the feature x_p(α) moves as the
    inputs move it, and the integral is the element's conductance. By the chain rule each rank adds up to
    ∫ dt/dα dα = t(x) − t(x̄). The integral is a Gauss–Legendre sum, of more than 64 steps one in each of several panels.
    What is left over in ``remainder`` is its error, the same at every rank: tiny for smooth activations, of the order
    of 1/steps where kinks lie on the path.

    Parameters
    ----------
    net : Network or Ensemble
    X : (m, n₀) array, sparse array, table or stream
    output : Hashable or Explained, optional
        What is explained, see :func:`explained`; it may be left out where there is one output.
    baseline : (n₀,) array, pandas Series or table of one row, optional
        x̄, by name where there are names; by default 0.
    steps : int
        Points of the sum; the cost is that of as many gradients, twice. ``relevance.remainder`` says what these leave
        over: where that is too much, take more.

    Raises
    ------
    DataError, ParameterError, UnknownElementError
        If X or the baseline do not fit, there is no such output, or there are no steps.

    Source: M. Sundararajan, A. Taly and Q. Yan, "Axiomatic attribution for deep networks", ICML 2017; K. Dhamdhere,
    M. Sundararajan and Q. Yan, "How important is a neuron?", ICLR 2019.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(2, 2, 1), hidden="tanh", dtype="float64", seed=1)
    >>> relevance = integrated_gradients(net, [[1.0, -1.0]])
    >>> bool(abs(relevance.remainder).max() < 1e-12)
    True
    """
    target = explained(net, output)
    against = baseline_column(net, baseline)[:, 0]
    return summary(KIND, net, X, target, lambda member: rule(member, target, baseline, steps), against)


def rule(net: Network, target: Explained, baseline: Any = None, steps: int = 32) -> Method:
    """Return Σ_k w_k ∂t/∂x ⊙ ẋ over the points of the path as a function of the examples."""
    points = require_whole_number("steps", steps, 1)
    v, start, direct = target.top(net.dtype), baseline_column(net, baseline), Direct.of(net)

    def scores(x: Array) -> Scored:
        total, totals = np.zeros((direct.n, x.shape[1]), net.dtype), np.zeros(direct.depth)
        for alpha, w in gauss(points):
            at = feed(direct, start + net.dtype.type(alpha) * (x - start))
            part = gradients(direct, at, v, _velocities(direct, at, x - start))
            total += net.dtype.type(w) * part.scores
            totals += w * part.totals
        value, reference = feed(direct, x).explained(v), feed(direct, start).explained(v)
        return Scored(Shares(total, totals), value, np.broadcast_to(reference, value.shape))

    return scores


def gauss(steps: int) -> Iterator[tuple[float, float]]:
    """Yield the places and weights of a Gauss–Legendre sum over [0, 1], of many steps one in each of several panels.

    To find n nodes takes time of the order of n³, and beyond some tens more panels serve as well as more nodes.
    """
    panels = -(-steps // _NODES_OF_A_PANEL)
    for k, part in enumerate(np.array_split(np.empty(steps), panels)):
        for z, w in zip(*_legendre(len(part)), strict=True):
            yield (k + (z + 1) / 2) / panels, w / (2 * panels)


@cache
def _legendre(n: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return n nodes on [−1, 1] and their weights."""
    nodes, weights = np.polynomial.legendre.leggauss(n)
    return tuple(nodes.tolist()), tuple(weights.tolist())


def _velocities(net: Direct, at: Pass, velocity: Array) -> Array:
    """Return dx/dα: ẋ = (∂G/∂s) W ẋ_read from rank to rank; ∂G/∂s is symmetric, so it is the pullback."""
    found = np.empty_like(at.x)
    found[net.rank(0)] = velocity
    for i, reader in enumerate(net.readers[:-1]):
        found[reader.rows] = reader.G.pullback(at.s[i], at.x[reader.rows], reader.W @ found[reader.read])
    return found
