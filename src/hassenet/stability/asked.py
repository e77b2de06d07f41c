"""The targets that power is asked of: one, or several with a name each."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np

from hassenet.data.exposures import offset_of_exposure
from hassenet.data.offsets import as_offsets, offset_of
from hassenet.data.table import columns_of, is_table
from hassenet.errors import FeatureError, ParameterError, ShapeError, TargetError, listing
from hassenet.likelihoods import Joint, Loss, as_loss
from hassenet.stability.covariates import Observed
from hassenet.stability.parts import Offsets, named_parts, observed_where_known, of_target
from hassenet.stability.response import Response, check_has_power
from hassenet.training.objective import AnyLoss

_ONE = ""
"""The name of the only target."""


def targets_asked(
    y: Any, m: int, task: Any, loss: AnyLoss, offset: Any, exposure: Any
) -> Mapping[str, Observed]:
    """Return the targets of m examples by their names, and where each is there; the only one is called "".

    Raises
    ------
    ShapeError, NotFiniteError, TargetError, DataError, FeatureError
        If there are not as many, they are not what their kind takes, or one does not vary.
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
    columns = _columns(y, m) if one is None else {}
    added = as_offsets(offset_of(offset, exposure), m, max(1, len(columns)), np.dtype(float))
    if columns:
        return _side_by_side(columns, task, Offsets(added))
    response = Response.of(y, m, task) if one is None else Response.of_loss(one, y, m)
    return {_ONE: Observed(response.beside(None if added is None else added[:, 0]))}


def _check_exposure(loss: Loss | None, exposure: Any) -> None:
    is_of_counts = loss is not None and (isinstance(loss, Joint) or loss.grows_with_exposure)
    if exposure is not None and not is_of_counts:
        raise ParameterError(
            "an exposure is of counts; the target is "
            f"{'one of classes or numbers' if loss is None else repr(loss)}; give loss='poisson' or another one of "
            "counts, or offset=… for what is added to a signal"
        )


def _columns(y: Any, m: int) -> dict[str, Any]:
    """Return several targets of classes or numbers by their names; none where there is one."""
    if is_table(y):
        columns = columns_of(y)
        found = {str(name): columns.column(name) for name in columns.names} if len(columns.names) > 1 else {}
    else:
        values = np.ma.asanyarray(y) if np.ma.isMaskedArray(y) else np.asarray(y)
        several = values.ndim == 2 and values.shape[1] > 1
        found = {f"target{j}": values[:, j] for j in range(values.shape[1])} if several else {}
    if found and len(next(iter(found.values()))) != m:
        raise ShapeError(
            f"targets have a row an example; X has {m:,} rows, y has {len(next(iter(found.values()))):,}; give as many"
        )
    return found


def _side_by_side(columns: Mapping[str, Any], task: Any, added: Offsets) -> dict[str, Observed]:
    found = {}
    for j, (name, column) in enumerate(columns.items()):
        with of_target(name):
            gaps = np.array([value is None or value != value for value in np.asarray(column).tolist()])
            found[name] = observed_where_known(
                column, gaps, lambda values: Response.of(values, len(values), task), added.of(j)
            )
    return found


def _joint(loss: Joint, y: Any, m: int, offset: Any, exposure: Any) -> dict[str, Observed]:
    for block in loss.blocks:
        with of_target(block.name):
            check_has_power(block.loss)
    Y = _of_names(y, loss.names) if is_table(y) else np.asarray(y)
    if len(Y) != m:
        raise ShapeError(f"targets have a row an example; X has {m:,} rows, y has {len(Y):,}; give as many")
    k = loss.n_outputs
    added = offset if exposure is None else offset_of_exposure(exposure, loss.exposed(k))
    if exposure is not None:
        offset_of(offset, exposure)  # one of the two
    found = named_parts(loss, Y, as_offsets(added, m, k, np.dtype(float)))
    alike = [
        name for name in loss.names if not any(own == name or own.startswith(f"{name} ") for own in found)
    ]
    if alike:
        raise TargetError(f"a target varies; {listing(alike)} is one number in every row; leave it out")
    return found


def _of_names(y: Any, names: tuple[str, ...]) -> Any:
    """Return the columns of a table that are called as the targets."""
    columns = columns_of(y)
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
