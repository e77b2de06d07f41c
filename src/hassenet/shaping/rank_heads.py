"""An output of its own at every rank."""

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
class RankHead:
    """An output that looks at the elements of one rank.

    Examples
    --------
    >>> print(RankHead("ill", 2))
    ill @ rank 2
    """

    output: Hashable
    rank: int

    def __str__(self) -> str:
        return f"{self.output} @ rank {self.rank}"


def head_per_rank(H: Hierarchy, outputs: Sequence[Hashable]) -> Shaped:
    """Put outputs on top that see one rank each, and last those that see all, as :meth:`hassenet.Hierarchy.crown` does.

    The new rank holds heads of k = len(outputs) elements, one after the other: for each rank i from 1 to D the outputs
    ``RankHead(output, i)``, which cover (relays of) the elements of rank i; and last the main head, ``outputs``.

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
    P-NET (Elmarakeby et al., Nature 598, 2021, 348–352) trains a head
    a rank.

    Examples
    --------
    >>> H, report = head_per_rank(Hierarchy.subsets(3), ["ill"])
    >>> print(*H.ranks[-1])
    ill @ rank 1 ill @ rank 2 ill
    >>> H.below(RankHead("ill", 2))
    ((1, 2, 3),)
    """
    names, order = checked_outputs(outputs, require_hierarchy(H)), Order.of(H).closed()
    members = np.flatnonzero(~order.is_feature)
    ranks, which = np.unique(order.rank[members], return_inverse=True)
    heads = [RankHead(output, i) for i in ranks.tolist() for output in names]
    return crowned("head per rank", H, order, heads, which, names)
