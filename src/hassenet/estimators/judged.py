"""What minus the mean loss of outcomes is made of, of all rows or of a part of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import TargetError
from hassenet.outcomes.target import OutcomeTarget
from hassenet.tallies.mean import Mean

Array = NDArray[Any]


@final
class Judged(NamedTuple):
    """Rows that count: their targets, the outputs, (m, k), and their weights, (m,).

    Examples
    --------
    >>> from hassenet.outcomes import Amount, Outcomes
    >>> target = OutcomeTarget(Outcomes((Amount("dose"),)), (np.zeros((2, 1)),))
    >>> rows = Judged(target, np.array([[1.0], [2.0]]), np.array([1.0, 3.0]))
    >>> rows.mean, less_mean_of(rows.mean)
    (Mean(total=13.0, weight=4.0), -3.25)
    """

    target: OutcomeTarget
    outputs: Array
    weight: Array

    @staticmethod
    def joined(some: Sequence[Judged]) -> Judged:
        """Return all rows of some."""
        targets, outputs, weights = zip(*some, strict=True)
        return Judged(reduce(OutcomeTarget.joined, targets), np.concatenate(outputs), np.concatenate(weights))

    @property
    def mean(self) -> Mean:
        """The mean loss; where examples look at each other, these are all there are."""
        if not len(self.weight):
            return Mean(0.0, 0.0)
        loss = self.target.outcomes.loss.among(self.weight)
        return Mean.of(loss.cost(self.outputs, self.target.encoded), self.weight)


def less_mean_of(loss: Mean) -> float:
    """Return minus the mean loss of all rows.

    Raises
    ------
    TargetError
        If no row counts.
    """
    if not loss.weight:
        raise TargetError("a score is that of rows with a target; none of y has one that counts; give some")
    return -loss.value
