"""Ablation: the honest check."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.engines.plan import Matrix
from hassenet.errors import DataError, ParameterError, UnknownElementError
from hassenet.explain.kind import Kind
from hassenet.explain.members import Member, of_members
from hassenet.explain.outputs import Explained, Output, explained
from hassenet.explain.passes import Array, Method, Scored, Shares, check_pointwise
from hassenet.explain.ranked import Ranked, feed_ranks
from hassenet.explain.reach import Pairs, reaches
from hassenet.explain.relevance import Relevance
from hassenet.explain.summary import ElementRows, checked, columns, summed
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.network import Ensemble, Network
from hassenet.network.common import element_of
from hassenet.network.elements import real_elements

KIND = Kind("ablation", adds_up=False)
Indices = NDArray[np.int64]

# How many numbers the changes of some elements may take, and how many elements are followed together at most.
_NUMBERS_AT_ONCE, _ELEMENTS_AT_ONCE = 1 << 22, 2048


def ablation(
    net: Network | Ensemble,
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
    net : Network or Ensemble
        In every member of an ensemble an element is at its mean there, all its neurons at the same time.
    X : (m, n₀) array, sparse array, table or stream
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
    examples = checked(Ensemble.of(net).networks[0], X)
    if background is None and examples.shape[0] < 2:
        raise DataError(
            "the mean over one example is that example, and to ablate changes nothing; give background= "
            "(--background) with others"
        )
    others = examples if background is None else background
    if isinstance(net, Ensemble):
        _check_known(net, elements)
        members = [_bound(member, target, _whole(member, elements), others) for member in net.networks]
        against = np.concatenate([means for _, means in members])
        return of_members(KIND, net, examples, target, [member for member, _ in members], against)
    (method, rows), against = _bound(net, target, _single(net, elements), others)
    return summed(KIND, net, examples, target, method, rows, against)


@final
class Chosen(NamedTuple):
    """The elements of a rank that are ablated, and their neurons."""

    elements: tuple[Hashable, ...]
    neurons: Pairs


def _bound(
    net: Network, target: Explained, chosen: Sequence[Chosen], background: Any
) -> tuple[Member, Array]:
    """Return ablation of the chosen elements of a network, and the means of their neurons over the background."""
    check_pointwise(net.plan, KIND.name)
    means = _means(net, checked(net, background))
    ranks = np.repeat(np.arange(len(chosen)), [len(some.elements) for some in chosen])
    rows = ElementRows(tuple(element for some in chosen for element in some.elements), ranks)
    of_chosen = [mean[some.neurons.reached] for mean, some in zip(means, chosen, strict=True)]
    return Member(_rule(net, target, means, chosen), rows), np.concatenate(of_chosen)


def _rule(net: Network, target: Explained, means: list[Array], chosen: Sequence[Chosen]) -> Method:
    """Return t(x) − t(x with an element at its mean), rank after rank, as a function of the examples."""
    v = target.top(net.dtype)

    def scores(x: Array) -> Scored:
        at = feed_ranks(net, x)
        value = np.sum(v * at.s[-1], axis=0)
        found = np.concatenate(_scores(net, at, v, means, chosen))
        return Scored(Shares(found, np.zeros(net.plan.depth)), value, np.zeros_like(value))

    return scores


def _means(net: Network, background: Any) -> list[Array]:
    """Return the mean of x⁽⁰⁾,…,x⁽ᴰ⁻¹⁾ over the background."""
    sums = [np.zeros(n) for n in net.hierarchy.shape[:-1]]
    with np.errstate(over="ignore", invalid="ignore"):
        for x in columns(background, net.dtype, net.hierarchy.n_elements):
            for total, feature in zip(sums, feed_ranks(net, x).x, strict=True):
                total += feature.sum(axis=1, dtype=float)
    return [(total / background.shape[0]).astype(net.dtype) for total in sums]


def _single(net: Network, elements: Iterable[Hashable] | None) -> list[Chosen]:
    """Return for each rank 0,…,D−1 the neurons to ablate one at a time, in the order of the rank."""
    ranks = zip(net.hierarchy.ranks, _positions(net, elements), strict=False)
    return [
        Chosen(tuple(rank[k] for k in positions), Pairs(np.arange(len(positions)), positions))
        for rank, positions in ranks
    ]


def _positions(net: Network, elements: Iterable[Hashable] | None) -> list[Indices]:
    if elements is None:
        return [np.asarray(rows) for rows in real_elements(net.plan)[:-1]]
    H, found = net.hierarchy, [set[int]() for _ in range(net.plan.depth)]
    for element in _several(elements):
        _check_below_outputs(H, element)
        found[H.rank(element)].add(H.position(element))
    return [np.array(sorted(positions), np.int64) for positions in found]


def _whole(net: Network, elements: Iterable[Hashable] | None) -> list[Chosen]:
    """Return for each rank 0,…,D−1 the elements to ablate, each with all its neurons at the same time."""
    wanted = None if elements is None else set(_several(elements))
    return [
        _grouped(rank, positions, wanted)
        for rank, positions in zip(net.hierarchy.ranks, real_elements(net.plan)[:-1], strict=False)
    ]


def _grouped(rank: Sequence[Hashable], positions: Indices, wanted: set[Hashable] | None) -> Chosen:
    of_neuron = {int(k): element_of(rank[k]) for k in positions}
    kept = [k for k, element in of_neuron.items() if wanted is None or element in wanted]
    number = {element: n for n, element in enumerate(dict.fromkeys(of_neuron[k] for k in kept))}
    changed = np.array([number[of_neuron[k]] for k in kept], np.int64)
    order = np.argsort(changed, kind="stable")
    return Chosen(tuple(number), Pairs(changed[order], np.array(kept, np.int64)[order]))


def _several(elements: Iterable[Hashable]) -> Iterable[Hashable]:
    if isinstance(elements, str):
        raise ParameterError(f"elements are several; got the text {elements!r}; give [{elements!r}]")
    return elements


def _check_known(ensemble: Ensemble, elements: Iterable[Hashable] | None) -> None:
    """Refuse elements that no member has, and those that cannot be ablated."""
    known = {element_of(unit): net for net in ensemble for rank in net.hierarchy.ranks for unit in rank}
    for element in () if elements is None else _several(elements):
        if element not in known:
            raise UnknownElementError(
                f"elements are ablated that a member has; {element!r} is not one of them; leave it out"
            )
        if element in ensemble.hierarchy.ranks[-1] or isinstance(element, Relay):
            _check_below_outputs(ensemble.hierarchy, element)


def _check_below_outputs(H: Hierarchy, element: Hashable) -> None:
    if isinstance(element, Relay) or H.rank(element) == H.depth:
        raise ParameterError(
            f"elements below the outputs are ablated, relays with their sources; {element!r} is an output or a "
            "relay; leave it out"
        )


def _scores(net: Network, at: Ranked, v: Array, means: list[Array], chosen: Sequence[Chosen]) -> list[Array]:
    """Return t(x) − t(x with p at its mean) of the chosen elements of each rank, (k, c)."""
    W = [_by_columns(layer.W(net.theta)) for layer in net.plan.layers]
    slope = np.asarray(W[-1].T @ v)[:, 0]
    c = at.x[0].shape[1]
    most = max(_NUMBERS_AT_ONCE // c, 1)
    scores = [np.zeros((len(some.elements), c)) for some in chosen]
    for i, (elements, neurons) in enumerate(chosen):
        for start in range(0, len(elements), _ELEMENTS_AT_ONCE):
            end = min(start + _ELEMENTS_AT_ONCE, len(elements))
            row = start
            for reach in reaches(net, W, i, neurons.between(start, end), end - start, most):
                new = means[i][reach.first.reached, None]
                scores[i][row : row + reach.n] = -reach.change(at, new, slope)
                row += reach.n
    return scores


def _by_columns(W: Matrix) -> Matrix:
    return W.tocsc() if issparse(W) else W
