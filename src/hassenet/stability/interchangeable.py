"""Ranks whose elements are told apart by nothing but chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hassenet._covers import Covers
from hassenet.hierarchy import Hierarchy

Keys = NDArray[np.uint64]


def interchangeable_ranks(H: Hierarchy) -> tuple[int, ...]:
    """Return the hidden ranks where every element covers, and is covered by, the same elements as another one.

    What such an element learns is left to the initial weights: the third neuron of a complete rank is in one training
    what the seventh is in the next. Scores over runs and beside a null model mean nothing there, nor do the names.
    Covers by relays count as those of their sources.

    Parameters
    ----------
    H : Hierarchy
        Graded.

    Raises
    ------
    NotGradedError
        If covers skip ranks.

    Examples
    --------
    >>> interchangeable_ranks(Hierarchy.complete(20, 10, 5, 1))
    (1, 2)
    >>> interchangeable_ranks(Hierarchy.subsets(3))
    ()
    """
    H.check_graded()
    rng = np.random.default_rng(0)
    keys = [rng.integers(2**64 - 1, size=n, dtype=np.uint64) for n in H.shape]
    above = _above(H, keys)
    return tuple(
        i
        for i in range(1, H.depth)
        if _each_has_a_double(H, i, _sums_below(H.layers[i - 1], keys[i - 1]), above[i])
    )


def _each_has_a_double(H: Hierarchy, i: int, below: Keys, above: Keys) -> bool:
    """Return whether each element of rank i but relays has the sums of another, over what is below and above it."""
    sums = np.stack([below, above])[:, ~H.relays(i)]
    _, times = np.unique(sums, axis=1, return_counts=True)
    return bool(times.size and times.min() > 1)


def _above(H: Hierarchy, keys: list[Keys]) -> list[Keys]:
    """Return for each element the sum of the random keys of those that cover it or a relay of it.

    Two different sets have one sum with a probability of 2⁻⁶⁴.
    """
    sums = [np.zeros(n, np.uint64) for n in H.shape]
    for i in reversed(range(H.depth)):
        of_upper = np.where(H.relays(i + 1), sums[i + 1], keys[i + 1])
        sums[i] = _sums_above(H.layers[i], of_upper)
    return sums


def _sums_below(layer: Covers, keys: Keys) -> Keys:
    if layer.pattern is None:
        return np.full(layer.shape[0], keys.sum())
    return np.asarray(layer.pattern.astype(np.uint64) @ keys)


def _sums_above(layer: Covers, keys: Keys) -> Keys:
    if layer.pattern is None:
        return np.full(layer.shape[1], keys.sum())
    return np.asarray(layer.pattern.T.astype(np.uint64) @ keys)
