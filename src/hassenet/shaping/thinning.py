"""Drop elements that only hand on: one cover below, one above."""

from __future__ import annotations

from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import Mask, Order
from hassenet.hierarchy.report import Count, Report
from hassenet.shaping.shaped import Shaped


def thin(H: Hierarchy) -> Shaped:
    """Drop the elements that cover one element and are covered by one, until there is none.

    The one below is then connected to the one above. Features, and elements that nothing covers, stay.

    Parameters
    ----------
    H : Hierarchy
        Graded or not; the result is graded if H is.
        Shape first, then crown: an output that looks at all ranks is one more that covers each element.

    Returns
    -------
    Shaped
        The hierarchy and the report.

    Examples
    --------
    >>> lineages = ["Bacteria|Bacteroidota|Bacteroidia|B. fragilis", "Bacteria|Bacillota|Bacilli|L. casei"]
    >>> H, report = thin(Hierarchy.from_lineages(lineages))
    >>> H.below("Bacteria")
    ('Bacteria|Bacteroidota|Bacteroidia|B. fragilis', 'Bacteria|Bacillota|Bacilli|L. casei')
    >>> report.dropped[0].n
    4
    """
    before = order = Order.of(H)
    while (single := _single(order)).any():
        order = order.without(single)
    left = set(order.names)
    gone = [e for e in before.names if e not in left]
    dropped = Count.of("elements with one cover below and one above", gone)
    return Shaped.by(Report("thin", dropped=(dropped,)), H, order)


def _single(order: Order) -> Mask:
    return ~order.is_feature & (order.n_below == 1) & (order.n_above == 1)
