"""Which elements of a large hierarchy a picture shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from hassenet.hierarchy import Hierarchy

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Layer(NamedTuple):
    """The covers from rank i to rank i + 1: positions above and below, and the weight of each."""

    upper: Indices
    lower: Indices
    weight: Floats


def weighted_layers(H: Hierarchy, weights: Sequence[Any] | None) -> tuple[Layer, ...]:
    """Return every layer's covers with their weights; with 1 where there is no network."""
    given = [H.covers(i) for i in range(H.depth)] if weights is None else weights
    return tuple(_layer(W) for W in given)


def _layer(W: Any) -> Layer:
    if issparse(W):
        entries = csr_array(W).tocoo()
        upper, lower = (np.asarray(k, np.int64) for k in entries.coords)
        return Layer(upper, lower, np.asarray(entries.data, float))
    upper, lower = np.indices(np.shape(W))
    return Layer(upper.ravel(), lower.ravel(), np.asarray(W, float).ravel())


def quotas(sizes: Sequence[int], most: int) -> list[int]:
    """Return how many elements each rank may show: small ranks all, large ones equally many, each at least one.

    >>> quotas([500, 100, 3, 1], 24)
    [10, 10, 3, 1]
    """
    if sum(sizes) <= most:
        return list(sizes)
    fits = [level for level in range(1, most + 1) if sum(min(n, level) for n in sizes) <= most]
    return [min(n, max(fits, default=1)) for n in sizes]


def kept_elements(
    H: Hierarchy,
    layers: Sequence[Layer],
    most: int,
    first: frozenset[Any] = frozenset(),
    scores: Mapping[Any, float] | None = None,
) -> tuple[Mask, ...]:
    """Return which elements of each rank are shown, about ``most`` besides relays.

    From the top down, a rank keeps the elements with the largest Σ|weight| of their covers to elements kept above;
    the top rank those with the largest Σ|weight| below. With scores a rank keeps those with the largest |score|, before
    all that have none. Elements in ``first`` are kept always. A relay is kept
    where its source and one of its readers are.
    """
    relays = [H.relays(i) for i in range(H.depth + 1)]
    quota = quotas([int((~mask).sum()) for mask in relays], most)
    favoured = [np.fromiter((e in first for e in rank), bool, len(rank)) for rank in H.ranks]
    scored = [None if scores is None else _sizes(rank, scores) for rank in H.ranks]
    kept: list[Mask] = [np.ones(n, bool) for n in H.shape]
    reads = kept[-1]
    if H.depth:
        sums = _sums(layers[-1].upper, np.abs(layers[-1].weight), H.shape[-1])
        kept[-1] = _largest(sums, ~relays[-1], favoured[-1], quota[-1], scored[-1])
        reads = kept[-1]
    share = reads.astype(float)
    for i in range(H.depth - 1, -1, -1):
        strength = _sums(layers[i].lower, np.abs(layers[i].weight) * share[layers[i].upper], H.shape[i])
        read = _sums(layers[i].lower, reads[layers[i].upper], H.shape[i]) > 0
        kept[i] = _largest(strength, ~relays[i], favoured[i], quota[i], scored[i]) | (relays[i] & read)
        reads, share = kept[i], np.where(relays[i], strength, kept[i])
    return _with_sources(kept, layers, relays)


def _sums(groups: Indices, values: NDArray[Any], n: int) -> Floats:
    return np.bincount(groups, values, minlength=n).astype(np.float64)


def _sizes(rank: Sequence[Any], scores: Mapping[Any, float]) -> Floats:
    """Return |score| of each element, −1 where it has none."""
    return np.array([abs(scores[e]) if e in scores else -1.0 for e in rank])


def _largest(strength: Floats, allowed: Mask, favoured: Mask, count: int, score: Floats | None) -> Mask:
    """Return the mask of ``count`` allowed elements, but of all favoured: these, the largest, the first in order."""
    count = max(count, int((favoured & allowed).sum()))
    order = np.lexsort((-strength, *(() if score is None else (-score,)), ~favoured, ~allowed))
    mask = np.zeros(len(strength), bool)
    mask[order[:count]] = True
    return mask


def _with_sources(kept: list[Mask], layers: Sequence[Layer], relays: Sequence[Mask]) -> tuple[Mask, ...]:
    """Drop, from below upwards, the relays whose source is not shown."""
    for i, layer in enumerate(layers):
        fed = _sums(layer.upper, kept[i][layer.lower], len(kept[i + 1])) > 0
        kept[i + 1] = kept[i + 1] & (fed | ~relays[i + 1])
    return tuple(kept)
