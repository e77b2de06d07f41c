"""DeepLIFT, rescale rule."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np

from hassenet.activations.rank import RankActivation
from hassenet.explain.baseline import baseline_column
from hassenet.explain.kind import Kind
from hassenet.explain.outputs import Explained, Output, explained
from hassenet.explain.passes import Array, Method, Pass, Scored, check_pointwise, feed, shares
from hassenet.explain.relevance import Relevance
from hassenet.explain.scoring import summary
from hassenet.network import Ensemble, Network
from hassenet.network.direct import Direct

KIND = Kind("DeepLIFT")


def deeplift(net: Network | Ensemble, X: Any, output: Output = None, baseline: Any = None) -> Relevance:
    """Score each element by its share of t(x) − t(x̄), the chords of the activations taking the place of tangents.

        score_p = m_p (x_p − x̄_p),    r = (G(s) − G(s̄)) / (s − s̄) in the place of G′(s)

    where a bar marks the pass of the baseline; r is G′ where s and s̄ coincide. Every rank adds up to t(x) − t(x̄).

    Parameters
    ----------
    net : Network or Ensemble
    X : (m, n₀) array, sparse array, table or stream
    output : Hashable or Explained, optional
        What is explained, see :func:`explained`; it may be left out where there is one output.
    baseline : (n₀,) array, pandas Series or table of one row, optional
        x̄, by name where there are names; by default 0.

    Raises
    ------
    DataError, ParameterError, UnknownElementError
        If X or the baseline do not fit, there is no such output, or a hidden rank has the softmax.

    Source: A. Shrikumar, P. Greenside and A. Kundaje, "Learning important features through propagating activation
    differences", ICML 2017, section 3.5.1.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(2, 2, 1), hidden="tanh", dtype="float64", seed=1)
    >>> relevance = deeplift(net, [[1.0, -1.0], [0.3, 0.2]], baseline=[0.5, 0.5])
    >>> bool(abs(relevance.remainder).max() < 1e-12)
    True
    """
    target = explained(net, output)
    against = baseline_column(net, baseline)[:, 0]
    return summary(KIND, net, X, target, lambda member: rule(member, target, baseline), against)


def rule(net: Network, target: Explained, baseline: Any = None) -> Method:
    """Return (x − x̄) ⊙ m with r the slope of the chord as a function of the examples."""
    check_pointwise(net.plan, KIND.name)
    v, direct = target.top(net.dtype), Direct.of(net)
    start = feed(direct, baseline_column(net, baseline))
    reference = start.explained(v)

    def scores(x: Array) -> Scored:
        at = feed(direct, x)
        found = shares(direct, at.x - start.x, np.broadcast_to(v, at.s[-1].shape), chords(direct, at, start))
        value = at.explained(v)
        return Scored(found, value, np.broadcast_to(reference, value.shape))

    return scores


def chords(net: Direct, at: Pass, start: Pass) -> Callable[[int, Array], Array]:
    """Return r ⊙ m as a function of a rank and its m."""

    def pull(i: int, m: Array) -> Array:
        rank = net.rank(i)
        return m * chord(net.readers[i - 1].G, at.s[i - 1], start.s[i - 1], at.x[rank], start.x[rank])

    return pull


def chord(G: RankActivation, s: Array, s0: Array, x: Array, x0: Array) -> Array:
    """Return (G(s) − G(s₀)) / (s − s₀), and G′ in the middle where these are so near that rounding would show.

    With h = s − s₀ the rounding of the features puts the chord off by ε (|x| + |x₀|) / |h|, and the tangent in the
    middle is off by |G‴| h² / 24. So the tangent is taken where h is of the order of √ε, beside 1 or beside the
    signals, and the difference of the features is so too, beside them: the one keeps saturation out, the other
    curvature that grows with the feature, as that of exp does, and small signals on both sides of a kink.
    """
    run, little = s - s0, sqrt(np.finfo(s.dtype).eps)
    near = np.abs(run) <= little * (1 + np.abs(s) + np.abs(s0))
    near &= np.abs(x - x0) <= little * (np.abs(x) + np.abs(x0))
    slope = (x - x0) / np.where(near, 1, run)
    rows = np.flatnonzero(near.any(axis=1))
    slope[rows] = np.where(near[rows], _tangent(G.of_rows(rows), (s[rows] + s0[rows]) / 2), slope[rows])
    return slope


def _tangent(G: RankActivation, s: Array) -> Array:
    return G.pullback(s, G.value(s), np.ones_like(s))
