"""The targets that power is asked of: one, or several with a name each."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.exposures import known_offset
from hassenet.data.match import check_own_names
from hassenet.data.missing_targets import missing_in
from hassenet.data.objects import as_numbers
from hassenet.data.offsets import as_offsets, offset_of
from hassenet.data.table import columns_of, is_table
from hassenet.errors import FeatureError, ParameterError, ShapeError, TargetError, TargetWarning, listing
from hassenet.likelihoods import CoxLoss, Joint, Loss, as_loss
from hassenet.outcomes.given import as_own_table, times_given
from hassenet.stability.covariates import Observed
from hassenet.stability.parts import (
    Offsets,
    is_one_hot,
    named_parts,
    observed_where_known,
    of_target,
    one_hot_codes,
)
from hassenet.stability.response import Response, check_has_power
from hassenet.task.kind import kind_of
from hassenet.training.objective import AnyLoss

Floats = NDArray[np.float64]

_ONE = ""
"""The name of the only target, where it has none."""


def targets_asked(
    y: Any, m: int, task: Any, loss: AnyLoss, offset: Any, exposure: Any
) -> Mapping[str, Observed]:
    """Return the targets of m examples by their names, and where each is there; one that has none is "".

    Columns that are one-hot are the classes of one target, unless the task is regression.

    Warns
    -----
    TargetWarning
        If two may be a time and its event, or those of a table are one-hot.

    Raises
    ------
    ShapeError, NotFiniteError, TargetError, DataError, FeatureError
        If there are not as many, they are not what their kind takes, one does not vary, or two have one name.
    ParameterError
        If a loss is none of these, or an exposure is that of no count.

    Examples
    --------
    >>> from hassenet.tables import Table
    >>> both = Table({"ill": np.array(["no", "yes"] * 2, object), "age": np.array([31.5, 47, 64, np.nan])})
    >>> found = targets_asked(both, 4, "auto", None, None, None)
    >>> [(name, type(one.response.loss).__name__, one.known) for name, one in found.items()]
    [('ill', 'BinaryCrossEntropy', None), ('age', 'GaussianLoss', array([ True,  True,  True, False]))]
    """
    one = None if loss is None else as_loss(loss)
    _check_exposure(one, exposure)
    if isinstance(one, Joint):
        return _joint(one, y, m, offset, exposure)
    columns = _columns(y, m, one, task)
    if one is None and task != "regression":
        _note_times(columns)
    added = Offsets(as_offsets(offset_of(offset, exposure), m, len(columns), np.dtype(float)))
    found = {}
    for j, (name, column) in enumerate(columns.items()):
        with of_target(name):
            found[name] = _observed(column, m, one, task, added.of(j))
    return found


def _check_exposure(loss: Loss | None, exposure: Any) -> None:
    is_of_counts = loss is not None and (isinstance(loss, Joint) or loss.grows_with_exposure)
    if exposure is not None and not is_of_counts:
        raise ParameterError(
            "an exposure is of counts; the target is "
            f"{'one of classes or numbers' if loss is None else repr(loss)}; give loss='poisson' or another one of "
            "counts, or offset=… for what is added to a signal"
        )


def _columns(y: Any, m: int, loss: Loss | None, task: Any) -> Mapping[str, Any]:
    """Return the targets by their names; the one without a name as it is."""
    found = {} if isinstance(loss, CoxLoss) else _by_name(y)
    if not found or (loss is not None and len(found) > 1):
        return {_ONE: y}
    n = len(next(iter(found.values())))
    if n != m:
        raise ShapeError(f"targets have a row an example; X has {m:,} rows, y has {n:,}; give as many")
    codes = None if task == "regression" else _codes_of_one(found)
    if codes is None:
        return found
    if is_table(y):
        _warn(
            f"{listing(found)} are 0 and 1, and 1 in one of them in each row: the classes of one target; for "
            "several leave one out, or give task='regression'"
        )
    return {_ONE: codes}


def _by_name(y: Any) -> dict[str, Any]:
    if is_table(y):
        table = as_own_table(y)
        return {name: table[name] for name in table.columns}
    values = np.ma.asanyarray(y) if np.ma.isMaskedArray(y) else _array(y)
    several = values.ndim == 2 and values.shape[1] > 1
    return {f"target{j}": values[:, j] for j in range(values.shape[1])} if several else {}


def _codes_of_one(columns: Mapping[str, Any]) -> Floats | None:
    """Return the number of the class in each row, of columns that are one-hot; None of others."""
    each = [as_numbers(column) for column in columns.values()]
    if len(each) < 2 or any(np.ma.isMaskedArray(one) or one.dtype.kind not in "biuf" for one in each):
        return None
    Y = np.column_stack(each).astype(float)
    return one_hot_codes(Y) if is_one_hot(Y) else None


def _array(y: Any) -> Any:
    try:
        return np.asarray(y)
    except ValueError:  # rows of several lengths, which are refused where they are read
        return np.empty(0)


def _observed(y: Any, m: int, loss: Loss | None, task: Any, offset: Floats | None) -> Observed:
    """Return one target, and where it is there."""

    def response(values: Any) -> Response:
        return Response.of(values, m, task) if loss is None else Response.of_loss(loss, values, m)

    if isinstance(loss, CoxLoss):
        y = times_given(y)[1]
        missing = np.flatnonzero(np.isnan(y).any(axis=1)).tolist()
    else:
        missing = missing_in(y)
    if not missing or len(y) != m:
        return Observed(response(y).beside(offset))
    return observed_where_known(np.asarray(y), np.isin(np.arange(m), missing), response, offset)


def _note_times(columns: Mapping[str, Any]) -> None:
    """Warn of a number above 0 beside 0 and 1: they may be a time and its event, and stay two targets.

    Warns
    -----
    TargetWarning
    """
    names = list(columns)
    pairs = [names, names[::-1]] if len(names) == 2 else [names[:2]] if len(names) == 3 else []
    for time, event in pairs:
        if _are_times(columns[time]) and _are_truth(columns[event]):
            _warn(
                f"{time!r} holds numbers above 0, {event!r} 0 and 1: two targets, each by itself; where they are a "
                "time until an event and whether it was seen, give loss='cox'"
            )
            return


def _warn(note: str) -> None:
    warnings.warn(note, TargetWarning, stacklevel=6)


def _are_times(column: Any) -> bool:
    known = _known_numbers(column)
    return known.size > 0 and bool((known > 0).all()) and kind_of(np.unique(known)) == "regression"


def _are_truth(column: Any) -> bool:
    known = _known_numbers(column)
    return known.size > 0 and bool(np.isin(known, [0, 1]).all())


def _known_numbers(column: Any) -> Floats:
    """Return the numbers of a column that are there; none where it holds others."""
    values = as_numbers(np.asarray(column))
    known = values.astype(float) if values.dtype.kind in "biuf" else np.empty(0)
    return known[~np.isnan(known)]


def _joint(loss: Joint, y: Any, m: int, offset: Any, exposure: Any) -> dict[str, Observed]:
    for block in loss.blocks:
        with of_target(block.name):
            check_has_power(block.loss)
    Y = _of_names(y, loss.names) if is_table(y) else np.asarray(y)
    if len(Y) != m:
        raise ShapeError(f"targets have a row an example; X has {m:,} rows, y has {len(Y):,}; give as many")
    k = loss.n_outputs
    added = known_offset(offset, exposure, loss.exposed(k))
    found = named_parts(loss, Y, as_offsets(added, m, k, np.dtype(float)))
    alike = [name for name, one in found.items() if one is None]
    if alike:
        raise TargetError(f"a target varies; {listing(alike)} is one number in every row; leave it out")
    return {name: one for name, one in found.items() if one is not None}


def _of_names(y: Any, names: tuple[str, ...]) -> Any:
    """Return the columns of a table that are called as the targets."""
    columns = columns_of(y)
    check_own_names("y", columns.names)
    there: dict[str, Hashable] = {str(name): name for name in columns.names}
    missing = [name for name in names if name not in there]
    if missing:
        raise FeatureError(
            f"a target is a column of y; there is no {listing(missing, 3)}; name columns as the targets of the loss"
        )
    numbers = {name: columns.numbers(there[name]) for name in names}
    others = [name for name, column in numbers.items() if column is None]
    if others:
        raise FeatureError(
            f"a joint loss takes numbers, of classes theirs; {listing(others, 3)} holds others; encode them, or leave "
            "out the loss"
        )
    return np.column_stack([column for column in numbers.values() if column is not None])
