"""What the scores of a target are made of, by its kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch
from typing import final

from hassenet.outcomes import (
    Amount,
    Classes,
    Count,
    HazardRatio,
    IntervalHazards,
    OrderedClasses,
    Outcome,
    Outcomes,
    Quantiles,
)
from hassenet.outcomes.outcome import known
from hassenet.outcomes.target import OutcomeTarget
from hassenet.tallies.of_classes import OfClasses
from hassenet.tallies.of_counts import OfCounts
from hassenet.tallies.of_numbers import OfNumbers
from hassenet.tallies.of_quantiles import OfQuantiles
from hassenet.tallies.of_times import OfTimes
from hassenet.tallies.tally import Array, Tally, both
from hassenet.task.target import Target


@final
@dataclass(frozen=True)
class OfTarget:
    """What scores of some rows are made of, of each target; None of one that none of them has.

    Examples
    --------
    >>> import numpy as np
    >>> dose = Target("regression", ("dose",), np.array([[1.0], [3.0]]))
    >>> half = OfTarget.of(dose, np.array([2.0, 3.0]))
    >>> half.joined(half).each[0].scores()
    {'R²': 0.5, 'MAE': 0.5, 'RMSE': 0.7071067811865476}
    """

    each: tuple[Tally | None, ...]

    @staticmethod
    def of(target: Target | OutcomeTarget, prediction: Array, outcomes: Outcomes | None = None) -> OfTarget:
        """Return that of a target and what was predicted of it.

        Parameters
        ----------
        target : Target or OutcomeTarget
            Of m rows.
        prediction : (m, k) array
            Outputs of outcomes, else probabilities of classes, or numbers.
        outcomes : Outcomes, optional
            Those of the model, which know what its outputs are; by default those of the target.
        """
        if isinstance(target, OutcomeTarget):
            return OfTarget(tuple(_of_outcomes(outcomes or target.outcomes, target, prediction)))
        if not len(prediction):
            return OfTarget((None,))
        of = OfNumbers.of if target.classes is None else OfClasses.of
        return OfTarget((of(target.values, prediction),))

    def joined(self, other: OfTarget) -> OfTarget:
        """Return that of the rows of both."""
        return OfTarget(tuple(both(*pair) for pair in zip(self.each, other.each, strict=True)))


def _of_outcomes(outcomes: Outcomes, target: OutcomeTarget, outputs: Array) -> Iterator[Tally | None]:
    for one, values, own in zip(outcomes.parts, target.values, outcomes.split(outputs), strict=True):
        there = known(values)
        yield _tally(one, values[there], own[there]) if there.any() else None


@singledispatch
def _tally(one: Outcome, values: Array, outputs: Array) -> Tally:
    raise NotImplementedError(f"{type(one).__name__} has no scores")


@_tally.register
def _(one: Amount, values: Array, outputs: Array) -> Tally:
    return OfNumbers.of(values, one.answer(outputs))


@_tally.register
def _(one: Classes, values: Array, outputs: Array) -> Tally:
    return OfClasses.of(values[:, 0].astype(int), one.probabilities(outputs))


@_tally.register
def _(one: OrderedClasses, values: Array, outputs: Array) -> Tally:
    return OfClasses.of(values[:, 0].astype(int), one.probabilities(outputs), in_order=True)


@_tally.register
def _(one: Count, values: Array, outputs: Array) -> Tally:
    return OfCounts.of(values, one.answer(outputs), one.loss.likelihood.log_prob(outputs, values))


@_tally.register
def _(one: Quantiles, values: Array, outputs: Array) -> Tally:
    return OfQuantiles.of(values, one.answer(outputs), one.shares)


@_tally.register
def _(one: HazardRatio | IntervalHazards, values: Array, outputs: Array) -> Tally:
    return OfTimes.of(one, values, outputs)
