"""The scores of each example by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hassenet._checks import is_whole_number
from hassenet.errors import NotFiniteError, ParameterError
from hassenet.explain.members import Together
from hassenet.explain.methods import Rule, rule_of
from hassenet.explain.outputs import Explained, Output, explained
from hassenet.explain.passes import Array, Method
from hassenet.explain.relevance import Relevance
from hassenet.explain.scoring import bound
from hassenet.explain.summary import ElementRows, checked, columns, real_rows, scored_without_warning
from hassenet.network import Ensemble, Network


def per_example(
    method: Callable[..., Relevance],
    net: Network | Ensemble,
    X: Any,
    rank: int = 0,
    output: Output = None,
    **options: Any,
) -> Array:
    """Return the scores of one rank for each example.

    Parameters
    ----------
    method : gradient_times_feature, integrated_gradients, layerwise_relevance or deeplift
    net : Network or Ensemble
    X : (m, n₀) array, sparse array, table or stream
    rank : int
        0,…,D−1.
    output : Hashable or Explained, optional
    **options
        Those of the method.

    Returns
    -------
    (m, k) array
        Columns are the elements of the rank without relays, in their order, as in ``Relevance.table(rank)``; of an
        ensemble the weighted means over its members.

    Raises
    ------
    ParameterError
        If the method is none of these or has no such option, or there is no such rank below the outputs.
    NotFiniteError
        If scores overflow.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> from hassenet.explain import gradient_times_feature
    >>> net = Network(Hierarchy.complete(2, 1), dtype="float64", theta=[2.0, 3.0, 1.0])
    >>> per_example(gradient_times_feature, net, [[1.0, -1.0], [0.0, 2.0]])
    array([[ 2., -3.],
           [ 0.,  6.]])
    """
    found = rule_of(method)
    depth = max(member.plan.depth for member in Ensemble.of(net).networks)
    if not is_whole_number(rank) or not 0 <= rank < depth:
        raise ParameterError(f"scores stand at the ranks 0 to {depth - 1}; got {rank!r}; give one of these")
    rule, rows = _bound(found, net, explained(net, output), options)
    first, at_rank = Ensemble.of(net).networks[0], np.flatnonzero(rows.ranks == rank)
    parts = [
        scored_without_warning(rule, x).shares.scores[at_rank].T
        for x in columns(checked(first, X), first.dtype, len(rows.elements))
    ]
    scores = np.concatenate(parts)
    if not np.isfinite(scores).all():
        raise NotFiniteError(f"scores of rank {rank} overflow; scale X, or take dtype='float64'")
    return scores


def _bound(
    rule: Rule, net: Network | Ensemble, target: Explained, options: Mapping[str, Any]
) -> tuple[Method, ElementRows]:
    """Return the method for a network, or the mean of those for the members, and its rows."""
    if isinstance(net, Network):
        return rule.bound(net, target, options), real_rows(net)
    together = Together.of(net, bound(net, lambda member: rule.bound(member, target, options)))
    return lambda x: together.mean(together.each(x)), together.rows
