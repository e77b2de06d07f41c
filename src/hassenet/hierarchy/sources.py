"""Whose value an element has: relays are looked through here, and nowhere else."""

from __future__ import annotations

from itertools import chain

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import HierarchyError, listing
from hassenet.hierarchy.hierarchy import Hierarchy

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


def sources(H: Hierarchy, is_relay: Mask) -> Indices:
    """Return for each relay the element whose value it hands on, and for every other element itself.

    Parameters
    ----------
    H : Hierarchy
        Graded or not.
    is_relay : (n,) array of bool
        What is looked through, the elements being counted through the ranks.

    Returns
    -------
    (n,) array of int
        Numbers of elements that are no relays.

    Raises
    ------
    HierarchyError
        If a relay does not cover exactly one element.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]).graded()
    >>> H.ranks
    (('a', 'x'), ('b', Relay(source='x', rank=1)), ('c',))
    >>> sources(H, np.array([False, False, False, True, False]))
    array([0, 1, 2, 1, 4])
    """
    source = np.arange(len(is_relay))
    if not is_relay.any():
        return source
    lower, upper = _covers_of(H, is_relay)
    _check_one_below(H, is_relay, upper)
    source[upper] = lower
    while is_relay[source].any():
        source = source[source]
    return source


def relays_of(H: Hierarchy) -> Mask:
    """Return which elements are relays, counted through the ranks.

    Examples
    --------
    >>> relays_of(Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]).graded())
    array([False, False, False,  True, False])
    """
    return np.concatenate([H.relays(i) for i in range(len(H.ranks))])


def _covers_of(H: Hierarchy, chosen: Mask) -> tuple[Indices, Indices]:
    """Return the covers (lower, upper) of some elements by number; those of the others are not written out."""
    starts, reads = np.cumsum([0, *H.shape]), chosen[H.skips[1]]
    lower, upper = [H.skips[0][reads]], [H.skips[1][reads]]
    for i, covers in enumerate(H.layers):
        rows = np.flatnonzero(chosen[starts[i + 1] : starts[i + 2]])
        if len(rows):
            up, low = covers.rows(rows.tolist()).pairs()
            lower.append(low + starts[i])
            upper.append(rows[up] + starts[i + 1])
    return np.concatenate(lower), np.concatenate(upper)


def _check_one_below(H: Hierarchy, is_relay: Mask, upper: Indices) -> None:
    below = np.bincount(upper, minlength=len(is_relay))
    odd = set(np.flatnonzero(is_relay & (below != 1)).tolist())
    if odd:
        culprits = listing(name for k, name in enumerate(chain(*H.ranks)) if k in odd)
        raise HierarchyError(
            f"a relay hands on one value: {culprits} covers another number of elements; rename() it"
        )
