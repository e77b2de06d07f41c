"""What there is to say of each rank of a hierarchy, for tables on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, final

if TYPE_CHECKING:
    from hassenet.hierarchy.hierarchy import Hierarchy


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


def rank_rows(H: Hierarchy) -> list[RankRow]:
    """Return a row a rank, the lowest first.

    >>> from hassenet.hierarchy import Hierarchy
    >>> rank_rows(Hierarchy.subsets(3).crown(["ill"]))[-1]
    RankRow(rank=3, elements=1, relays=0, covers=4, density=1.0)
    """
    return [_row(H, i) for i in range(H.depth + 1)]


def _row(H: Hierarchy, i: int) -> RankRow:
    n, relays = H.shape[i], int(H.relays(i).sum())
    if i == 0:
        return RankRow(i, n, relays, None, None)
    layer = H.layers[i - 1]
    pairs = layer.shape[0] * layer.shape[1]
    return RankRow(i, n, relays, layer.n, layer.n / pairs if pairs else None)
