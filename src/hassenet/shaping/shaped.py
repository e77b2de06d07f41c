"""What a step of shaping returns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import Order
from hassenet.hierarchy.report import Change, Count, Report


class Shaped(NamedTuple):
    """The hierarchy that a step made, and what it changed, in numbers.

    Attributes
    ----------
    hierarchy : Hierarchy
    report : Report
        Sizes before and after, and what was dropped with the reason. Relays count apart from elements and covers; of a
        hierarchy that is not graded those are counted that ``graded()`` would put in.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> from hassenet.shaping import dense_on_top
    >>> H, report = dense_on_top(Hierarchy.subsets(3), 4)
    >>> print(report)
    dense on top
      elements: 7 → 11
      covers: 9 → 13
      shape: (3, 3, 1) → (3, 3, 1, 4)
      relays: 0 → 0
      features that nothing covers: 0
    """

    hierarchy: Hierarchy
    report: Report

    @staticmethod
    def by(
        step: str,
        before: Hierarchy,
        order: Order,
        *,
        made: Iterable[Count] = (),
        dropped: Iterable[Count] = (),
    ) -> Shaped:
        """Make the hierarchy of an order, and put the sizes before and after beside what was made and dropped."""
        return _reported(step, before, order.hierarchy(), order, made, dropped)

    @staticmethod
    def of(
        step: str,
        before: Hierarchy,
        after: Hierarchy,
        *,
        made: Iterable[Count] = (),
        dropped: Iterable[Count] = (),
    ) -> Shaped:
        """Do the same for a hierarchy that is made already."""
        return _reported(step, before, after, Order.of(after), made, dropped)


def _reported(
    step: str,
    before: Hierarchy,
    after: Hierarchy,
    order: Order,
    made: Iterable[Count],
    dropped: Iterable[Count],
) -> Shaped:
    old = Order.of(before)
    changed = (
        Change("elements", old.n, order.n),
        Change("covers", len(old.lower), len(order.lower)),
        Change("shape", before.shape, after.shape),
        Change("relays", old.n_relays, order.closed().n_relays),
    )
    lonely = Count.of("features that nothing covers", order.named(order.is_feature & (order.n_above == 0)))
    return Shaped(after, Report(step, (*made, lonely), tuple(dropped), changed))
