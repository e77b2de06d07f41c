"""Layer-wise relevance propagation, epsilon rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from hassenet._checks import POSITIVE, require_number
from hassenet.errors import ParameterError
from hassenet.explain.kind import Kind
from hassenet.explain.outputs import Explained, Output, explained
from hassenet.explain.passes import Array, Method, Scored, check_pointwise, feed, shares
from hassenet.explain.relevance import Relevance
from hassenet.explain.scoring import summary
from hassenet.network import Ensemble, Network
from hassenet.network.direct import Direct

KIND = Kind("layer-wise relevance", if_scores_overflow="a greater epsilon")


def layerwise_relevance(
    net: Network | Ensemble, X: Any, output: Output = None, epsilon: float = 1e-6
) -> Relevance:
    """Share t(x) out from the outputs down, each element's relevance among what it adds up.

    An element k with the relevance R_k and the signal s_k = Σⱼ wₖⱼxⱼ + bₖ gives to an element j that it covers

        R_k · wₖⱼxⱼ / (s_k + ε sign s_k)

    and keeps the share of its bias and of ε, which so add up to the ``remainder`` of the ranks below. A relay hands on
    all that it gets. Where a signal is near 0 and the feature is not (sigmoid, softplus) shares are of the order of
    1/ε; the rule is meant for activations with G(0) = 0.

    Parameters
    ----------
    net : Network or Ensemble
    X : (m, n₀) array, sparse array, table or stream
    output : Hashable or Explained, optional
        What is explained, see :func:`explained`; it may be left out where there is one output.
    epsilon : float
        ε > 0, in the unit of the signals; a normal number in the type of the network.

    Raises
    ------
    DataError, ParameterError, UnknownElementError
        If X does not fit, there is no such output, ε is not above 0 or so small that it is lost, or a hidden rank has
        the softmax.

    Source: S. Bach, A. Binder, G. Montavon, F. Klauschen, K.-R. Müller and W. Samek, "On pixel-wise explanations for
    non-linear classifier decisions by layer-wise relevance propagation", PLOS ONE 10 (2015), e0130140, equation 58.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(2, 1), dtype="float64", theta=[2.0, 3.0, 1.0])
    >>> relevance = layerwise_relevance(net, [[1.0, 0.5]])
    >>> relevance.score.round(4), relevance.remainder.round(4)
    (array([2. , 1.5]), array([1.]))
    """
    target = explained(net, output)
    return summary(KIND, net, X, target, lambda member: rule(member, target, epsilon))


def rule(net: Network, target: Explained, epsilon: float = 1e-6) -> Method:
    """Return x ⊙ m with r = x / (s + ε sign s) as a function of the examples."""
    _check_epsilon(epsilon, net.dtype)
    check_pointwise(net.plan, KIND.name)
    v, eps, direct = target.top(net.dtype), net.dtype.type(epsilon), Direct.of(net)

    def scores(x: Array) -> Scored:
        at = feed(direct, x)

        def pull(i: int, m: Array) -> Array:
            return m * _share(at.x[direct.rank(i)], at.s[i - 1], eps)

        value = at.explained(v)
        found = shares(direct, at.x, v * _share(at.s[-1], at.s[-1], eps), pull)
        return Scored(found, value, np.zeros_like(value))

    return scores


def _check_epsilon(epsilon: float, dtype: np.dtype[Any]) -> None:
    require_number("epsilon", epsilon, POSITIVE)
    least, most = float(np.finfo(dtype).tiny), float(np.finfo(dtype).max)
    if not least <= epsilon <= most:
        raise ParameterError(
            f"epsilon is a normal number of {dtype}, {least:.2g} to {most:.2g}; "
            f"got {epsilon!r}; give another, or take dtype='float64'"
        )


def _share(x: Array, s: Array, eps: Any) -> Array:
    """Return x / (s + ε sign s), with sign 0 = 1."""
    return x / (s + np.where(s < 0, -eps, eps))
