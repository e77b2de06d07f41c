"""Heads: outputs on top that look at all, at each rank, or at each element."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.grading import checked_outputs, say_if_the_top_is_narrow
from hassenet.hierarchy.hierarchy import Over
from hassenet.hierarchy.order import Indices, Order, require_hierarchy
from hassenet.hierarchy.report import Count, Report
from hassenet.shaping.head_names import ElementHead, RankHead
from hassenet.shaping.shaped import Shaped
from hassenet.shaping.widening import owner

Whole = Literal["all", "features"]
"""What main outputs look at beside auxiliary ones."""


def crown(H: Hierarchy, outputs: Sequence[Hashable], over: Over = "all") -> Shaped:
    """Put outputs on top: :meth:`hassenet.Hierarchy.crown` with a report of this kind.

    Parameters
    ----------
    H : Hierarchy
        Shaped already; it is graded on the way.
    outputs : sequence of Hashable
        The names of the new elements, at rank D + 1.
    over : "all", "features" or "maximal"
        Whether outputs look at every element above rank 0 and the features that nothing covers, at every element and
        every feature, or only at the elements that nothing covers; through relays where ranks lie between.

    Returns
    -------
    Shaped
        The hierarchy, and the report: sizes and relays before and after.

    Raises
    ------
    ParameterError, DuplicateElementError
        If there are no outputs, they are not a sequence of names, or a name is taken.

    Examples
    --------
    >>> H, report = crown(Hierarchy.subsets(3), ["ill"])
    >>> print(report)
    crown
      elements: 7 → 8
      covers: 9 → 13
      shape: (3, 3, 1) → (3, 3, 4, 1)
      relays: 0 → 3
      outputs: 1
      features that nothing covers: 0
    """
    after = require_hierarchy(H).crown(outputs, over)
    return Shaped.of(Report("crown", (Count("outputs", len(after.ranks[-1])),)), H, after)


def head_per_rank(H: Hierarchy, outputs: Sequence[Hashable], over: Whole = "all") -> Shaped:
    """Put outputs on top that see one rank each, and last those that see all, as :meth:`hassenet.Hierarchy.crown` does.

    The new rank holds heads of k = len(outputs) elements, one after the other: for each rank i from 1 to D the outputs
    ``RankHead(output, i)``, which cover (relays of) the elements of rank i; and last the main head, ``outputs``.

    Parameters
    ----------
    H : Hierarchy
        Without outputs; it is graded on the way.
    outputs : sequence of Hashable
        The names of the main outputs; the other heads have one of each too.
    over : "all" or "features"
        What the main outputs look at, as those of a crown.

    Returns
    -------
    Shaped
        The hierarchy, with h·k elements in its last rank, and the report.

    Raises
    ------
    ParameterError, DuplicateElementError
        If there are no outputs, they are not a sequence of names, a name is taken, or main outputs would not look at
        all elements.

    Notes
    -----
    All heads predict one target: see :class:`hassenet.likelihoods.Heads`.
    P-NET (Elmarakeby et al., Nature 598, 2021, 348–352) trains a head a rank.

    Examples
    --------
    >>> H, report = head_per_rank(Hierarchy.subsets(3), ["ill"])
    >>> print(*H.ranks[-1])
    ill @ rank 1 ill @ rank 2 ill
    >>> H.below(RankHead("ill", 2))
    ((1, 2, 3),)
    """
    names, order = checked_outputs(outputs, require_hierarchy(H)), Order.of(H).closed()
    ranks, which = np.unique(order.rank[~order.is_feature], return_inverse=True)
    heads = [RankHead(output, i) for i in ranks.tolist() for output in names]
    return _crowned("head per rank", H, order, heads, which, names, over)


def head_per_element(H: Hierarchy, outputs: Sequence[Hashable], over: Whole = "all") -> Shaped:
    """Put outputs on top that see one element each, and last those that see all, as :meth:`hassenet.Hierarchy.crown`.

    As :func:`head_per_rank`, with a head ``ElementHead(output, element)`` for each element above rank 0 that is not a
    relay, in the order of the ranks; it sees all neurons that :func:`widen` gave the element. Parameters, result and
    errors are those of :func:`head_per_rank`.

    Notes
    -----
    All heads predict one target: see :class:`hassenet.likelihoods.Heads`.
    DCell (Ma et al., Nature Methods 15, 2018, 290–298) trains a head a term.

    Examples
    --------
    >>> H, report = head_per_element(Hierarchy.from_covers([("a", "p"), ("b", "q"), ("p", "q")]), ["ill"])
    >>> print(*H.ranks[-1])
    ill @ p ill @ q ill
    """
    names, order = checked_outputs(outputs, require_hierarchy(H)), Order.of(H).closed()
    members = [owner(name) for name in order.named(~order.is_feature)]
    number = {element: i for i, element in enumerate(dict.fromkeys(members))}
    heads = [ElementHead(output, element) for element in number for output in names]
    which = np.array([number[element] for element in members], np.int64)
    return _crowned("head per element", H, order, heads, which, names, over)


def _crowned(
    step: str,
    H: Hierarchy,
    order: Order,
    heads: Sequence[Hashable],
    which: Indices,
    outputs: Sequence[Hashable],
    over: Whole,
) -> Shaped:
    """Put heads of k = len(outputs) elements on top, and the outputs last.

    The element above rank 0 with the number j among these is seen by the head which[j], and by the outputs, as are the
    features that nothing covers, or all of them.
    """
    if over not in ("all", "features"):
        raise ParameterError(f"over must be 'all' or 'features' beside auxiliary heads; got {over!r}")
    say_if_the_top_is_narrow(H.ranks)
    k, tops = len(outputs), checked_outputs([*heads, *outputs], H)
    alone = order.is_feature if over == "features" else order.is_feature & (order.n_above == 0)
    by_one, by_all = ~order.is_feature, ~order.is_feature | alone
    lower = np.concatenate([np.flatnonzero(by_one), np.flatnonzero(by_all)])
    head = np.concatenate([which, np.full(np.count_nonzero(by_all), len(heads) // k)])
    upper = order.n + head[:, None] * k + np.arange(k)
    after = replace(
        order,
        names=[*order.names, *tops],
        lower=np.concatenate([order.lower, np.repeat(lower, k)]),
        upper=np.concatenate([order.upper, upper.ravel()]),
        rank=np.concatenate([order.rank, np.full(len(tops), order.rank.max(initial=0) + 1)]),
        is_graded=True,
        signs=np.concatenate([order.signs, np.zeros(upper.size, np.int8)]),
    )
    made = Count(f"heads of {k:,} outputs each", len(tops) // k)
    return Shaped.by(Report(step, (made,)), H, after)
