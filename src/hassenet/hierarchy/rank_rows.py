"""What there is to say of each rank of a hierarchy, for tables on screen."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple, final

from hassenet.hierarchy.covers import Covers
from hassenet.hierarchy.relay import Relay


@final
class RankRow(NamedTuple):
    """The sizes of one rank.

    Attributes
    ----------
    rank : int
    elements, relays : int
        Relays count as elements too.
    covers : int, optional
        Of elements of the rank below; none at rank 0.
    density : float, optional
        The share of the pairs with the rank below that are covers; none where there are no pairs.
    """

    rank: int
    elements: int
    relays: int
    covers: int | None
    density: float | None

    @property
    def covers_below(self) -> tuple[str, str]:
        """Covers and density as text, empty where there are none."""
        covers = "" if self.covers is None else f"{self.covers:,}"
        return covers, "" if self.density is None else f"{self.density:.3g}"


def rank_rows(ranks: Sequence[Sequence[Hashable]], layers: Sequence[Covers]) -> list[RankRow]:
    """Return a row a rank, the lowest first.

    >>> from hassenet.hierarchy import Hierarchy
    >>> H = Hierarchy.subsets(3).crown(["ill"])
    >>> rank_rows(H.ranks, H.layers)[-1]
    RankRow(rank=3, elements=1, relays=0, covers=4, density=1.0)
    """
    first = RankRow(0, len(ranks[0]), _relays(ranks[0]), None, None)
    above = zip(ranks[1:], layers, strict=True)
    return [first, *(_above(i, rank, layer) for i, (rank, layer) in enumerate(above, 1))]


def _above(i: int, rank: Sequence[Hashable], layer: Covers) -> RankRow:
    pairs = layer.shape[0] * layer.shape[1]
    return RankRow(i, len(rank), _relays(rank), layer.n, layer.n / pairs if pairs else None)


def _relays(rank: Sequence[Hashable]) -> int:
    return sum(isinstance(element, Relay) for element in rank)
