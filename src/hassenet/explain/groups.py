"""Two groups of examples set against each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import ParameterError
from hassenet.explain.relevance import Relevance


def difference(one: Relevance, other: Relevance) -> dict[str, Any]:
    """Return how much higher the mean score of each element is in one group of examples than in another.

    Parameters
    ----------
    one, other : Relevance
        The same method and elements, over the examples of each group: ``deeplift(net, X[y == 1])``. What they are
        compared with has to be the same too: one ``baseline``, and for ablation one ``background``,
        ``ablation(net, X[y == 1], background=X)``, as else each group is set to its own means.

    Returns
    -------
    dict
        Columns element, rank, difference, and its standard error √(spread₁²/m₁ + spread₂²/m₂).

    Raises
    ------
    ParameterError
        If they are not the same method, output and elements, or are not compared with the same.

    Examples
    --------
    >>> from hassenet import Hierarchy, Network
    >>> from hassenet.explain import gradient_times_feature
    >>> net = Network(Hierarchy.complete(2, 1), dtype="float64", theta=[2.0, 3.0, 1.0])
    >>> ill, healthy = ([[1.0, 0.0], [3.0, 0.0]], [[1.0, 0.5]])
    >>> found = difference(gradient_times_feature(net, ill), gradient_times_feature(net, healthy))
    >>> found["difference"]
    array([ 2. , -1.5])
    """
    if (one.method, one.output, one.elements) != (other.method, other.output, other.elements):
        raise ParameterError(
            f"groups are compared by the same method, output and elements; got {one!r} and {other!r}; explain both so"
        )
    if not _same(one.against, other.against):
        raise ParameterError(
            f"groups are compared with the same thing, one baseline or of an ablation one background; the two of "
            f"{one.method} differ; give baseline= (background=) to both"
        )
    error = np.sqrt(_variance_of_mean(one) + _variance_of_mean(other))
    return {
        "element": list(one.elements),
        "rank": one.ranks,
        "difference": one.score - other.score,
        "error": error,
    }


def _same(one: NDArray[Any] | None, other: NDArray[Any] | None) -> bool:
    return one is other if one is None or other is None else np.array_equal(one, other)


def _variance_of_mean(group: Relevance) -> NDArray[np.float64]:
    """Return the estimate of the mean's variance; NaN of one example, which tells none."""
    m = group.n_examples
    return group.spread**2 / (m - 1) if m > 1 else np.full(len(group.elements), np.nan)
