"""The order of examples that no process has all of: each partition has one of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Counts = NDArray[np.int64]
_HALVINGS = 64
_KEPT = 64  # orders of partitions that a worker keeps, 4 bytes a row


@final
class Own(NamedTuple):
    """Examples of a partition from one place of its order to another, found where the partition is.

    Attributes
    ----------
    part, m : int
        The number of the partition, and of its examples.
    first : int
        The number of its first example among all.
    start, stop : int
    seed : tuple of int, optional
        Of a random order; None: as they stand.
    """

    part: int
    m: int
    first: int
    start: int
    stop: int
    seed: tuple[int, ...] | None

    @property
    def places(self) -> Array:
        """Which examples of the partition these are."""
        if self.seed is None:
            return np.arange(self.start, self.stop)
        return permuted((*self.seed, self.part), self.m)[self.start : self.stop]

    @property
    def examples(self) -> Array:
        """Their numbers among all."""
        return self.first + self.places.astype(np.int64)


@lru_cache(_KEPT)
def permuted(seed: tuple[int, ...], m: int) -> Array:
    """Return 0, …, m − 1 in a random order."""
    return np.random.default_rng(list(seed)).permutation(np.arange(m, dtype=np.uint32))


@final
@dataclass(frozen=True, eq=False)
class Drawn:
    """Examples of all partitions in an order of which each knows its own part: those from one place to another.

    Parameters
    ----------
    sizes : (P,) array of int
        How many examples each partition has.
    shared : callable
        From the sizes and t to how many of each are among the first t.
    seed : tuple of int, optional
    start, stop : int

    Examples
    --------
    >>> order = Drawn(np.array([4, 2]), evenly, (0, 0), 0, 6)
    >>> [[(own.part, own.stop - own.start) for own in order[batch]] for batch in (slice(0, 3), slice(3, 6))]
    [[(0, 2), (1, 1)], [(0, 2), (1, 1)]]
    >>> sorted(np.asarray(order).tolist())
    [0, 1, 2, 3, 4, 5]
    """

    sizes: Counts
    shared: Callable[[Counts, int], Counts]
    seed: tuple[int, ...] | None
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def __getitem__(self, places: slice) -> Drawn:
        """Return the examples from one place of these to another."""
        start, stop, _ = places.indices(len(self))
        return replace(self, start=self.start + start, stop=self.start + max(start, stop))

    def __iter__(self) -> Iterator[Own]:
        """Yield what of them lies in each partition that has some."""
        before, after = (self.shared(self.sizes, t) for t in (self.start, self.stop))
        firsts = np.cumsum(self.sizes) - self.sizes
        for p in np.flatnonzero(after > before).tolist():
            m, first, start, stop = (int(one[p]) for one in (self.sizes, firsts, before, after))
            yield Own(p, m, first, start, stop, self.seed)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return the numbers of the examples: for the few of a batch."""
        return np.concatenate([own.examples for own in self]).astype(dtype or np.int64)


def in_turn(sizes: Counts, t: int) -> Counts:
    """Return how many of each partition are among the first t, one partition after the other.

    >>> in_turn(np.array([4, 2]), 5)
    array([4, 1])
    """
    return np.clip(t - (np.cumsum(sizes) - sizes), 0, sizes)


def evenly(sizes: Counts, t: int) -> Counts:
    """Return how many of each partition are among the first t, where each has its share of every batch.

    The j-th example of a partition with m of them stands at (j − ½)/m, and the first t are those that stand first; of
    partitions with an example at the same place the first has its turn before the others.

    >>> [evenly(np.array([4, 2]), t).tolist() for t in range(7)]
    [[0, 0], [1, 0], [1, 1], [2, 1], [3, 1], [3, 2], [4, 2]]
    """
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _before(sizes, middle).sum() <= t else (low, middle)
    taken = _before(sizes, low) if t < sizes.sum() else sizes.copy()
    next_ones = np.flatnonzero(_before(sizes, high) > taken)
    taken[next_ones[: t - taken.sum()]] += 1
    return taken


def _before(sizes: Counts, place: float) -> Counts:
    """Return how many examples of each partition stand before a place between 0 and 1."""
    return np.clip(np.ceil(place * sizes - 0.5), 0, sizes).astype(np.int64)
