"""The rows that models learn from and those that they are judged by: repeated folds, the same for all."""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import DataError, TargetError
from hassenet.protocol.kinds import CLASSES
from hassenet.protocol.problem import Problem
from hassenet.survival import concordance

Rows = NDArray[np.int64]
LEAST_IN_TRAINING = 2
"""Rows of each class that a fold leaves to learn from, so that settings can be chosen inside."""


@final
class Split(NamedTuple):
    """The rows to learn from and the rows held out, each in ascending order."""

    train: Rows
    test: Rows


def splits(problem: Problem, folds: int, repeats: int, seed: int) -> list[Split]:
    """Return the splits, fold after fold and repeat after repeat; they hold as many of each class, and events.

    Raises
    ------
    TargetError
        If a fold leaves too few rows of a class to learn from, or amounts that do not vary.
    """
    from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold

    strata = problem.strata
    kind = RepeatedKFold if strata is None else RepeatedStratifiedKFold
    drawn = kind(n_splits=folds, n_repeats=repeats, random_state=seed).split(problem.X, strata)
    found = [Split(*rows) for rows in drawn]
    check = _check_learned if problem.kind in CLASSES else _check_judged
    check = _check_compared if problem.kind == "survival" else check
    for k, split in enumerate(found):
        check(problem.y, split, k + 1)
    return found


def _check_compared(y: NDArray[np.float64], split: Split, number: int) -> None:
    """Refuse times of which a fold has no two that can be compared."""
    for what, rows in (("holds", split.test), ("learns from", split.train)):
        try:
            concordance(y[rows], np.zeros(len(rows)))
        except DataError:
            raise TargetError(
                f"a concordance compares an event with rows observed for longer; fold {number} {what} no such pair; "
                "take fewer folds"
            ) from None


def _check_learned(y: NDArray[np.int64], split: Split, number: int) -> None:
    rare = int(np.bincount(y[split.train]).min())
    if rare < LEAST_IN_TRAINING:
        raise TargetError(
            f"settings are chosen on parts of the rows learned from, each with every class; fold {number} leaves one "
            "class a single row; take more folds, or merge or leave out rare classes"
        )


def _check_judged(y: NDArray[np.float64], split: Split, number: int) -> None:
    for what, rows in (("holds", split.test), ("learns from", split.train)):
        for column in np.reshape(y[rows], (len(rows), -1)).T:
            _check_varies(column[~np.isnan(column)], f"fold {number} {what}")


def _check_varies(values: NDArray[np.float64], where: str) -> None:
    if not (values != values[:1]).any():
        alone = f"{values[0]:g} alone" if len(values) else "none of one"
        raise TargetError(f"R² is that of targets that vary; {where} {alone}; take fewer folds")


def inner_folds(problem: Problem, found: list[Split], most: int = 5) -> int:
    """Return into how many parts the rows of each training set can be divided so that each has every class."""
    if problem.kind == "survival":
        return max(2, min(most, *(int(problem.y[split.train, 1].sum()) for split in found)))
    if problem.kind not in CLASSES:
        return min(most, *(len(split.train) for split in found))
    return min(most, *(int(np.bincount(problem.y[split.train]).min()) for split in found))
