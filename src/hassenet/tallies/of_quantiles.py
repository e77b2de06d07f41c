"""Numbers beside quantiles predicted of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from hassenet.data.moments import Moments
from hassenet.tallies.tally import Array, Scores, Tally


@final
@dataclass(frozen=True)
class OfQuantiles(Tally):
    """The moments of max(q(y − ŷ), (q − 1)(y − ŷ)), the mean over the shares q, and of whether y ≤ ŷ for each.

    Examples
    --------
    >>> OfQuantiles.of(np.array([[1.0], [3.0]]), np.array([[2.0], [2.0]]), (0.5,)).scores()
    {'quantile loss': 0.5, 'below 0.5': 0.5}
    """

    shares: tuple[float, ...]
    moments: Moments

    @staticmethod
    def of(true: Array, found: Array, shares: tuple[float, ...]) -> OfQuantiles:
        """Return that of numbers, (m, 1), and their quantiles, (m, q)."""
        q, off = np.array(shares), true - found
        loss = np.maximum(q * off, (q - 1) * off).mean(axis=1)
        return OfQuantiles(shares, Moments.of(np.column_stack([loss, true <= found])))

    def joined(self, other: OfQuantiles) -> OfQuantiles:
        """Return that of the rows of both."""
        return OfQuantiles(self.shares, self.moments.joined(other.moments))

    def found(self, censored: Array | None = None) -> Scores:
        """Return the mean loss, and which share of the rows lies below each quantile."""
        loss, *below = self.moments.mean.tolist()
        of_shares = zip(self.shares, below, strict=True)
        return {"quantile loss": loss, **{f"below {q:g}": share for q, share in of_shares}}
