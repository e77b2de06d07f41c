"""Drop elements by the number of features below them."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable

import numpy as np

from hassenet._checks import require_whole_number
from hassenet.errors import ParameterError, UnknownElementError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import Mask, Order
from hassenet.hierarchy.report import Count, Report
from hassenet.shaping.checks import listed
from hassenet.shaping.dropping import drop
from hassenet.shaping.shaped import Shaped


def prune(
    H: Hierarchy, fewest: int | None = None, most: int | None = None, *, keep: Iterable[Hashable] = ()
) -> Shaped:
    """Drop the elements that too few or too many features reach.

    An element above rank 0 stays if fewest ≤ #{features below it} ≤ most. What a dropped element covered is connected
    to what covered it wherever nothing that stays lies between: the order of the elements that stay is what it was.
    Features always stay; the report names those that nothing covers any more.

    Parameters
    ----------
    H : Hierarchy
        Graded or not; the result is graded if H is. Ranks stay, except that those left without elements are closed.
    fewest, most : int, optional
        How many features an element may have below it; give one or both.
    keep : iterable of Hashable
        Elements that stay in any case, as a root or outputs.

    Returns
    -------
    Shaped
        The hierarchy and the report; it is a fault if no element above rank 0 is left.

    Raises
    ------
    ParameterError
        If there is no bound, one is not a whole number ≥ 0, or fewest > most.
    UnknownElementError
        If an element to keep is not in the hierarchy.

    Examples
    --------
    >>> pairs = [("a", "small"), ("small", "middle"), ("b", "middle"), ("middle", "root"), ("c", "root")]
    >>> H, report = prune(Hierarchy.from_covers(pairs), fewest=2)
    >>> H.below("middle")
    ('a', 'b')
    >>> print(report)
    prune
      elements: 6 → 5
      covers: 5 → 4
      shape: (3, 1, 1, 1) → (3, 1, 1)
      relays: 3 → 1
      features that nothing covers: 0
      dropped, elements with fewer than 2 features below: 1 ('small')
    """
    low, high = _bounds(fewest, most)
    order = Order.of(H)
    free = ~order.is_feature & ~_mask(order, H, listed("elements to keep", keep))
    n = order.n_features
    few = f"elements with fewer than {low:,} features below"
    many = f"elements with more than {high:,} features below"
    H, report = drop("prune", H, order, {few: free & (n < low), many: free & (n > high)})
    fault = _nothing_left(order, free & ((n < low) | (n > high)))
    return Shaped(H, report + Report("", faults=(fault,)))


def _nothing_left(order: Order, dropped: Mask) -> Count:
    """Return the fault of a hierarchy that is left with features alone."""
    all_gone = dropped.any() and bool((dropped | order.is_feature).all())
    n = order.n_features[dropped] if all_gone else np.zeros(1)
    what = f"elements, all there were above rank 0 (with {n.min():,} to {n.max():,} features below; give other bounds)"
    return Count.of(what, order.named(dropped) if all_gone else ())


def features_below(H: Hierarchy) -> dict[Hashable, int]:
    """Return for each element, relays left out, how many features reach it; a feature reaches itself.

    Examples
    --------
    >>> features_below(Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "top"), ("p", "top")]))
    {'a': 1, 'b': 1, 'c': 1, 'p': 2, 'top': 3}
    """
    order = Order.of(H)
    return dict(zip(order.names, order.n_features.tolist(), strict=True))


def _bounds(fewest: int | None, most: int | None) -> tuple[int, int]:
    if fewest is None and most is None:
        raise ParameterError("prune needs a number of features: give fewest=…, most=… or both")
    low = require_whole_number("fewest", 0 if fewest is None else fewest, 0)
    high = require_whole_number("most", np.iinfo(np.int64).max if most is None else most, 0)
    if low > high:
        raise ParameterError(f"fewest is at most most; got fewest={low}, most={high}; exchange them")
    return low, high


def _mask(order: Order, H: Hierarchy, keep: Collection[Hashable]) -> Mask:
    unknown = [e for e in keep if e not in H]
    if unknown:
        raise UnknownElementError(
            f"keep names elements of the hierarchy; {listing(unknown)} is not an element; drop it"
        )
    kept = set(keep)
    return np.fromiter((e in kept for e in order.names), bool, order.n)
