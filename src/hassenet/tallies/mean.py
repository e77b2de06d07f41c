"""A mean over rows, a part of them after the other."""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np

from hassenet.tallies.tally import Array


@final
class Mean(NamedTuple):
    """Σwx and Σw of some rows: of a share of rows that are right, or of a loss.

    Examples
    --------
    >>> one, other = Mean.of(np.array([1.0, 0.0])), Mean.of(np.array([4.0]), np.array([2.0]))
    >>> one.joined(other), one.joined(other).value
    (Mean(total=9.0, weight=4.0), 2.25)
    """

    total: float
    weight: float

    @staticmethod
    def of(values: Array, weight: Array | None = None) -> Mean:
        """Return that of a number of each row, (m,), which count once, or by weights, (m,)."""
        w = np.ones(len(values)) if weight is None else weight
        return Mean(float((values * w).sum()), float(w.sum()))

    def joined(self, other: Mean) -> Mean:
        """Return that of the rows of both."""
        return Mean(self.total + other.total, self.weight + other.weight)

    @property
    def value(self) -> float:
        """The mean; NaN where no row counts."""
        return self.total / self.weight if self.weight else np.nan
