"""Chains become one element."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import starmap
from typing import NamedTuple

import numpy as np

from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import Indices, Mask, Order
from hassenet.hierarchy.report import Count, Report
from hassenet.shaping.shaped import Shaped


class Merged(NamedTuple):
    """An element of a chain, and the one that stays for it.

    Examples
    --------
    >>> print(Merged("Bacteria", "Bacteroidota"))
    'Bacteria' into 'Bacteroidota'
    """

    element: Hashable
    into: Hashable

    def __repr__(self) -> str:
        return f"{self.element!r} into {self.into!r}"


def collapse(H: Hierarchy) -> Shaped:
    """Make each chain one element.

    In a chain each element covers only the one before it, and that one is covered by nothing else: all say the same of
    the features. The lowest stays, whose name says most; where nothing covers the highest (a root, an output), that one
    stays. Features are not part of a chain. Along what is merged the signs of covers multiply: what inhibits an
    inhibitor activates.

    Parameters
    ----------
    H : Hierarchy
        Graded or not; the result is graded if H is.
        Shape first, then crown: an output that looks at all ranks is one more that covers each element.

    Returns
    -------
    Shaped
        The hierarchy and the report, which names what was merged into what.

    Examples
    --------
    >>> pairs = [("a", "class"), ("b", "class"), ("class", "phylum"), ("phylum", "life"), ("c", "life")]
    >>> H, report = collapse(Hierarchy.from_covers(pairs))
    >>> H.below("life")
    ('c', 'class')
    >>> report.dropped[0].names
    ('phylum' into 'class',)
    """
    order = Order.of(H)
    stays = _representatives(order)
    gone = stays != np.arange(order.n)
    names = zip(order.named(gone), (order.names[k] for k in stays[gone].tolist()), strict=True)
    dropped = Count.of("elements of chains, merged into one that stays", starmap(Merged, names))
    return Shaped.by(Report("collapse", dropped=(dropped,)), H, order.without(gone))


def _representatives(order: Order) -> Indices:
    """Return for each element the one of its chain that stays."""
    link = _links(order)
    lowest = _ends(order.upper[link], order.lower[link], order.n)
    highest = _ends(order.lower[link], order.upper[link], order.n)
    return np.where(order.n_above[highest] == 0, highest, lowest)


def _links(order: Order) -> Mask:
    """Return which pairs hold a chain together."""
    alone = (order.n_above[order.lower] == 1) & (order.n_below[order.upper] == 1)
    return alone & ~order.is_feature[order.lower]


def _ends(start: Indices, step: Indices, n: int) -> Indices:
    """Return where each element arrives when it goes from start[k] to step[k] as long as it can."""
    end = np.arange(n)
    end[start] = step
    while (end[end] != end).any():
        end = end[end]
    return end
