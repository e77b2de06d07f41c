"""Finite orders as index arrays: ranks, covers, reachability. Pure functions; element k is the number k.

A relation on n elements is two arrays of equal length, ``lower`` and ``upper``: lower[k] ⊏ upper[k].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

ON_A_CYCLE = -1

# Sources whose reach is followed at one time, a bit each: bounds the memory by n × this many bits, twice.
_SOURCES_AT_ONCE = 1024
_WORD = 64
# From how many elements a short cycle is looked for: each costs a search through the relation.
_STARTS = 16
_NONE: Indices = np.zeros(0, np.int64)


def adjacency(n: int, source: Indices, target: Indices) -> csr_array:
    """Return the n × n pattern with an entry at (source[k], target[k])."""
    pattern = csr_array((np.ones(len(source), bool), (source, target)), shape=(n, n))
    pattern.sum_duplicates()
    return pattern


def longest_chains(n: int, lower: Indices, upper: Indices) -> Indices:
    """Return for each element the length of the longest chain below it; -1 on a cycle or above one.

    Elements are taken away in layers, those with nothing left below them first (Kahn, 1962).
    """
    above = adjacency(n, lower, upper)
    waiting_for = np.bincount(above.indices, minlength=n)
    length = np.full(n, ON_A_CYCLE, np.int64)
    layer, step = np.flatnonzero(waiting_for == 0), 0
    while layer.size:
        length[layer] = step
        freed, times = np.unique(above[layer].indices, return_counts=True)
        waiting_for[freed] -= times
        layer, step = freed[waiting_for[freed] == 0], step + 1
    return length


def find_cycle(n: int, lower: Indices, upper: Indices) -> list[int]:
    """Return the elements of a cycle, each below the next, the last below the first; empty if there is none.

    It is the shortest through one of some elements of the smallest strongly connected component (Tarjan, 1972).
    """
    stuck = longest_chains(n, lower, upper) == ON_A_CYCLE
    if not stuck.any():
        return []
    itself = lower[lower == upper]
    if itself.size:
        return [int(itself[0])]
    inside = stuck[lower] & stuck[upper]
    above = adjacency(n, lower[inside], upper[inside])
    component = connected_components(above, connection="strong")[1]
    sizes = np.bincount(component)
    smallest = np.where(sizes > 1, sizes, n + 1).argmin()
    starts = np.flatnonzero(component == smallest)[:_STARTS].tolist()
    return min((_cycle_through(start, lower[upper == start], above) for start in starts), key=len)


def _cycle_through(start: int, below: Indices, above: csr_array) -> list[int]:
    """Return the shortest cycle through an element that lies on one, from there on; ``below`` is what lies below it."""
    reached, before = breadth_first_order(above, start)
    when = np.full(above.shape[0], len(reached))
    when[reached] = np.arange(len(reached))
    path = [int(below[when[below].argmin()])]
    while path[-1] != start:
        path.append(int(before[path[-1]]))
    return path[::-1]


def ranks_from_above(n: int, lower: Indices, upper: Indices) -> Indices:
    """Return D minus the longest chain above each element, and 0 for the elements that have nothing below."""
    height = longest_chains(n, upper, lower)
    rank = height.max(initial=0) - height
    rank[np.bincount(upper, minlength=n) == 0] = 0
    return rank


def is_cover(n: int, lower: Indices, upper: Indices, rank: Indices) -> Mask:
    """Return which pairs are covers: nothing of the relation lies strictly between them.

    ``rank`` may be any function that grows along the relation. A pair of neighbouring ranks is always a cover; another
    is one unless its lower element reaches its upper one through a third.
    """
    cover = np.ones(len(lower), bool)
    doubtful = np.flatnonzero(rank[upper] - rank[lower] > 1)
    inner = (np.bincount(upper, minlength=n) > 0)[lower]  # only through these is anything reached
    climb = list(_by_upper_rank(lower[inner], upper[inner], rank))
    for sources in _blocks(np.unique(lower[doubtful])):
        bit = np.full(n, -1)
        bit[sources] = np.arange(len(sources))
        pairs = doubtful[bit[lower[doubtful]] >= 0]
        through = _reach_through_a_third(n, lower, upper, bit, climb)
        cover[pairs] = ~_holds(through, upper[pairs], bit[lower[pairs]])
    return cover


class _Step(NamedTuple):
    """The pairs whose upper elements share a rank.

    heads[k] is above tails[starts[k]], tails[starts[k] + 1], …, up to where heads[k + 1] begins.
    """

    heads: Indices
    starts: Indices
    tails: Indices


def _by_upper_rank(lower: Indices, upper: Indices, rank: Indices) -> Iterator[_Step]:
    order = np.lexsort((upper, rank[upper]))
    for begin, end in _runs(rank[upper[order]]):
        heads, starts = np.unique(upper[order[begin:end]], return_index=True)
        yield _Step(heads, starts, lower[order[begin:end]])


def _blocks(elements: Indices) -> Iterator[Indices]:
    for start in range(0, len(elements), _SOURCES_AT_ONCE):
        yield elements[start : start + _SOURCES_AT_ONCE]


def _reach_through_a_third(
    n: int, lower: Indices, upper: Indices, bit: Indices, climb: Sequence[_Step]
) -> NDArray[np.uint64]:
    """Return for each element, as a set of bits, the sources that it lies above by two steps or more."""
    reach = np.zeros((n, _SOURCES_AT_ONCE // _WORD), np.uint64)
    through = np.zeros_like(reach)
    first = np.flatnonzero(bit[lower] >= 0)
    word, mask = _place(bit[lower[first]])
    np.bitwise_or.at(reach, (upper[first], word), mask)
    for heads, starts, tails in climb:
        through[heads] = np.bitwise_or.reduceat(reach[tails], starts, axis=0)
        reach[heads] |= through[heads]
    return through


def _own_bits(n: int, sources: Indices) -> NDArray[np.uint64]:
    """Return for each element a set of bits that holds the element itself where it is a source."""
    sets = np.zeros((n, _SOURCES_AT_ONCE // _WORD), np.uint64)
    word, mask = _place(np.arange(len(sources)))
    np.bitwise_or.at(sets, (sources, word), mask)
    return sets


def _place(bit: Indices) -> tuple[Indices, NDArray[np.uint64]]:
    """Return the word that holds a bit, and the mask that picks it there."""
    return bit // _WORD, np.uint64(1) << (bit % _WORD).astype(np.uint64)


def _holds(sets: NDArray[np.uint64], elements: Indices, bit: Indices) -> Mask:
    word, mask = _place(bit)
    return (sets[elements, word] & mask) != 0


def _runs(sorted_values: Indices) -> Iterator[tuple[int, int]]:
    """Yield (begin, end) of each run of equal values."""
    edges = np.flatnonzero(np.diff(sorted_values)) + 1
    return pairwise([0, *edges.tolist(), len(sorted_values)]) if len(sorted_values) else iter(())


def reached(n: int, lower: Indices, upper: Indices, rank: Indices, start: Mask) -> Mask:
    """Return the elements that some element of ``start`` reaches going up, ``start`` included."""
    reach = start.copy()
    by_rank = np.argsort(rank[upper], kind="stable")
    for begin, end in _runs(rank[upper][by_rank]):
        step = by_rank[begin:end]
        reach[upper[step][reach[lower[step]]]] = True
    return reach


def reaches_down(n: int, lower: Indices, upper: Indices, rank: Indices, start: Mask) -> Mask:
    """Return the elements from which some element of ``start`` is reached going up, ``start`` included."""
    return reached(n, upper, lower, -rank, start)


def reach_counts(n: int, lower: Indices, upper: Indices, rank: Indices, sources: Indices) -> Indices:
    """Return for each element how many of the sources reach it going up; a source reaches itself."""
    counts = np.zeros(n, np.int64)
    climb = list(_by_upper_rank(lower, upper, rank))
    for block in _blocks(sources):
        reach = _own_bits(n, block)
        for heads, starts, tails in climb:
            reach[heads] |= np.bitwise_or.reduceat(reach[tails], starts, axis=0)
        counts += np.bitwise_count(reach).sum(axis=1, dtype=np.int64)
    return counts


def bridges(n: int, lower: Indices, upper: Indices, rank: Indices, kept: Mask) -> tuple[Indices, Indices]:
    """Return the covers (lower, upper) of the order on the kept elements, from each that lies below one not kept.

    With the pairs of kept elements that there are already, they give the order that the others leave behind.
    """
    useful = reaches_down(n, lower, upper, rank, kept)
    sources = np.unique(lower[kept[lower] & ~kept[upper] & useful[upper]])
    start = np.zeros(n, bool)
    start[sources] = True
    way = reached(n, lower, upper, rank, start)[lower] & useful[upper]
    climb = list(_by_upper_rank(lower[way], upper[way], rank))
    found = [pairs for block in _blocks(sources) for pairs in _bridges_from(n, block, kept, climb)]
    low, up = zip(*found, strict=True) if found else ((), ())
    return np.concatenate([*low, _NONE]), np.concatenate([*up, _NONE])


def _bridges_from(
    n: int, sources: Indices, kept: Mask, climb: Sequence[_Step]
) -> Iterator[tuple[Indices, Indices]]:
    """Yield the covers from the sources, step by step.

    An element hands up two sets: the sources near it (itself where it is kept, else those below it with nothing kept
    between), and the far ones, with a kept element between them and those above.
    """
    near = _own_bits(n, sources)
    handed = np.stack([near, np.zeros_like(near)], axis=1)
    for heads, starts, tails in climb:
        below = np.bitwise_or.reduceat(handed[tails], starts, axis=0)
        near, far = below[:, 0], below[:, 1]
        stays = kept[heads]
        row, bit = _members(np.bitwise_and(near, ~far)[stays])
        yield sources[bit], heads[stays][row]
        below[stays] = np.stack([handed[heads[stays], 0], (near | far)[stays]], axis=1)
        handed[heads] = below


def _members(sets: NDArray[np.uint64]) -> tuple[Indices, Indices]:
    """Return the (row, bit) of every bit that is set."""
    filled = np.flatnonzero(sets.any(axis=1))
    octets = sets[filled].astype("<u8").view(np.uint8)
    row, bit = np.nonzero(np.unpackbits(octets, axis=1, bitorder="little"))
    return filled[row], bit


def an_element_between(n: int, lower: Indices, upper: Indices, rank: Indices, p: int, q: int) -> int:
    """Return an r with p ⊏ r ⊏ q, one that q is directly related to."""
    reach = reached(n, lower, upper, rank, np.arange(n) == p)
    candidates = lower[(upper == q) & (lower != p)]
    return int(candidates[reach[candidates]][0])


def chain_lengths(source: Indices, up_to: Indices, start: Indices) -> tuple[Indices, Indices]:
    """Return the distinct sources and how many relays each needs above rank start[source] to be read at ``up_to``."""
    sources = np.unique(source)
    top = np.zeros(len(start), np.int64)
    np.maximum.at(top, source, up_to)
    return sources, np.maximum(top[sources] - start[sources], 0)
