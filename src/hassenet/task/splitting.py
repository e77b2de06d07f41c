"""Which rows are set aside to validate with, so that what is rare stays on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


def set_aside(strata: Sequence[Rows], m: int, share: float, random: Any) -> NDArray[np.bool_]:
    """Return which of m rows are set aside: the share of each stratum, but one row of it at least, and never all.

    The least stratum has its turn first, and a row that is in several is decided about once. So where strata overlap,
    as labels of which a row has several, each keeps a row to learn from; that one of each is set aside is certain only
    where they do not. A stratum of one row is learned from.

    Parameters
    ----------
    strata : sequence of arrays of int
        The rows of each; every row is in one at least.
    m : int
    share : float
        Between 0 and 1.
    random : numpy.random.Generator or RandomState

    Examples
    --------
    >>> strata = of_classes(np.array(["ill", "well", "well", "ill", "well", "well"]))
    >>> aside = set_aside(strata, 6, 0.25, np.random.default_rng(0))
    >>> [int(aside[rows].sum()) for rows in strata]
    [1, 1]
    """
    place, aside, is_open = _places(random.permutation(m)), np.zeros(m, bool), np.ones(m, bool)
    for rows in sorted(strata, key=len):
        left = rows[is_open[rows]]
        wanted = quota(len(rows), share) - int(aside[rows].sum())
        aside[left[np.argsort(place[left])][: max(wanted, 0)]] = True
        is_open[rows] = False
    return _with_all_learned(strata, aside)


def of_classes(codes: NDArray[Any]) -> list[Rows]:
    """Return the rows of each class, (m,) → an array for each value.

    >>> [rows.tolist() for rows in of_classes(np.array([0, 2, 0]))]
    [[0, 2], [1]]
    """
    _, codes, counts = np.unique(codes, return_inverse=True, return_counts=True)
    return np.split(np.argsort(codes, kind="stable"), np.cumsum(counts)[:-1])


def of_labels(has: NDArray[Any], known: NDArray[Any] | bool = True) -> list[Rows]:
    """Return the rows that have each label, and those that have it not, (m, k) of truth values, where that is known.

    >>> [rows.tolist() for rows in of_labels(np.array([[True], [False], [True]]))]
    [[0, 2], [1]]
    """
    of_each = zip(has.T, np.broadcast_to(known, has.shape).T, strict=True)
    found = (np.flatnonzero(column & seen) for label, seen in of_each for column in (label, ~label))
    return [rows for rows in found if len(rows)]


def of_observed(known: NDArray[Any]) -> list[Rows]:
    """Return the rows that have each target, (m, k) of truth values, and those that have none; once all where all have.

    >>> [rows.tolist() for rows in of_observed(np.array([[True, False], [True, True], [False, False]]))]
    [[0, 1], [1], [2]]
    """
    if known.all():
        return [np.arange(len(known))]
    found = [np.flatnonzero(column) for column in (*known.T, ~known.any(axis=1))]
    return [rows for rows in found if len(rows)]


def _places(order: Rows) -> Rows:
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return place


def quota(n: int, share: float) -> int:
    """Return how many of n rows are set aside: the share, but one at least, and never all."""
    return min(max(round(share * n), 1), n - 1)


def _with_all_learned(strata: Sequence[Rows], aside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the same, with the first row of each stratum learned from that would be set aside as a whole."""
    for rows in strata:
        if aside[rows].all():
            aside[rows[0]] = False
    return aside
