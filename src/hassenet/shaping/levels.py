"""Keep the elements of some ranks."""

from __future__ import annotations

from hassenet._checks import require_whole_number
from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import Order, require_hierarchy
from hassenet.shaping.dropping import drop
from hassenet.shaping.shaped import Shaped


def between(H: Hierarchy, low: int, high: int) -> Shaped:
    """Keep the features and the elements of the ranks low ≤ φ ≤ high; these are then the ranks 1 to high − low + 1.

    What a dropped element covered is connected to what covered it wherever nothing that stays lies between. (For
    elements between two numbers of features see :func:`prune`.)

    Parameters
    ----------
    H : Hierarchy
        Graded or not; the result is graded if H is.
    low, high : int
        1 ≤ low ≤ high, low at most the depth.

    Returns
    -------
    Shaped
        The hierarchy and the report.

    Raises
    ------
    ParameterError
        If the ranks are not as above.

    Examples
    --------
    >>> H, report = between(Hierarchy.subsets(4), 2, 3)
    >>> H.shape
    (4, 4, 1)
    >>> print(report.dropped[0])
    elements below rank 2: 6 ((1, 2), (1, 3), (1, 4) and 3 more)
    """
    low, high = require_whole_number("low", low, 1), require_whole_number("high", high, 1)
    if not low <= min(high, require_hierarchy(H).depth):
        raise ParameterError(
            f"ranks to keep lie between low ≤ high and low ≤ {H.depth}, the depth; got low={low}, high={high}"
        )
    order = Order.of(H)
    upper = ~order.is_feature
    lowest, highest = f"elements below rank {low}", f"elements above rank {high}"
    reasons = {lowest: upper & (order.rank < low), highest: order.rank > high}
    return drop("between", H, order, reasons)
