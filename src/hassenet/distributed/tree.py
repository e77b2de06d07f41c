"""Sums in a fixed order: a tree over the numbers of what is added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
# So many are added at a time: fewer tasks than by twos, and still nothing waits for all of the others.
_AT_ONCE = 8


def summed(items: Sequence[Item], add: Callable[[Sequence[Item]], Item]) -> Item:
    """Return the sum of items by a tree, whose shape depends on how many there are and on nothing else.

    Floating-point sums depend on their order. Here the first eight are added from left to right, the next eight, …, and
    then these sums in the same way: it does not matter who has which item, nor which is there first.

    Parameters
    ----------
    items : sequence
        One at least; numbers, or promises of them.
    add : callable
        From some items to their sum.

    Examples
    --------
    >>> summed([1] * 20, sum), summed(list("abcdefghij"), lambda some: f"({''.join(some)})")
    (20, '((abcdefgh)(ij))')
    """
    while len(items) > 1:
        items = [add(items[i : i + _AT_ONCE]) for i in range(0, len(items), _AT_ONCE)]
    return items[0]
