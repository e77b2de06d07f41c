"""An output of its own at every element."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.grading import checked_outputs
from hassenet.hierarchy.order import Order, require_hierarchy
from hassenet.shaping.crowned_names import crowned
from hassenet.shaping.shaped import Shaped


@final
@dataclass(frozen=True, slots=True)
class ElementHead:
    """An output that looks at one element.

    Examples
    --------
    >>> print(ElementHead("ill", "GO:0008150"))
    ill @ GO:0008150
    """

    output: Hashable
    element: Hashable

    def __str__(self) -> str:
        return f"{self.output} @ {self.element}"


def head_per_element(H: Hierarchy, outputs: Sequence[Hashable]) -> Shaped:
    """Put outputs on top that see one element each, and last those that see all, as :meth:`hassenet.Hierarchy.crown`.

    As :func:`head_per_rank`, with a head ``ElementHead(output, element)`` for each element above rank 0 that is no
    relay, in the order of the ranks.

    Parameters
    ----------
    H : Hierarchy
        Without outputs; it is graded on the way.
    outputs : sequence of Hashable
        The names of the main outputs; the other heads have one of each too.

    Returns
    -------
    Shaped
        The hierarchy, with h·k elements in its last rank, and the report.

    Raises
    ------
    ParameterError, DuplicateElementError
        If there are no outputs, they are not a sequence of names, or a name is taken.

    Notes
    -----
    All heads predict one target: see :class:`hassenet.likelihoods.Heads`.
    DCell (Ma et al., Nature Methods 15, 2018, 290–298) trains a head a
    term.

    Examples
    --------
    >>> H, report = head_per_element(Hierarchy.from_covers([("a", "p"), ("b", "q"), ("p", "q")]), ["ill"])
    >>> print(*H.ranks[-1])
    ill @ p ill @ q ill
    """
    names, order = checked_outputs(outputs, require_hierarchy(H)), Order.of(H).closed()
    members = order.named(~order.is_feature)
    heads = [ElementHead(output, element) for element in members for output in names]
    return crowned("head per element", H, order, heads, np.arange(len(members)), names)
