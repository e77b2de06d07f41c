"""A hierarchy with the numbers of another, without its meaning."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import require_seed
from hassenet.hierarchy import Hierarchy, Relay
from hassenet.hierarchy.covers import Covers
from hassenet.shaping.head_names import ElementHead, RankHead

Indices = NDArray[np.int64]

# Rounds of trades, each between elements above and then between those below: a set of many covers, which meets few
# others in so many rounds, is mixed through the elements that it covers.
_ROUNDS = 20


def rewired(H: Hierarchy, seed: int) -> Hierarchy:
    """Return H with random covers: every element keeps how many it covers and how many cover it.

    Layer by layer the elements above are paired at random and deal the elements that only one of the two covers out
    again between them, and then the elements below those that cover them, many times over: towards each set of covers
    with these numbers being as likely as any other.
    Signs of covers are dealt out at random among those of an element: it has as many of each as before.
    Relays stay on their sources, and count as elements that can be covered: an element that looks at so many elements
    of a rank, wherever that stands, does so afterwards. A complete layer stays as it is, and so do auxiliary heads
    (``shaping.RankHead``, ``shaping.ElementHead``), whose names say what they look at.

    Parameters
    ----------
    H : Hierarchy
        Graded.
    seed : int

    Raises
    ------
    NotGradedError
        If covers skip ranks.
    ParameterError
        If the seed is not a whole number ≥ 0.

    Source: C. J. Carstens, M. Hamann, U. Meyer, M. Penschuck, H. Tran and D. Wagner, "Parallel and I/O-efficient
    randomisation of massive networks using global curveball trades", ESA 2018.

    Examples
    --------
    >>> H = Hierarchy.random((20, 10, 3), density=0.3, seed=0)
    >>> R = rewired(H, seed=1)
    >>> R == H, R.covers(0).sum(axis=1).tolist() == H.covers(0).sum(axis=1).tolist()
    (False, True)
    """
    H.check_graded()
    require_seed(seed)
    rng = np.random.default_rng(seed)
    layers = [_rewired(layer, _stays(H.ranks[i]), rng) for i, layer in enumerate(H.layers, 1)]
    return Hierarchy(H.ranks, tuple(layers))


def _stays(rank: Sequence[Hashable]) -> NDArray[np.bool_]:
    """Return which elements of a rank say by their name what they cover."""
    return np.array([isinstance(e, Relay | RankHead | ElementHead) for e in rank])


def _rewired(layer: Covers, stays: NDArray[np.bool_], rng: np.random.Generator) -> Covers:
    if layer.is_complete or stays.all():
        return _dealt(layer, layer.signs, rng)
    upper, lower = layer.pairs()
    free = ~stays[upper]
    dealers, up = np.unique(
        upper[free], return_inverse=True
    )  # who stays has nothing to deal, and takes no seat
    low, shape = lower[free], (len(dealers), layer.shape[1])
    for _ in range(_ROUNDS):
        up, low = _trade(up, low, shape, rng)
        low, up = _trade(low, up, shape[::-1], rng)
    pairs = np.concatenate([upper[~free], dealers[up]]), np.concatenate([lower[~free], low])
    return _dealt(Covers.of_pairs(*pairs, layer.shape), layer.signs, rng)


def _dealt(covers: Covers, signs: NDArray[np.int8] | None, rng: np.random.Generator) -> Covers:
    """Return covers with signs, those of each upper element in a new order; each has as many covers as before."""
    if signs is None:
        return covers
    upper, _ = covers.pairs()
    return covers.with_signs(signs[np.lexsort((rng.random(len(upper)), upper))])


def _trade(
    up: Indices, low: Indices, shape: tuple[int, int], rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Pair the upper elements and let each pair deal out what only one of them covers; numbers are kept."""
    seats = rng.permutation(shape[0])
    keys = np.sort((seats[up] // 2 * shape[1] + low) * 2 + seats[up] % 2)  # many times faster than a lexsort
    cards, seat = np.divmod(keys, 2)
    twin = cards[1:] == cards[:-1]
    single = ~(np.append(twin, False) | np.append(False, twin))  # what both cover stays with both
    pair, low = np.divmod(cards, shape[1])
    low[single] = _shuffled(low[single], pair[single], rng)
    return np.argsort(seats)[2 * pair + seat], low


def _shuffled(cards: Indices, pair: Indices, rng: np.random.Generator) -> Indices:
    """Return the cards of each pair in a new order; pairs stand one after the other."""
    order = rng.permutation(len(cards))
    small = pair.astype(np.min_scalar_type(pair[-1] if len(pair) else 0))  # 16 bits are sorted in linear time
    return cards[order[np.argsort(small[order], kind="stable")]]
