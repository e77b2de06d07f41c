"""Gradient × feature."""

from __future__ import annotations

from typing import Any

import numpy as np

from hassenet.explain.kind import Kind
from hassenet.explain.outputs import Explained, Output, explained
from hassenet.explain.passes import Array, Method, Scored, feed, gradients
from hassenet.explain.relevance import Relevance
from hassenet.explain.scoring import summary
from hassenet.network import Ensemble, Network
from hassenet.network.direct import Direct

KIND = Kind("gradient × feature")


def gradient_times_feature(net: Network | Ensemble, X: Any, output: Output = None) -> Relevance:
    """Score each element by x_p ∂t/∂x_p, at every rank in one backward sweep.

    Σ over a rank is t(x) where everything above is linear without biases; else the remainder says what is left over.

    Parameters
    ----------
    net : Network or Ensemble
    X : (m, n₀) array, sparse array, table or stream
    output : Hashable or Explained, optional
        What is explained, see :func:`explained`; it may be left out where there is one output.

    Raises
    ------
    DataError, ParameterError, UnknownElementError
        If X does not fit or has no rows, or there is no such output.

    Source: A. Shrikumar, P. Greenside, A. Shcherbina and A. Kundaje, "Not just a black box: learning important features
    through propagating activation differences", arXiv:1605.01713 (2016).

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(2, 1), dtype="float64", theta=[2.0, 3.0, 1.0])
    >>> gradient_times_feature(net, [[1.0, -1.0]]).table()["score"]
    array([ 2., -3.])
    """
    target = explained(net, output)
    return summary(KIND, net, X, target, lambda member: rule(member, target))


def rule(net: Network, target: Explained) -> Method:
    """Return x ⊙ ∂t/∂x as a function of the examples."""
    v, direct = target.top(net.dtype), Direct.of(net)

    def scores(x: Array) -> Scored:
        at = feed(direct, x)
        value = at.explained(v)
        return Scored(gradients(direct, at, v, at.x), value, np.zeros_like(value))

    return scores
