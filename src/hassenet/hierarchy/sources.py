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
        Numbers of elements that are not relays.

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
    _check_one_below(H, is_relay)
    for start, above, covers in zip(np.cumsum([0, *H.shape]), np.cumsum(H.shape), H.layers, strict=False):
        rows = np.flatnonzero(is_relay[above : above + covers.shape[0]] & (covers.below_counts == 1))
        if len(rows):
            source[above + rows] = start + covers.csr.indices[covers.csr.indptr[rows]]
    lower, upper = H.skips[:, is_relay[H.skips[1]]]
    source[upper] = lower
    while is_relay[source].any():
        source = source[source]
    return source


def _check_one_below(H: Hierarchy, is_relay: Mask) -> None:
    near = [np.zeros(H.shape[0], np.int64), *(covers.below_counts for covers in H.layers)]
    below = np.concatenate(near) + np.bincount(H.skips[1], minlength=len(is_relay))
    odd = set(np.flatnonzero(is_relay & (below != 1)).tolist())
    if odd:
        culprits = listing(name for k, name in enumerate(chain(*H.ranks)) if k in odd)
        raise HierarchyError(
            f"a relay hands on one value: {culprits} covers another number of elements; rename() it"
        )
