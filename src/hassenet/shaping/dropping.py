"""Steps that drop elements and keep the order of the others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import Mask, Order
from hassenet.hierarchy.report import Count, Report
from hassenet.shaping.shaped import Shaped


def drop(step: str, H: Hierarchy, order: Order, reasons: Mapping[str, Mask]) -> Shaped:
    """Drop the elements that a mask picks, each mask with its reason."""
    counts = tuple(Count.of(why, order.named(mask)) for why, mask in reasons.items())
    after = order.without(np.any([*reasons.values()], axis=0))
    return Shaped.by(Report(step, dropped=counts), H, after)
