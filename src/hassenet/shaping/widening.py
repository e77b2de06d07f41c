"""Several neurons an element."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, final

import numpy as np

from hassenet._checks import require_whole_number
from hassenet.errors import ParameterError, UnknownElementError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import Indices, Mask, Order
from hassenet.hierarchy.report import Count, Report
from hassenet.shaping.checks import listed
from hassenet.shaping.shaped import Shaped

Widths = int | Mapping[Any, int] | Callable[[Any], int]


@final
@dataclass(frozen=True, slots=True)
class Unit:
    """One of the neurons of an element, counted from 1.

    Examples
    --------
    >>> print(Unit("GO:0008150", 3))
    GO:0008150 · 3
    """

    element: Hashable
    number: int
    is_one_of_several: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"{self.element} · {self.number}"


def owner(name: Hashable) -> Hashable:
    """Return the element that a neuron is one of, or the element itself.

    >>> owner(Unit(Unit("p", 1), 2)), owner("p")
    ('p', 'p')
    """
    while isinstance(name, Unit):
        name = name.element
    return name


def widen(H: Hierarchy, k: Widths, ranks: Iterable[int] | None = None) -> Shaped:
    """Give elements k neurons each: a cover p ⋖ q becomes k(p) · k(q) covers, each with its sign if it has one.

    Parameters
    ----------
    H : Hierarchy
        Graded or not; the result is graded if H is.
    k : int, mapping from element to int, or callable
        How many neurons an element has, 1 or more. Elements that a mapping leaves out stay as they are.
    ranks : iterable of int, optional
        Where; by default the ranks 1 to D − 1, between features and outputs, and elements that a mapping names. The
        highest rank is taken for outputs: of a hierarchy that has none yet give ``range(1, H.depth + 1)``. The report
        says how many elements stay narrow there, and to put outputs on such a hierarchy gives a warning.

    Returns
    -------
    Shaped
        The hierarchy, in which ``Unit(p, 1)``, …, ``Unit(p, k)`` stand side by side for p, and the report.

    Raises
    ------
    ParameterError
        If a number of neurons is not a whole number ≥ 1, or there is no such rank above 0.
    UnknownElementError
        If a mapping names what is not an element.

    Notes
    -----
    DCell (Ma et al., Nature Methods 15, 2018, 290–298) gives a term max(20, ⌈0.3 n⌉) neurons, n its genes; with
    :func:`features_below` that is ``widen(H, lambda p: max(20, ceil(0.3 * n[p])))``.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("p", "q")]).crown(["ill"], over="maximal")
    >>> wide, report = widen(H, {"p": 3, "q": 2})
    >>> wide
    Hierarchy(shape=(2, 3, 2, 1), covers=14, density=1)
    >>> print(*wide.below("ill"))
    q · 1 q · 2
    """
    order = Order.of(H)
    by_default = range(1, H.depth + isinstance(k, Mapping))
    where = np.isin(order.rank, by_default if ranks is None else _checked_ranks(ranks, H.depth))
    width = _widths(order, where, k)
    made = (Count("elements widened", int(np.sum(width > 0))), *_narrow_tops(order, width, H.depth))
    return Shaped.by(Report("widen", made), H, _widened(order, width))


def _narrow_tops(order: Order, width: Indices, top: int) -> tuple[Count, ...]:
    """Return what the report says of a highest rank that stays as it is beside others that do not."""
    stay = (order.rank == top) & (width == 0)
    if not (stay.any() and (width > 0).any()):
        return ()
    return (
        Count.of(f"elements of the highest rank, {top}, left as they are, as outputs", order.named(stay)),
    )


def _checked_ranks(ranks: Iterable[int], depth: int) -> list[int]:
    chosen = [require_whole_number("a rank to widen", i, 1) for i in listed("ranks to widen", ranks)]
    if chosen and max(chosen) > depth:
        raise ParameterError(f"the ranks to widen are 1 to {depth}; got {max(chosen)}")
    return chosen


def _widths(order: Order, where: Mask, k: Widths) -> Indices:
    """Return how many neurons each element gets; 0 where it stays as it is."""
    if isinstance(k, Mapping):
        _check_elements(order, k)
    width = np.zeros(order.n, np.int64)
    for j in np.flatnonzero(where).tolist():
        element = order.names[j]
        if not isinstance(k, Mapping):
            width[j] = require_whole_number("a number of neurons", k(element) if callable(k) else k, 1)
        elif element in k:
            width[j] = require_whole_number("a number of neurons", k[element], 1)
    return width


def _check_elements(order: Order, k: Mapping[Any, int]) -> None:
    unknown = set(k) - set(order.names)
    if unknown:
        names = listing(sorted(unknown, key=str))
        raise UnknownElementError(f"k names elements of the hierarchy; {names} is not an element; drop it")


def _widened(order: Order, width: Indices) -> Order:
    times = np.maximum(width, 1)
    first = np.cumsum(times) - times
    names = [unit for name, k in zip(order.names, width.tolist(), strict=True) for unit in _units(name, k)]
    pair, step = _all_pairs(times[order.lower], times[order.upper])
    below, above = order.lower[pair], order.upper[pair]
    return replace(
        order,
        names=names,
        lower=first[below] + step % times[below],
        upper=first[above] + step // times[below],
        rank=np.repeat(order.rank, times),
        signs=order.signs[pair],
    )


def _units(name: Hashable, k: int) -> list[Hashable]:
    return [Unit(name, j) for j in range(1, k + 1)] if k else [name]


def _all_pairs(low: Indices, up: Indices) -> tuple[Indices, Indices]:
    """Return for the low[c] · up[c] pairs that each pair c becomes: c, and a number from 0."""
    n = low * up
    pair = np.repeat(np.arange(len(n)), n)
    return pair, np.arange(len(pair)) - np.repeat(np.cumsum(n) - n, n)
