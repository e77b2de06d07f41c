"""Counts beside what was predicted of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from hassenet.data.moments import Moments
from hassenet.tallies.of_numbers import OfNumbers
from hassenet.tallies.tally import Array, Scores, Tally


@final
@dataclass(frozen=True)
class OfCounts(Tally):
    """What is known of counts as numbers, and the moments of log p(y|x).

    Examples
    --------
    >>> import numpy as np
    >>> tally = OfCounts.of(np.array([[1.0], [3.0]]), np.array([2.0, 2.0]), np.array([[-1.0], [-2.0]]))
    >>> tally.scores()
    {'R²': 0.0, 'MAE': 1.0, 'RMSE': 1.0, 'log p': -1.5}
    """

    numbers: OfNumbers
    log_p: Moments

    @staticmethod
    def of(true: Array, mean: Array, log_p: Array) -> OfCounts:
        """Return that of counts, (m, 1), of the means predicted and the log-likelihood of each."""
        return OfCounts(OfNumbers.of(true, mean), Moments.of(log_p.reshape(len(true), 1)))

    def joined(self, other: OfCounts) -> OfCounts:
        """Return that of the rows of both."""
        return OfCounts(self.numbers.joined(other.numbers), self.log_p.joined(other.log_p))

    def found(self, censored: Array | None = None) -> Scores:
        """Return the scores of numbers, and the mean log-likelihood."""
        return self.numbers.found() | {"log p": float(self.log_p.mean[0])}
