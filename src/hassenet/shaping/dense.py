"""Complete layers on top of a hierarchy."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import pairwise

from hassenet._checks import require_whole_number
from hassenet.errors import DuplicateElementError, ParameterError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.covers import Covers
from hassenet.hierarchy.hierarchy import Over
from hassenet.hierarchy.order import require_hierarchy
from hassenet.hierarchy.report import Report
from hassenet.shaping.shaped import Shaped


def dense_on_top(H: Hierarchy, *sizes: int, over: Over = "maximal") -> Shaped:
    """Put complete layers on top: each new element covers all that the layer looks at.

    Outputs come next, over the last layer: ``crown(outputs, over="maximal")``.

    Parameters
    ----------
    H : Hierarchy
        It is graded on the way.
    *sizes : int
        The sizes of the new ranks. Their elements are named "dense4_0", "dense4_1", … at rank 4.
    over : "maximal", "all" or "features"
        What the first layer looks at: the elements that nothing covers, every element above rank 0 and the features
        that nothing covers, or every element and every feature; through relays where ranks lie between.

    Returns
    -------
    Shaped
        The hierarchy and the report.

    Raises
    ------
    ParameterError
        If there is no size, or one is not a whole number ≥ 1.
    DuplicateElementError
        If a name is taken.

    Examples
    --------
    >>> H, report = dense_on_top(Hierarchy.subsets(4, max_size=2), 8, 4)
    >>> H.shape, H.is_complete(1), H.is_complete(2)
    ((4, 6, 8, 4), True, True)
    >>> H.crown(["ill"], over="maximal").below("ill")
    ('dense3_0', 'dense3_1', 'dense3_2', 'dense3_3')
    """
    require_hierarchy(H)
    if not sizes:
        raise ParameterError("dense layers have sizes: dense_on_top(H, 64, 32)")
    ranks = [_names(H.depth + 1 + i, require_whole_number("a size", size, 1)) for i, size in enumerate(sizes)]
    _check_free(H, ranks)
    first = H.crown(ranks[0], over)
    layers = [Covers((len(up), len(low))) for low, up in pairwise(ranks)]
    after = Hierarchy((*first.ranks, *ranks[1:]), (*first.layers, *layers))
    return Shaped.of(Report("dense on top"), H, after)


def _names(rank: int, size: int) -> tuple[Hashable, ...]:
    return tuple(f"dense{rank}_{k}" for k in range(size))


def _check_free(H: Hierarchy, ranks: list[tuple[Hashable, ...]]) -> None:
    taken = [name for rank in ranks for name in rank if name in H]
    if taken:
        raise DuplicateElementError(
            f"a dense layer needs names of its own: {listing(taken)} are in the hierarchy already; rename() those"
        )
