"""The targets of a comparison, by their kind: checked once, before any training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import unmasked
from hassenet.data.offsets import as_offsets, offset_of
from hassenet.data.target_notes import note_classes, note_each, note_numbers
from hassenet.errors import ParameterError, ShapeError, TargetError, listing
from hassenet.likelihoods import QuantileLoss
from hassenet.outcomes.amount import LOSSES as OF_AMOUNTS
from hassenet.outcomes.count import LOSSES as OF_COUNTS
from hassenet.outcomes.given import times_given
from hassenet.protocol.kinds import ASKED, CLASSES, Asked, Compared
from hassenet.survival.comparable import check_comparable
from hassenet.task.folds import check_amounts, check_classes
from hassenet.task.kind import kind_of
from hassenet.task.names import of_columns

Floats = NDArray[np.float64]
_WITH_OFFSET = ("count", "regression", "quantiles")
_LIKELIHOODS = {"count": tuple(OF_COUNTS), "regression": tuple(OF_AMOUNTS)}
_ORDERED = "give numbers, or a column of an ordered type, as pandas.Categorical(y, [LOWEST, …, HIGHEST], ordered=True)"


def shares_of(quantiles: Any, task: Asked) -> tuple[float, ...]:
    """Return the shares of quantiles, in rising order; none where none are asked for.

    Raises
    ------
    ParameterError
        If they do not lie between 0 and 1, or are asked of another task than a regression.

    Examples
    --------
    >>> shares_of([0.9, 0.1], "auto")
    (0.1, 0.9)
    """
    if quantiles is None or not np.size(quantiles):
        return ()
    if task not in ("auto", "regression"):
        raise ParameterError(f"quantiles are those of a regression; got the task {task!r}; leave one out")
    shares = tuple(sorted({float(share) for share in np.ravel(quantiles)}))
    QuantileLoss(shares)
    return shares


def targets_of(
    y: Any, task: Asked, rows: int, folds: int, shares: Sequence[float]
) -> tuple[Compared, NDArray[Any]]:
    """Return the kind of a target, and a number for each row: of a class, an amount, a count, or time and event.

    Raises
    ------
    ParameterError
        If there is no such task.
    ShapeError, TargetError, NotFiniteError
        If there is not one for each row, one is missing, or folds could not hold what they have to.

    Examples
    --------
    >>> targets_of(["b", "a", "b", "a"], "auto", 4, 2, ())
    ('classification', array([1, 0, 1, 0]))
    """
    if task not in ASKED:
        raise ParameterError(
            f"task is one of {listing(map(repr, ASKED), len(ASKED))}; got {task!r}; choose one"
        )
    if task == "survival":
        return "survival", _times(y, rows, folds)
    values, names = np.asarray(unmasked("y", y)), of_columns(y)
    if values.ndim == 2 and values.shape[1] > 1 and task in ("auto", "regression") and not shares:
        return "several", _noted(_several(values, rows, folds), names)
    values = values[:, 0] if values.shape == (rows, 1) else values
    if values.shape != (rows,):
        raise ShapeError(
            f"a comparison has one target, a value for each of the {rows:,} rows, or several numbers; y has the shape "
            f"{values.shape}; compare each target by itself"
        )
    if shares:
        return "quantiles", _noted(_amounts(values, folds), names)
    kind = kind_of(values) if task == "auto" else task
    if kind in CLASSES:
        found = _ordered(values, y, folds) if kind == "ordinal" else _numbered(values, folds)
        note_classes("y" if names is None else names[0], dict.fromkeys(values.tolist()), values)
        return kind, found
    return kind, _noted(_counts(values, folds) if kind == "count" else _amounts(values, folds), names)


def _noted(values: Floats, names: Sequence[str] | None) -> Floats:
    """Return numbers, of which a warning says what may be meant otherwise."""
    note_each(values, names)
    return values


def added_of(kind: Compared, m: int, offset: Any, exposure: Any) -> Floats | None:
    """Return what is added to the signal of a target, (m,): an offset, or the logarithm of an exposure.

    Raises
    ------
    ParameterError
        If there are both, or the target is of a kind that has none.
    ShapeError, NotFiniteError, DataError
        If there is not one an example, or an exposure is not above 0.

    Examples
    --------
    >>> added_of("count", 2, None, [1.0, 2.0]).round(3)
    array([0.   , 0.693])
    """
    if exposure is not None and kind != "count":
        raise ParameterError(
            f"an exposure is of counts; the target is of the kind {kind!r}; say task='count', or leave it out"
        )
    if offset is not None and kind not in _WITH_OFFSET:
        raise ParameterError(
            f"models are compared with an offset of counts, numbers or quantiles; the target is of the kind {kind!r}, "
            "of which scikit-learn's models take none; make a covariate of it, whose weight is learned"
        )
    found = as_offsets(offset_of(offset, exposure), m, 1, np.dtype(float))
    return None if found is None else np.asarray(found[:, 0])


def check_likelihood(likelihood: str | None, kind: Compared) -> None:
    """Refuse a likelihood that a target of a kind has not.

    Raises
    ------
    ParameterError
    """
    known = _LIKELIHOODS.get(kind, ())
    if likelihood is not None and likelihood not in known:
        remedy = f"choose one of {listing(known, len(known))}" if known else "leave it out"
        raise ParameterError(
            f"a likelihood is that of counts or of numbers; of the kind {kind!r} there is no {likelihood!r}; {remedy}"
        )


def _several(values: NDArray[Any], rows: int, folds: int) -> Floats:
    """Return several numbers, (m, k), NaN where one is missing; each varies, and has a row for each fold."""
    if len(values) != rows:
        raise ShapeError(
            f"each of the {rows:,} rows has its targets; y has {len(values):,} rows; give as many"
        )
    try:
        found = values.astype(np.float64)
    except (TypeError, ValueError):
        raise TargetError(
            "several targets are numbers in a comparison; y holds others; compare each target by itself"
        ) from None
    for column in found.T:
        check_amounts(column[~np.isnan(column)], folds)
    if np.isnan(found).all(axis=1).any():
        raise TargetError("every row has a target; there are rows without one; leave these rows out")
    return found


def _times(y: Any, rows: int, folds: int) -> Floats:
    _, values = times_given(y)
    if len(values) != rows:
        raise ShapeError(
            f"each of the {rows:,} rows has a time and an event; y has {len(values):,}; give as many"
        )
    if np.isnan(values).any():
        raise TargetError("every row has a time and an event; there are rows without; leave these rows out")
    note_numbers("time", values[:, 0])
    events = int(values[:, 1].sum())
    if events < folds:
        raise TargetError(
            f"every fold holds an event; there are {events} for {folds} folds; take fewer folds, or more rows"
        )
    check_comparable(values)
    return np.asarray(values, float)


def _ordered(labels: NDArray[Any], y: Any, folds: int) -> NDArray[np.int64]:
    """Return the place of each row's class in their order."""
    from hassenet.estimators.in_order import in_order

    check_classes(labels, folds)
    place = {label: k for k, label in enumerate(in_order(labels, y, None, _ORDERED).tolist())}
    return np.array([place[label] for label in labels.tolist()], np.int64)


def _numbered(labels: NDArray[Any], folds: int) -> NDArray[np.int64]:
    """Return the number of each row's class."""
    check_classes(labels, folds)
    number = {label: k for k, label in enumerate(sorted(set(labels.tolist()), key=_order))}
    return np.array([number[label] for label in labels.tolist()], np.int64)


def _order(label: Any) -> tuple[str, Any]:
    """Return what labels are sorted by, also those of several types."""
    return (type(label).__name__, label)


def _counts(values: NDArray[Any], folds: int) -> Floats:
    amounts = _amounts(values, folds)
    strange = amounts[(amounts < 0) | (amounts != np.floor(amounts))]
    if len(strange):
        raise TargetError(
            f"a count is a whole number ≥ 0; y also holds {strange[0]:g}; correct it, or take task='regression'"
        )
    return amounts


def _amounts(values: NDArray[Any], folds: int) -> Floats:
    check_amounts(values, folds)
    return values.astype(np.float64)
