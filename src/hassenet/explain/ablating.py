"""Ablation: the honest check."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.engines.plan import Matrix
from hassenet.errors import DataError, ParameterError
from hassenet.explain.kind import Kind
from hassenet.explain.outputs import Output, explained
from hassenet.explain.passes import Array, check_pointwise
from hassenet.explain.ranked import Ranked, feed_ranks
from hassenet.explain.reach import reaches
from hassenet.explain.relevance import Relevance
from hassenet.explain.summary import ElementRows, Moments, checked, columns, tabulated
from hassenet.hierarchy import Relay
from hassenet.network import Network
from hassenet.network.elements import real_elements

KIND = Kind("ablation")
Indices = NDArray[np.int64]

# How many numbers the changes of some elements may take, and how many elements are followed together at most.
_NUMBERS_AT_ONCE, _ELEMENTS_AT_ONCE = 1 << 22, 2048


def ablation(
    net: Network,
    X: Any,
    output: Output = None,
    elements: Iterable[Hashable] | None = None,
    background: Any = None,
) -> Relevance:
    """Score each element by t(x) − t(x with the element's feature at its mean), one element at a time.

    Nothing is approximated: the change is fed forward through the elements above, and only through these. Scores of a
    rank do not add up to anything, as what two elements do together counts for both.

    Parameters
    ----------
    net : Network
    X : (m, n₀) array, sparse array or table
    output : Hashable or Explained, optional
        What is explained, see :func:`explained`; it may be left out where there is one output.
    elements : iterable of Hashable, optional
        Those to ablate; by default all below the outputs. The cost grows with what lies above them.
    background : (m′, n₀) array, sparse array or table, optional
        The examples over which the means are taken; by default X.

    Raises
    ------
    DataError, ParameterError, UnknownElementError
        If X does not fit, there is no such output or element, an element is a relay or an output, or a hidden rank has
        the softmax.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(2, 1), dtype="float64", theta=[2.0, 3.0, 1.0])
    >>> ablation(net, [[1.0, 0.0], [3.0, 0.0]]).table()["absolute"]
    array([2., 0.])
    """
    target = explained(net, output)
    check_pointwise(net.plan, KIND.name)
    examples = checked(net, X)
    if background is None and examples.shape[0] < 2:
        raise DataError(
            "the mean over one example is that example, and to ablate changes nothing; give background= "
            "(--background) with others"
        )
    means = _means(net, examples if background is None else checked(net, background))
    chosen = _positions(net, elements)
    moments, value = _gathered(net, examples, target.top(net.dtype), means, chosen)
    against = np.concatenate([mean[positions] for mean, positions in zip(means, chosen, strict=True)])
    return tabulated(KIND, target, ElementRows.of(net, chosen), moments, value, against=against)


def _gathered(
    net: Network, X: Any, v: Array, means: list[Array], chosen: list[Indices]
) -> tuple[Moments, float]:
    """Return the moments of the chosen elements, rank after rank, and the mean of t."""
    moments, value = Moments.none(sum(map(len, chosen))), Moments.none(1)
    with np.errstate(over="ignore", invalid="ignore"):
        for x in columns(X, net.dtype, net.hierarchy.n_elements):
            at = feed_ranks(net, x)
            value.add(np.sum(v * at.s[-1], axis=0)[None])
            moments.add(np.concatenate(_scores(net, at, v, means, chosen)))
    return moments, float(value.mean[0])


def _means(net: Network, background: Any) -> list[Array]:
    """Return the mean of x⁽⁰⁾,…,x⁽ᴰ⁻¹⁾ over the background."""
    sums = [np.zeros(n) for n in net.hierarchy.shape[:-1]]
    with np.errstate(over="ignore", invalid="ignore"):
        for x in columns(background, net.dtype, net.hierarchy.n_elements):
            for total, feature in zip(sums, feed_ranks(net, x).x, strict=True):
                total += feature.sum(axis=1, dtype=float)
    return [(total / background.shape[0]).astype(net.dtype) for total in sums]


def _positions(net: Network, elements: Iterable[Hashable] | None) -> list[Indices]:
    """Return for each rank 0,…,D−1 the positions of the elements to ablate, in the order of the rank."""
    if elements is None:
        return [np.asarray(rows) for rows in real_elements(net.plan)[:-1]]
    if isinstance(elements, str):
        raise ParameterError(f"elements are several; got the text {elements!r}; give [{elements!r}]")
    H, D = net.hierarchy, net.plan.depth
    found: list[set[int]] = [set() for _ in range(D)]
    for element in elements:
        if isinstance(element, Relay) or H.rank(element) == D:
            raise ParameterError(
                f"elements below the outputs are ablated, relays with their sources; {element!r} is an output or a "
                "relay; leave it out"
            )
        found[H.rank(element)].add(H.position(element))
    return [np.array(sorted(positions), np.int64) for positions in found]


def _scores(net: Network, at: Ranked, v: Array, means: list[Array], chosen: list[Indices]) -> list[Array]:
    """Return t(x) − t(x with p at its mean) of the chosen elements of each rank, (k, c)."""
    W = [_by_columns(layer.W(net.theta)) for layer in net.plan.layers]
    slope = np.asarray(W[-1].T @ v)[:, 0]
    most = max(_NUMBERS_AT_ONCE // at.x[0].shape[1], 1)
    scores = [np.zeros((len(p), at.x[0].shape[1])) for p in chosen]
    for i, positions in enumerate(chosen):
        for start in range(0, len(positions), _ELEMENTS_AT_ONCE):
            row = start
            for reach in reaches(net, W, i, positions[start : start + _ELEMENTS_AT_ONCE], most):
                end = row + len(reach.positions)
                scores[i][row:end] = -reach.change(at, means[i][reach.positions, None], slope)
                row = end
    return scores


def _by_columns(W: Matrix) -> Matrix:
    return W.tocsc() if issparse(W) else W
