"""Which of the two names of a pair is the lower one, where nothing in a file says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import NamedTuple

from hassenet.errors import HierarchyError, counted, listing
from hassenet.hierarchy.relation import Pair

_FEW = 2
_VERY_FEW = 10
_BY_FAR = 4


def check_direction(
    pairs: Sequence[Pair], place: str, remedy: str, features: Iterable[Hashable] | None = None
) -> None:
    """Refuse pairs (lower, upper) that look upside down.

    Where there are features they tell: their elements stand at the lower end. Else the shape does: a hierarchy narrows
    on its way up, since most elements have one above them, and several below. Upside down it widens.

    Parameters
    ----------
    pairs : sequence of (lower, upper)
    place : str
        What messages call their source.
    remedy : str
        How to say which is which.
    features : iterable of Hashable, optional
        The elements that features belong to, as often as they do.

    Raises
    ------
    HierarchyError
        If the upper one seems to stand first.

    Examples
    --------
    >>> check_direction([("XPA", "repair"), ("RAD51", "repair")], "edges.csv", "")
    >>> check_direction([("repair", "XPA"), ("repair", "RAD51")], "edges.csv", "choose lower=1, upper=0")
    Traceback (most recent call last):
    hassenet.errors.HierarchyError: a pair is (lower, upper): edges.csv looks as if the upper one stood first, since it
        would have 1 element at the bottom ('repair') and 2 elements at the top ('XPA', 'RAD51'); choose lower=1,
        upper=0
    """
    ends = _Ends.of(pairs)
    lie_above = None if features is None else _lie_above(Counter(features), ends)
    if lie_above or (lie_above is None and widens(pairs)):
        last = f"features belong to what stands last, as {listing(ends.top, 2)}"
        raise HierarchyError(
            f"a pair is (lower, upper): {place} looks as if the upper one stood first, since "
            f"{last if lie_above else _at_the_ends(ends)}; {remedy}"
        )


def widens(pairs: Sequence[Pair]) -> bool:
    """Return whether there are more at the top than at the bottom, and more with one below than with one above.

    Examples
    --------
    >>> (
    ...     widens([("root", "A"), ("root", "B"), ("A", "x"), ("B", "x"), ("B", "y")]),
    ...     widens([("x", "A"), ("x", "B")]),
    ... )
    (True, True)
    >>> widens([("x", "A"), ("y", "A"), ("y", "B"), ("A", "root"), ("B", "root")])
    False
    """
    ends = _Ends.of(pairs)
    bottom, top = map(len, ends)
    if top <= bottom:
        return False
    distinct = set(pairs)
    one_above, one_below = (_share_of_ones(pair[k] for pair in distinct) for k in (0, 1))
    is_deep = bottom + top < len({name for pair in distinct for name in pair})
    return (
        one_below == 1 > one_above
        or (top >= _FEW * bottom and one_below > one_above)
        or (top >= _VERY_FEW * bottom and is_deep)
    )


class _Ends(NamedTuple):
    """The elements that cover nothing, and those that nothing covers, in the order of appearance."""

    bottom: Collection[Hashable]
    top: Collection[Hashable]

    @staticmethod
    def of(pairs: Sequence[Pair]) -> _Ends:
        lower, upper = (dict.fromkeys(names) for names in zip(*pairs, strict=True)) if pairs else ({}, {})
        return _Ends([e for e in lower if e not in upper], [e for e in upper if e not in lower])


def _at_the_ends(ends: _Ends) -> str:
    bottom, top = (f"{counted(len(end), 'element')} at the" for end in ends)
    return f"it would have {bottom} bottom ({listing(ends.bottom, 2)}) and {top} top ({listing(ends.top, 2)})"


def _lie_above(features: Counter[Hashable], ends: _Ends) -> bool | None:
    """Return whether features belong to the upper end, or None where they are at neither end more than at the other."""
    below, above = (sum(features[element] for element in end) for end in ends)
    if below >= _BY_FAR * above and below:
        return False
    return True if above >= _BY_FAR * below and above else None


def _share_of_ones(names: Iterable[Hashable]) -> float:
    times = Counter(names).values()
    return sum(n == 1 for n in times) / len(times)
