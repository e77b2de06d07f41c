"""What a step of shaping returns."""

from __future__ import annotations

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
    def by(report: Report, before: Hierarchy, order: Order) -> Shaped:
        """Make the hierarchy of an order, and add the sizes before and after to the report of the step."""
        after = order.hierarchy()
        return Shaped(after, report + _sizes(before, after, order))

    @staticmethod
    def of(report: Report, before: Hierarchy, after: Hierarchy) -> Shaped:
        """Do the same for a hierarchy that is made already."""
        return Shaped(after, report + _sizes(before, after, Order.of(after)))


def _sizes(before: Hierarchy, after: Hierarchy, order: Order) -> Report:
    old = Order.of(before)
    changed = (
        Change("elements", old.n, order.n),
        Change("covers", len(old.lower), len(order.lower)),
        Change("shape", before.shape, after.shape),
        Change("relays", old.n_relays, order.closed().n_relays),
    )
    lonely = Count.of("features that nothing covers", order.named(order.is_feature & (order.n_above == 0)))
    return Report("", made=(lonely,), changed=changed)
