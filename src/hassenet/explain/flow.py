"""How what is explained comes from the features through the ranks: shares that add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.engines.plan import Matrix
from hassenet.errors import NotFiniteError, listing
from hassenet.explain.baseline import baseline_column
from hassenet.explain.outputs import Explained, Output, explained
from hassenet.explain.passes import Pass, check_pointwise, feed, shares
from hassenet.explain.rescale import chords
from hassenet.explain.summary import checked, columns
from hassenet.network import Ensemble, Network
from hassenet.network.common import Common
from hassenet.network.direct import Direct
from hassenet.network.elements import Elements

Array = NDArray[Any]
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_PRODUCTS_AT_ONCE = 1 << 20


@final
@dataclass(frozen=True, eq=False, repr=False)
class Flow:
    """What share of what is explained passes each element and each link; see :func:`relevance_flow`.

    Attributes
    ----------
    output : str
        What is explained.
    elements : Elements
        The elements without relays, and the links between them, their weights with the signs that they have between
        neurons that rise with their parts (:func:`hassenet.network.oriented`).
    of_elements : (n,) array
        The share of each element; those of the outputs add up to 1.
    of_links : array
        The share of each link, in the order of ``elements.links``.
    """

    output: str
    elements: Elements
    of_elements: Floats
    of_links: Floats

    def __repr__(self) -> str:
        return f"Flow({self.output!r}: {len(self.of_elements):,} elements, {len(self.of_links):,} links)"


def relevance_flow(net: Network | Ensemble, X: Any, output: Output = None, baseline: Any = None) -> Flow:
    """Split what is explained among the elements and covers that it comes from, from the outputs down to the features.

    What j hands to k over the cover j ⋖ k contributes, over the examples, by DeepLIFT's rescale rule

        a_kj = mean |(x_j − x̄_j) W_kj μ_k|,    μ = r ⊙ m at k, and v_k at an output

    with r, m and the bar as in :func:`deeplift`. An output k has the share |v_k| / Σ|v|, and each element splits its
    share among what it covers in proportion to a. Relays are looked through. A share that ends in an element whose a
    are all 0 goes no further. Of an ensemble the shares are the weighted means of its members', neurons of one element
    added up; a link has a sign where it has the same one in all of them.

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
    NotFiniteError
        If contributions overflow.

    Source: for the rule, A. Shrikumar, P. Greenside and A. Kundaje, "Learning important features through propagating
    activation differences", ICML 2017, section 3.5.1.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> net = Network(Hierarchy.complete(2, 1), dtype="float64", theta=[2.0, 3.0, 1.0])
    >>> relevance_flow(net, [[1.0, -1.0]]).of_elements
    array([0.4, 0.6, 1. ])
    """
    target = explained(net, output)
    if isinstance(net, Ensemble):
        return _of_members(net, target, [_of_network(member, X, target, baseline) for member in net])
    return _of_network(net, X, target, baseline)


def _of_network(net: Network, X: Any, target: Explained, baseline: Any) -> Flow:
    elements = Elements.oriented(net)
    with np.errstate(over="ignore", invalid="ignore"):
        absolute = contributions(net, X, target, baseline)[1]
    _check_finite(elements, absolute)
    return Flow(target.name, elements, *_shares(elements, absolute, target))


def _of_members(ensemble: Ensemble, target: Explained, flows: Sequence[Flow]) -> Flow:
    """Return the mean of the members' flows, on the elements and links of all."""
    common = Common.of(ensemble)
    of_elements = _mean(ensemble.weights, common.numbers, [flow.of_elements for flow in flows])
    of_links = _mean(ensemble.weights, common.links, [flow.of_links for flow in flows])
    signs = _mean(ensemble.weights, common.links, [np.sign(flow.elements.links.weight) for flow in flows])
    size = _mean(ensemble.weights, common.links, [np.sign(np.abs(f.elements.links.weight)) for f in flows])
    agreed = np.where(np.abs(signs) >= size * (1 - 1e-9), np.sign(signs), 0.0)
    links = common.elements.links
    signed = links._replace(weight=np.abs(links.weight) * agreed)
    return Flow(target.name, replace(common.elements, links=signed), of_elements, of_links)


def _mean(weights: Floats, places: Sequence[Indices], values: Sequence[Floats]) -> Floats:
    """Return the weighted mean of what members have at their places, what shares a place added up."""
    n = 1 + max(int(place.max()) for place in places)
    parts = zip(weights, places, values, strict=True)
    return np.asarray(sum(w * np.bincount(place, value, minlength=n) for w, place, value in parts))


def _check_finite(elements: Elements, strength: Floats) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        of_reader = np.bincount(elements.links.upper, strength, minlength=len(elements))
    bad = np.flatnonzero(~np.isfinite(of_reader))
    if bad.size:
        names = listing((elements.names[k] for k in bad), 3)
        raise NotFiniteError(
            f"contributions are finite; what {names} get overflows; scale X, or take dtype='float64'"
        )


def contributions(net: Network, X: Any, target: Explained, baseline: Any = None) -> tuple[Floats, Floats]:
    """Return of every link, in the order of the elements' links, the mean contribution and its mean absolute value."""
    check_pointwise(net.plan, "the flow of relevance")
    features, direct, v = checked(net, X), Direct.of(net), target.top(net.dtype)
    start = feed(direct, baseline_column(net, baseline))
    sums = [np.zeros((2, reader.W.size)) for reader in direct.readers]
    for x in columns(features, net.dtype, direct.n):
        at = feed(direct, x)
        rise = at.x - start.x
        for reader, mu, of_reader in zip(direct.readers, _mu(direct, v, at, start), sums, strict=True):
            of_reader += _products(reader.W, mu, rise[reader.read])
    weight = np.concatenate([_weights(reader.W) for reader in direct.readers])
    mean, absolute = np.concatenate(sums, axis=1) / features.shape[0]
    return weight * mean, np.abs(weight) * absolute


def _mu(net: Direct, v: Array, at: Pass, start: Pass) -> list[Array]:
    """Return μ of the readers, rank after rank."""
    found, pull = [np.broadcast_to(v, at.s[-1].shape)], chords(net, at, start)

    def kept(i: int, m: Array) -> Array:
        found.append(pull(i, m))
        return found[-1]

    shares(net, at.x, found[0], kept)
    return found[::-1]


def _weights(W: Matrix) -> Floats:
    return (W.ravel() if isinstance(W, np.ndarray) else W.data).astype(float)


def _products(W: Matrix, mu: Array, rise: Array) -> Floats:
    """Return Σ μ_k (x_p − x̄_p) over the examples for each weight W_kp, and Σ |μ_k (x_p − x̄_p)|."""
    if isinstance(W, np.ndarray):
        return np.stack([(mu @ rise.T).ravel(), (np.abs(mu) @ np.abs(rise).T).ravel()]).astype(float)
    upper = np.repeat(np.arange(W.shape[0]), np.diff(W.indptr))
    at_once = max(_PRODUCTS_AT_ONCE // max(rise.shape[1], 1), 1)
    parts = [slice(first, first + at_once) for first in range(0, max(len(upper), 1), at_once)]
    return np.concatenate([_sums(mu[upper[some]] * rise[W.indices[some]]) for some in parts], axis=1)


def _sums(products: Array) -> Floats:
    return np.stack([products.sum(axis=1, dtype=float), np.abs(products).sum(axis=1, dtype=float)])


def _shares(elements: Elements, strength: Floats, target: Explained) -> tuple[Floats, Floats]:
    """Return the shares of the elements and of the links, from the top down."""
    upper, lower, n = elements.links.upper, elements.links.lower, len(elements)
    total = np.bincount(upper, strength, minlength=n)[upper]
    part = np.divide(strength, total, out=np.zeros(len(total)), where=total > 0)
    share, rank = np.zeros(n), elements.ranks[upper]
    share[elements.starts[-2] :] = np.abs(target.weights) / np.abs(target.weights).sum()
    for i in range(int(rank.max()), 0, -1):
        here = rank == i
        share += np.bincount(lower[here], share[upper[here]] * part[here], minlength=n)
    return share, share[upper] * part
