"""The scores of each example by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hassenet._checks import is_whole_number
from hassenet.errors import NotFiniteError, ParameterError
from hassenet.explain.methods import rule_of
from hassenet.explain.outputs import Output, explained
from hassenet.explain.passes import Array
from hassenet.explain.relevance import Relevance
from hassenet.explain.summary import checked, columns, scored_without_warning
from hassenet.network import Network


def per_example(
    method: Callable[..., Relevance],
    net: Network,
    X: Any,
    rank: int = 0,
    output: Output = None,
    **options: Any,
) -> Array:
    """Return the scores of one rank for each example.

    Parameters
    ----------
    method : gradient_times_feature, integrated_gradients, layerwise_relevance or deeplift
    net : Network
    X : (m, n₀) array, sparse array or table
    rank : int
        0,…,D−1.
    output : Hashable or Explained, optional
    **options
        Those of the method.

    Returns
    -------
    (m, k) array
        Columns are the elements of the rank without relays, in their order, as in ``Relevance.table(rank)``.

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
    if not is_whole_number(rank) or not 0 <= rank < net.plan.depth:
        raise ParameterError(
            f"scores stand at the ranks 0 to {net.plan.depth - 1}; got {rank!r}; give one of these"
        )
    rule = found.bound(net, explained(net, output), options)
    starts = net.plan.starts[:-1]
    rows = slice(starts[rank], starts[rank + 1])
    parts = [
        scored_without_warning(rule, x).shares.scores[rows].T
        for x in columns(checked(net, X), net.dtype, starts[-1])
    ]
    scores = np.concatenate(parts)
    if not np.isfinite(scores).all():
        raise NotFiniteError(f"scores of rank {rank} overflow; scale X, or take dtype='float64'")
    return scores
