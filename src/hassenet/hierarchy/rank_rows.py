"""What there is to say of each rank of a hierarchy, for tables on screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.hierarchy.covers import Covers

Mask = NDArray[np.bool_]


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


def rank_rows(relays: Sequence[Mask], layers: Sequence[Covers]) -> list[RankRow]:
    """Return a row a rank, the lowest first, from which elements of each are relays and from the covers between.

    >>> from hassenet.hierarchy import Hierarchy
    >>> H = Hierarchy.subsets(3).crown(["ill"])
    >>> rank_rows([H.relays(i) for i in range(4)], H.layers)[-1]
    RankRow(rank=3, elements=1, relays=0, covers=4, density=1.0)
    """
    lowest = RankRow(0, len(relays[0]), int(relays[0].sum()), None, None)
    return [
        lowest,
        *(_row(i, mask, layer) for i, (mask, layer) in enumerate(zip(relays[1:], layers, strict=True), 1)),
    ]


def _row(i: int, relays: Mask, layer: Covers) -> RankRow:
    pairs = layer.shape[0] * layer.shape[1]
    return RankRow(i, len(relays), int(relays.sum()), layer.n, layer.n / pairs if pairs else None)
