"""Keep the features that there are, with a report like those of the other steps."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace

from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import Order, require_hierarchy
from hassenet.hierarchy.report import Count
from hassenet.shaping.shaped import Shaped


def restrict(H: Hierarchy, features: Iterable[Hashable]) -> Shaped:
    """Keep what the given features reach: :meth:`hassenet.Hierarchy.restrict` with a report of this kind.

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
    dropped = {
        "features given that are no element": what.unknown,
        "features given that are elements above rank 0": what.above,
        "features of the hierarchy that were not given": what.left_out,
        "elements that no feature reaches": what.unreached,
    }
    counts = [Count.of(why, names) for why, names in dropped.items()]
    matched = Count(f"features kept, of {what.n_given:,} given", len(what.features))
    faults = (Count(what.doubt, len(what.features)),) if what.doubt else ()
    after, report = Shaped.by("restrict", H, Order.of(kept), made=[matched], dropped=counts)
    return Shaped(after, replace(report, faults=faults))
