"""Whether targets can be learned from and judged on folds: checked once, before any training."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hassenet._checks import require_whole_number
from hassenet.errors import NotFiniteError, ShapeError, TargetError, counted

_LEAST = 2
LEAST_OF_A_CLASS = 2
"""How many rows of a class settings can be chosen by: dealt to folds, one is there while the other is held out."""
_SHOWN = 5


def check_classes(labels: ArrayLike, folds: int) -> None:
    """Refuse labels (m,) of which not every fold could hold a row of every class.

    Raises
    ------
    ParameterError
        If there are fewer than two folds.
    ShapeError, TargetError
        If it is not one label a row, one is missing, there is one class, or a class has fewer rows than there are
        folds.

    Examples
    --------
    >>> check_classes(["ill", "well", "ill", "well", "ill"], folds=3)
    Traceback (most recent call last):
    hassenet.errors.TargetError: every fold holds a row of every class; for 3 folds 'well' has only 2 rows; ...
    """
    counts = _counts(labels, folds)
    rare = _rarer(counts, folds)
    if rare:
        raise TargetError(
            f"every fold holds a row of every class; for {folds} folds {rare}; "
            f"merge or leave out such classes, or take {_fewer(min(counts.values()))}"
        )


def check_learned_classes(labels: ArrayLike, folds: int) -> None:
    """Refuse labels (m,) of which a class would have no row to learn from while a fold is held out.

    Folds may lack a class: losses are those of all of them together.

    Raises
    ------
    ParameterError
        If there are fewer than two folds.
    ShapeError, TargetError
        As :func:`check_classes`, but for a class with two rows or more.

    Examples
    --------
    >>> check_learned_classes(["ill", "well", "ill", "well", "rare"], folds=3)
    Traceback (most recent call last):
    hassenet.errors.TargetError: a class has a row to learn from where another is held out; 'rare' has only 1 row; ...
    """
    rare = _rarer(_counts(labels, folds), LEAST_OF_A_CLASS)
    if rare:
        raise TargetError(
            f"a class has a row to learn from where another is held out; {rare}; merge or leave out such classes, or "
            "take more rows of them"
        )


def _counts(labels: ArrayLike, folds: int) -> Counter[Any]:
    """Return how many rows each class has, of two or more."""
    require_whole_number("folds", folds, _LEAST)
    counts = Counter(_one_each(labels).tolist())
    _check_rows(counts.total(), folds)
    if any(label is None or label != label for label in counts):  # NaN alone is not itself
        raise TargetError("every row has its class; there are rows without one; leave these rows out")
    if len(counts) == 1:
        (label,) = counts
        raise TargetError(f"there are two classes or more; every row is {label!r}; choose another target")
    return counts


def _rarer(counts: Counter[Any], least: int) -> str:
    """Return the classes with fewer rows, and how many these have; "" where there are none."""
    rare = [f"{label!r} has only {counted(n, 'row')}" for label, n in counts.items() if n < least]
    more = f" and {len(rare) - _SHOWN:,} more" if len(rare) > _SHOWN else ""
    return ", ".join(rare[:_SHOWN]) + more


def _fewer(rows: int) -> str:
    return f"{rows} folds" if rows >= _LEAST else "more rows of them"


def check_amounts(values: ArrayLike, folds: int) -> None:
    """Refuse amounts (m,) or (m, k) that do not vary, are not finite numbers, or are fewer than the folds.

    Raises
    ------
    ParameterError
        If there are fewer than two folds.
    ShapeError, TargetError, NotFiniteError
        If the values are not numbers, a row or column of them is missing, they are not finite, there are fewer rows
        than folds, or one value stands in every row.

    Examples
    --------
    >>> check_amounts([2.0, 2.0, 2.0], folds=3)
    Traceback (most recent call last):
    hassenet.errors.TargetError: a target varies; it is 2 in every row; choose another target
    """
    require_whole_number("folds", folds, _LEAST)
    y = np.asarray(values)
    if y.ndim not in (1, 2) or y.dtype.kind not in "biuf":
        raise ShapeError(
            f"amounts are a number a row, or a row of them; the targets have the shape {y.shape} and the type "
            f"{y.dtype}; give an array of numbers"
        )
    _check_rows(len(y), folds)
    if not np.isfinite(y).all():
        raise NotFiniteError("targets are finite; some are NaN or infinite; leave these rows out")
    constant = np.flatnonzero((y == y[:1]).all(axis=0, keepdims=True))
    if constant.size:
        where = f"column {constant[0]}" if y.ndim == 2 else "it"
        raise TargetError(
            f"a target varies; {where} is {np.ravel(y[0])[constant[0]]:g} in every row; choose another target"
        )


def _one_each(labels: ArrayLike) -> NDArray[Any]:
    y = np.asarray(labels)
    if y.ndim != 1:
        raise ShapeError(
            f"classes are one label a row; the targets have the shape {y.shape}; give one column"
        )
    return y


def _check_rows(rows: int, folds: int) -> None:
    if rows < folds:
        raise TargetError(
            f"every fold holds a row; got {counted(rows, 'row')} for {folds} folds; "
            "give fewer folds or more rows"
        )
