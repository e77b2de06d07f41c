"""The choice of rank: other ranks for the same order, and what each choice costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from hassenet.errors import UnreachedElementError, listing
from hassenet.hierarchy import Hierarchy, Ranking, relation
from hassenet.hierarchy.order import Indices, Order
from hassenet.hierarchy.report import Report
from hassenet.shaping.shaped import Shaped


def rerank(H: Hierarchy, rank: Ranking) -> Shaped:
    """Give the elements other ranks; the order stays.

    Parameters
    ----------
    H : Hierarchy
        Graded or not; the result is graded if H is.
    rank : "below", "above" or a mapping from element to int
        φ, as in :meth:`hassenet.Hierarchy.from_covers`. Relays follow, and are not named by a mapping. Ranks that hold
        nothing are closed, rank 0 too: the lowest rank given is that of the features.

    Returns
    -------
    Shaped
        The hierarchy and the report.

    Raises
    ------
    ParameterError, HierarchyError, UnknownElementError
        If there is no such choice, a given rank does not grow along the order, or an element has none.
    UnreachedElementError
        If a given rank puts an element that covers nothing above rank 0.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("c", "top"), ("x", "y"), ("y", "top")])
    >>> H.rank("y"), rerank(H, "above").hierarchy.rank("y")
    (1, 2)
    """
    return Shaped.by(Report("rerank"), H, _ranked(Order.of(H), rank))


def rankings(H: Hierarchy, **given: Ranking) -> Rankings:
    """Return what each choice of rank makes of H: depth, shape, and the relays that grading would put in.

    Nothing is built: an element p needs max φ(q) − φ(p) − 1 relays, q over those that look at it.

    Parameters
    ----------
    H : Hierarchy
        Graded or not.
    **given : mapping from element to int
        Further choices, by the name that the table shall show.

    Returns
    -------
    Rankings
        A row a choice: the ranks that H has, from below, from above, and those given.

    Raises
    ------
    HierarchyError, UnknownElementError
        If a given rank does not grow along the order, an element has none, or one that covers nothing has no place
        among the features.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("c", "top"), ("x", "y"), ("y", "top")])
    >>> print(rankings(H, two={"a": 0, "x": 0, "b": 1, "y": 1, "c": 2, "top": 3}))
    rank    depth  relays  shape
    as is       3       1  (2, 2, 1, 1)
    below       3       1  (2, 2, 1, 1)
    above       3       1  (2, 1, 2, 1)
    two         3       1  (2, 2, 1, 1)
    """
    order = Order.of(H)
    choices: dict[str, Ranking] = {"below": "below", "above": "above", **given}
    rows = [_row("as is", order), *(_row(name, _ranked(order, rank)) for name, rank in choices.items())]
    return Rankings(tuple(rows))


@final
@dataclass(frozen=True)
class RankingRow:
    """One choice of rank.

    Attributes
    ----------
    rank : str
        Its name.
    depth : int
    relays : int
        How many of them grading puts in.
    shape : tuple of int
        The sizes of the ranks without relays.
    """

    rank: str
    depth: int
    relays: int
    shape: tuple[int, ...]


@final
@dataclass(frozen=True)
class Rankings:
    """The choices of rank side by side; ``print`` shows a table.

    Attributes
    ----------
    rows : tuple of RankingRow
    """

    rows: tuple[RankingRow, ...]

    def __str__(self) -> str:
        cells = [("rank", "depth", "relays", "shape")]
        cells += [(row.rank, str(row.depth), f"{row.relays:,}", str(row.shape)) for row in self.rows]
        name, depth, relays, _ = (max(map(len, column)) for column in zip(*cells, strict=True))
        return "\n".join(f"{a:{name}}  {b:>{depth}}  {c:>{relays}}  {d}" for a, b, c, d in cells)

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Return what JSON can hold, by the names of the choices."""
        return {r.rank: {"depth": r.depth, "relays": r.relays, "shape": list(r.shape)} for r in self.rows}


def _ranked(order: Order, rank: Ranking) -> Order:
    phi = relation.ranks_of(order.names, order.lower, order.upper, rank)
    ranked = replace(order, rank=phi - phi.min(initial=phi.max(initial=0)))
    _check_reached(ranked, phi)
    return ranked


def _check_reached(order: Order, given: Indices) -> None:
    alone = np.flatnonzero(~order.is_feature & (order.n_below == 0)).tolist()
    if alone:
        raise UnreachedElementError(
            f"an element above rank 0 covers something: {listing(order.names[k] for k in alone)} cover(s) nothing, and "
            f"the rank given is {given[alone[0]]}; give the lowest rank, {given.min()}, that of the features"
        )


def _row(name: str, order: Order) -> RankingRow:
    closed = order.closed()
    shape = tuple(np.bincount(closed.rank).tolist())
    return RankingRow(name, len(shape) - 1, closed.n_relays, shape)
