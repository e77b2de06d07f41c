"""Keep the features that there are."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import Order, require_hierarchy
from hassenet.shaping.shaped import Shaped


def restrict(H: Hierarchy, features: Iterable[Hashable]) -> Shaped:
    """Keep what the given features reach: :meth:`hassenet.Hierarchy.restrict`, with the sizes in its report.

    Parameters
    ----------
    H : Hierarchy
    features : iterable of Hashable
        The features to keep, in the order that rank 0 shall have.

    Returns
    -------
    Shaped
        The hierarchy, in which ranks that hold nothing are closed, and the report; a match of less than 5 % of the
        features is a fault.

    Raises
    ------
    FeatureError
        If none of the features is an element of rank 0.
    DuplicateElementError
        If a feature is given twice.

    Examples
    --------
    >>> H, report = restrict(Hierarchy.subsets(3), [(2,), (1,), "age"])
    >>> print(report)
    restrict
      elements: 7 → 6
      covers: 9 → 7
      shape: (3, 3, 1) → (2, 3, 1)
      relays: 0 → 0
      features kept, of 3 given: 2
      features that nothing covers: 0
      dropped, features given that are no element: 1 ('age')
      dropped, features of the hierarchy that were not given: 1 ((3,))
    """
    kept, what = require_hierarchy(H).restrict(features)
    return Shaped.by(what.report, H, Order.of(kept))
