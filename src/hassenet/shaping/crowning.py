"""Outputs on top, with a report like those of the other steps."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Literal

from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import require_hierarchy
from hassenet.hierarchy.report import Count
from hassenet.shaping.shaped import Shaped


def crown(H: Hierarchy, outputs: Sequence[Hashable], over: Literal["all", "maximal"] = "all") -> Shaped:
    """Put outputs on top: :meth:`hassenet.Hierarchy.crown` with a report of this kind.

    Parameters
    ----------
    H : Hierarchy
        Shaped already; it is graded on the way.
    outputs : sequence of Hashable
        The names of the new elements, at rank D + 1.
    over : "all" or "maximal"
        Whether outputs look at every element above rank 0 and the features that nothing covers, or only at the
        elements that nothing covers; through relays where ranks lie between.

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
    return Shaped.of("crown", H, after, made=[Count("outputs", len(after.ranks[-1]))])
