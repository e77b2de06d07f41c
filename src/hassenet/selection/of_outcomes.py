"""Targets of any kinds as a problem of which settings are chosen."""

from __future__ import annotations

from collections.abc import Container, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import TargetError, counted
from hassenet.hierarchy import Constant
from hassenet.outcomes import HazardRatio, IntervalHazards, Outcome
from hassenet.outcomes.one_of_classes import OneOfClasses
from hassenet.outcomes.outcome import known
from hassenet.outcomes.target import OutcomeTarget
from hassenet.task.folds import LEAST_OF_A_CLASS
from hassenet.task.names import distinct
from hassenet.training.level import constant_signals

Array = NDArray[Any]
_SHOWN = 3


def names_of(outputs: Sequence[Hashable], taken: Container[Hashable] = ()) -> tuple[Hashable, ...]:
    """Return names wished for outputs, each made the only one; those that are constants stay as they are.

    Examples
    --------
    >>> names_of(["visits", Constant("log dispersion", "visits")], taken={"visits"})
    ('visits*', Constant(parameter='log dispersion', element='visits'))
    """
    pairs = zip(outputs, distinct(map(str, outputs), taken=taken), strict=True)
    return tuple(output if isinstance(output, Constant) else name for output, name in pairs)


def fold_strata(target: OutcomeTarget) -> NDArray[np.int64]:
    """Return what folds spread evenly, (m,): which targets each row has, and its classes and ends of times.

    Examples
    --------
    >>> from hassenet.outcomes import Amount, Classes, Outcomes
    >>> both = Outcomes((Classes("ill", ("no", "yes")), Amount("age")))
    >>> values = np.array([[0.0], [1.0], [np.nan]]), np.array([[40.0], [50.0], [60.0]])
    >>> fold_strata(OutcomeTarget(both, values))
    array([1, 2, 0])
    """
    return np.asarray(np.unique(fold_codes(target), axis=0, return_inverse=True)[1]).ravel()


def fold_codes(target: OutcomeTarget) -> Array:
    """Return the stratum of each row by each of the outcomes, −1 where it is missing, (m, outcomes)."""
    pairs = zip(target.outcomes.parts, target.values, strict=True)
    return np.column_stack([_codes(part, values) for part, values in pairs])


def _codes(part: Outcome, values: Array) -> Array:
    """Return the stratum of each row, −1 where the target is missing."""
    there, found = known(values), np.full(len(values), -1)
    strata = part.strata(values[there])
    found[there] = 0 if strata is None else strata
    return found


def rare_in_folds(target: OutcomeTarget, folds: int) -> tuple[str, ...]:
    """Return what has fewer rows than there are folds: events of times, and numbers; and classes with one row.

    Examples
    --------
    >>> from hassenet.outcomes import HazardRatio, Outcomes
    >>> months = OutcomeTarget(
    ...     Outcomes((HazardRatio("months", "died"),)), (np.array([[1.0, 1], [2.0, 0]]),)
    ... )
    >>> rare_in_folds(months, 5)
    ("1 row in which 'died' was seen",)
    """
    pairs = zip(target.outcomes.parts, target.values, strict=True)
    return tuple(text for part, values in pairs for text in _rare(part, values[known(values)], folds))


def _rare(part: Outcome, values: Array, folds: int) -> list[str]:
    if isinstance(part, HazardRatio | IntervalHazards):
        n = int((values[:, 1] == 1).sum())
        return [f"{counted(n, 'row')} in which {part.event!r} was seen"] if n < folds else []
    if isinstance(part, OneOfClasses):
        counts = np.bincount(values[:, 0].astype(int), minlength=len(part.classes)).tolist()
        pairs = zip(part.classes, counts, strict=True)
        return [f"{counted(n, 'row')} of {part.name!r} {c!r}" for c, n in pairs if n < LEAST_OF_A_CLASS]
    return [] if len(values) >= folds else [f"{counted(len(values), 'row')} with {part.name!r}"]


def check_folds(target: OutcomeTarget, folds: int) -> None:
    """Refuse a target of which not every fold could hold an event and a number, or a class has one row.

    Raises
    ------
    TargetError
    """
    rare = rare_in_folds(target, folds)
    if rare:
        raise TargetError(
            f"every fold holds an event of times, and a class has two rows or more; {folds} folds have too few: "
            f"{', '.join(rare[:_SHOWN])}{', …' if rare[_SHOWN:] else ''}; merge or leave out such classes, take fewer "
            "folds, or one network"
        )


def signals_of(target: OutcomeTarget, weight: Array | None = None) -> Array:
    """Return the signals of outputs that are best where nothing is known of an example, (k,).

    Networks start from them: a count of 1,000 is far from 1 by steps of a hundredth of its logarithm.

    Examples
    --------
    >>> from hassenet.outcomes import Count, Outcomes
    >>> visits = OutcomeTarget(Outcomes((Count("visits", "poisson"),)), (np.array([[1.0], [3.0]]),))
    >>> signals_of(visits).round(4)  # log 2
    array([0.6931])
    """
    return constant_signals(target.outcomes.loss, target.outputs, target.encoded, target.offset, weight)
