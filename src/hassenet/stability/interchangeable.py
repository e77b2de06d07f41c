"""Ranks whose elements are told apart by nothing but chance."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.covers import Covers
from hassenet.hierarchy.sources import sources
from hassenet.network import Ensemble, Network
from hassenet.shaping.widening import owner

Colours = list[NDArray[np.int64]]
"""A number for each element of each rank, a relay having that of its source."""
Masks = list[NDArray[np.bool_]]
Keys = NDArray[np.uint64]
# Of what activates, and of what inhibits: odd, so that no key is lost.
_OF_SIGNS = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9


def interchangeable_ranks(H: Hierarchy) -> tuple[int, ...]:
    """Return the hidden ranks where every element has another one that it can change places with.

    What such an element learns is left to the initial weights: the third neuron of a complete rank is in one training
    what the seventh is in the next. Scores over runs and beside a null model mean nothing there, nor do the names.

    Each feature and each output has a colour of its own, all hidden elements of a rank have one. Elements whose
    neighbours below or above have other colours get other colours, until nothing changes; those left with one colour
    can change places, if need be together with others, as pairs of neurons of which one reads the other. Covers by
    relays count as those of their sources, and those of another sign as others.

    Of a network with several neurons an element, ``explain.of_elements`` gives scores of elements, which have places.

    Parameters
    ----------
    H : Hierarchy
        Graded.

    Raises
    ------
    NotGradedError
        If covers skip ranks.

    Source: colour refinement, as in C. Berkholz, P. Bonsma and M. Grohe, "Tight lower and upper bounds for the
    complexity of canonical colour refinement", Theory of Computing Systems 60 (2017), 581–614.

    Examples
    --------
    >>> interchangeable_ranks(Hierarchy.complete(20, 10, 5, 1))
    (1, 2)
    >>> interchangeable_ranks(Hierarchy.subsets(3))
    ()
    >>> interchangeable_ranks(
    ...     Hierarchy.complete(3, 2, 1).with_signs({("x0", "h1_0"): 1, ("x0", "h1_1"): -1})
    ... )
    ()
    >>> twice = [(x, f"{p}{k}") for k in "12" for x, p in (("a", "p"), ("b", "p"))] + [
    ...     ("p1", "q1"),
    ...     ("p2", "q2"),
    ... ]
    >>> interchangeable_ranks(Hierarchy.from_covers(twice).crown(["ill"], over="maximal"))
    (1, 2)
    """
    H.check_graded()
    relay, colours = _relays_and_colours(H)
    return tuple(i for i in range(1, H.depth) if _each_has_a_double(colours[i][~relay[i]]))


def named_ranks(network: Network | Ensemble) -> tuple[int, ...]:
    """Return the ranks below the outputs whose elements are told apart by more than chance in a member.

    Several neurons of one element can change places; what is asked is whether the element can.

    Examples
    --------
    >>> named_ranks(Network(Hierarchy.complete(3, 4, 1))), named_ranks(Network(Hierarchy.subsets(3)))
    ((0,), (0, 1))
    >>> from hassenet.shaping import widen
    >>> [
    ...     named_ranks(Network(widen(H, 2).hierarchy))
    ...     for H in (Hierarchy.complete(3, 4, 1), Hierarchy.subsets(3))
    ... ]
    [(0,), (0, 1)]
    """
    return tuple(sorted(set().union(*map(_named, Ensemble.of(network)))))


def _named(net: Network) -> set[int]:
    H = net.hierarchy
    relay, colours = _relays_and_colours(H)
    alike = {i for i in range(1, H.depth) if _each_has_a_double(_of_owners(H.ranks[i], relay[i], colours[i]))}
    return {*range(H.depth)} - alike


def _of_owners(
    rank: Sequence[Hashable], relay: NDArray[np.bool_], colours: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the colour of each element of a rank once, however many neurons it has: these have the same."""
    own = {owner(e): c for e, is_relay, c in zip(rank, relay, colours.tolist(), strict=True) if not is_relay}
    return np.array([*own.values()], np.int64)


def _relays_and_colours(H: Hierarchy) -> tuple[Masks, Colours]:
    """Return which elements are relays, and the colours that elements with the same place have in common."""
    relay = [H.relays(i) for i in range(H.depth + 1)]
    return relay, _refined(H, relay, _start(H, relay))


def _each_has_a_double(colours: NDArray[np.int64]) -> bool:
    return bool(colours.size and np.unique(colours, return_counts=True)[1].min() > 1)


def _start(H: Hierarchy, relay: Masks) -> Colours:
    """Return a colour for each feature and each output, and one for each rank between."""
    first, last = H.shape[0], H.shape[-1]
    hidden = [np.full(n, first + i) for i, n in enumerate(H.shape[1:-1])]
    outputs = [first + len(hidden) + np.arange(last)] * (H.depth > 0)
    return _of_relays(H, relay, [np.arange(first), *hidden, *outputs])


def _refined(H: Hierarchy, relay: Masks, colours: Colours) -> Colours:
    """Return the coarsest colours that are as fine, and that the elements below and above agree with."""
    n = _number(colours)
    finer = _finer(H, relay, colours)
    while _number(finer) > n:
        n, colours, finer = _number(finer), finer, _finer(H, relay, finer)
    return colours


def _number(colours: Colours) -> int:
    return len(np.unique(np.concatenate(colours)))


def _finer(H: Hierarchy, relay: Masks, colours: Colours) -> Colours:
    """Return colours that tell those of the neighbours, below and above, beside the element's own.

    Two multisets of colours have one sum of random keys with a probability of 2⁻⁶⁴.
    """
    flat, free = np.concatenate(colours), ~np.concatenate(relay)
    table = np.random.default_rng(0).integers(2**64 - 1, size=int(flat.max()) + 1, dtype=np.uint64)
    keys = [table[c] for c in colours]
    looks = np.stack([table[flat], np.concatenate(_below(H, keys)), np.concatenate(_above(H, relay, keys))])
    found = np.zeros_like(flat)
    found[free] = np.unique(looks[:, free], axis=1, return_inverse=True)[1].ravel()
    return _of_relays(H, relay, np.split(found, np.cumsum(H.shape)[:-1]))


def _of_relays(H: Hierarchy, relay: Masks, colours: Colours) -> Colours:
    """Give relays the colours of their sources."""
    given = np.concatenate(colours)[sources(H, np.concatenate(relay))]
    return np.split(given, np.cumsum(H.shape)[:-1])


def _below(H: Hierarchy, keys: list[Keys]) -> list[Keys]:
    """Return for each element the sum of the keys of those that it covers."""
    sums = [_sums_below(layer, below) for layer, below in zip(H.layers, keys, strict=False)]
    return [np.zeros(H.shape[0], np.uint64), *sums]


def _above(H: Hierarchy, relay: Masks, keys: list[Keys]) -> list[Keys]:
    """Return for each element the sum of the keys of those that cover it or a relay of it."""
    sums = [np.zeros(n, np.uint64) for n in H.shape]
    for i in reversed(range(H.depth)):
        of_upper = np.where(relay[i + 1], sums[i + 1], keys[i + 1])
        sums[i] = _sums_above(H.layers[i], of_upper)
    return sums


def _sums_below(layer: Covers, keys: Keys) -> Keys:
    if layer.pattern is None and layer.signs is None:
        return np.full(layer.shape[0], keys.sum())
    return np.asarray(_by_signs(layer) @ keys)


def _sums_above(layer: Covers, keys: Keys) -> Keys:
    if layer.pattern is None and layer.signs is None:
        return np.full(layer.shape[1], keys.sum())
    return np.asarray(_by_signs(layer).T @ keys)


def _by_signs(layer: Covers) -> csr_array:
    """Return the covers as numbers by which keys are multiplied, so that each sign has keys of its own."""
    pattern = layer.csr.astype(np.uint64)
    if layer.signs is not None:
        pattern.data = np.array([1, *_OF_SIGNS], np.uint64)[layer.signs]
    return pattern
