"""What minus the mean loss of outcomes is made of, of all rows or of a part of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import TargetError
from hassenet.outcomes.target import OutcomeTarget

Array = NDArray[Any]


@final
class Judged(NamedTuple):
    """Rows that count: their targets, the outputs, (m, k), and their weights, (m,).

    Examples
    --------
    >>> from hassenet.outcomes import Amount, Outcomes
    >>> target = OutcomeTarget(Outcomes((Amount("dose"),)), (np.zeros((2, 1)),))
    >>> rows = Judged(target, np.array([[1.0], [2.0]]), np.array([1.0, 3.0]))
    >>> rows.sums, less_mean_of(rows.sums)
    (array([13.,  4.]), -3.25)
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
    def sums(self) -> Array:
        """[Σw L, Σw]; where examples look at each other, these are all there are."""
        if not len(self.weight):
            return np.zeros(2)
        loss = self.target.outcomes.loss.among(self.weight)
        costs = loss.cost(self.outputs, self.target.encoded)
        return np.array([np.multiply(costs, self.weight).sum(), self.weight.sum()])


def less_mean_of(sums: Array) -> float:
    """Return minus the mean loss, of [Σw L, Σw] of all rows.

    Raises
    ------
    TargetError
        If no row counts.
    """
    if not sums[1]:
        raise TargetError("a score is that of rows with a target; none of y has one that counts; give some")
    return -float(sums[0] / sums[1])
