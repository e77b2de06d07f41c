"""Targets as a loss takes them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.data.checks import check_not_infinite, check_numbers, check_range, is_finite, unmasked
from hassenet.data.class_numbers import ClassNumbers
from hassenet.data.columns import Columns
from hassenet.data.fields import time_and_event
from hassenet.data.match import Match
from hassenet.data.table import columns_of, is_table, matrix
from hassenet.data.targets_elsewhere import TargetsElsewhere
from hassenet.errors import DataError, ShapeError, counted, listing
from hassenet.likelihoods import Joint, Loss
from hassenet.likelihoods.heads import of_a_head, outputs_of_a_head

Array = NDArray[Any]


def as_targets(
    Y: Any, loss: Loss, m: int, names: Sequence[Hashable], dtype: np.dtype[Any]
) -> Array | ClassNumbers | TargetsElsewhere:
    """Return Y as a checked (m, k) array; (m,) stands for one output. Class numbers stay numbers.

    ``dtype`` is the type that the network computes in.

    NaN is a target that is missing: it does not count. A class number that is missing is −1 in what comes back.

    A table whose columns are named as the outputs is matched by name. Where the loss has heads, Y may have the columns
    of one head, in a table named as those of the last; it is not copied for the others.

    Raises
    ------
    ShapeError, NotFiniteError, TargetError, DataError
        If Y does not fit the outputs, is infinite, beyond ``dtype``, not a number, or outside the domain of the
        loss.
    """
    if isinstance(Y, TargetsElsewhere):
        return Y.mapped(_AsTargets(loss, tuple(names), dtype))
    n, k = len(names), outputs_of_a_head(loss, len(names))
    if loss.target_columns:
        return _of_its_own_columns(by_own_names(Y, loss), loss, m, n)
    if isinstance(joint := of_a_head(loss), Joint):
        Y = _of_blocks(Y, joint, names)
    Y = Y if isinstance(Y, ClassNumbers) else by_names(Y, names, names[n - k :])
    if loss.takes_class_numbers and k > 1 and (isinstance(Y, ClassNumbers) or Y.ndim == 1):
        return _class_numbers(Y, k, m, n)
    Y = Y[:, None] if Y.ndim == 1 else Y
    _check_shape(Y.shape, m, n, k)
    check_numbers("Y", Y)
    check_not_infinite("Y", Y)
    check_range("Y", Y, dtype, names[-Y.shape[1] :])
    (loss if Y.shape[1] == n else of_a_head(loss)).check(Y)
    return Y


@final
@dataclass(frozen=True)
class _AsTargets:
    """Some targets ↦ these as :func:`as_targets` takes them; an object, so that another process can be handed it."""

    loss: Loss
    names: tuple[Hashable, ...]
    dtype: np.dtype[Any]

    def __call__(self, Y: Any) -> Any:
        return as_targets(Y, self.loss, len(Y), self.names, self.dtype)


def by_own_names(Y: Any, loss: Loss) -> Array:
    """Return Y as an array, the columns of a table by the names that the loss has for them, else as they stand.

    Raises
    ------
    DataError
        If values are masked, or columns hold no numbers.
    """
    Y = time_and_event(Y)
    return by_names(Y, *loss.target_columns, *([columns_of(Y).names] if is_table(Y) else []))


def _of_its_own_columns(Y: Array, loss: Loss, m: int, n: int) -> Array:
    """Return targets whose columns are not outputs, in the order of the loss; they stay as they are, of any range."""
    if n != loss.outputs:
        raise ShapeError(
            f"{loss!r} is of {counted(loss.outputs or 0, 'output')}; the network has {n}; give it as many"
        )
    Y = Y[:, None] if Y.ndim == 1 else Y
    if Y.ndim != 2 or len(Y) != m or Y.shape[1] not in map(len, loss.target_columns):
        raise ShapeError(
            f"Y has a row for each of the {m:,} examples and the columns {_either(loss)}; its shape is {Y.shape}; "
            "give them in this order, or in a table with these names"
        )
    check_numbers("Y", Y)
    check_not_infinite("Y", Y)
    loss.check(Y)
    return Y


def _either(loss: Loss) -> str:
    return " or ".join(f"({', '.join(names)})" for names in loss.target_columns)


def _of_blocks(Y: Any, joint: Joint, names: Sequence[Hashable]) -> Array:
    """Return the target of blocks with a column an output; that of all heads as it is."""
    n, k = len(names), joint.n_outputs
    if k > n or n % k:
        joint.check(np.empty((0, n)))
    given = by_names(Y, joint.names, names, names[n - k :])
    check_numbers("Y", given)
    return given if given.ndim == 2 and given.shape[1] == n else joint.encoded(given)


def _check_shape(shape: tuple[int, ...], m: int, n: int, k: int) -> None:
    if shape not in ((m, n), (m, k)):
        either = "" if n == k else f" (or of the {k} of one head)"
        raise ShapeError(
            f"Y has a row for each of the {m:,} examples and a column for each of the {n} outputs{either}; "
            f"its shape is {shape}; reshape it, or give the network as many outputs"
        )


def by_names(Y: Any, *orders: Sequence[Hashable]) -> Array:
    """Return Y as an array, the columns of a table in the first of the orders that names them all, else as they stand.

    Raises
    ------
    DataError
        If values are masked, or columns that are named hold no numbers.
    """
    if is_table(Y):
        return _of_table(Y, columns_of(Y), orders)
    return Y.toarray() if issparse(Y) else np.asarray(unmasked("Y", Y))


def _of_table(Y: Any, columns: Columns, orders: Iterable[Sequence[Hashable]]) -> Array:
    matches = (Match.of(names, columns.names) for names in orders)
    found = next((match for match in matches if not (match.missing or match.left_out or match.doubled)), None)
    if found is not None:
        return matrix(columns, [found.column[name] for name in found.names], _not_numbers)
    return np.asarray(Y) if hasattr(Y, "__array__") else columns.block(columns.names)


def _not_numbers(others: Iterable[Hashable]) -> DataError:
    return DataError(f"Y holds real numbers; the columns {listing(others)} do not; encode or drop them")


def _class_numbers(Y: Any, k: int, m: int, n: int) -> ClassNumbers:
    classes = Y if isinstance(Y, ClassNumbers) else ClassNumbers(_checked_classes(Y, k), k)
    _check_shape(classes.shape, m, n, k)
    return classes


def have_target(Y: Array | ClassNumbers) -> NDArray[np.bool_]:
    """Return which examples have a target at all, (m,).

    Examples
    --------
    >>> have_target(np.array([[1.0, np.nan], [np.nan, np.nan]]))
    array([ True, False])
    """
    if isinstance(Y, ClassNumbers):
        return np.asarray(Y.numbers >= 0)
    if is_finite(Y):
        return np.ones(len(Y), bool)
    return np.asarray(~np.isnan(Y).all(axis=1))


def _checked_classes(classes: Array, k: int) -> Array:
    known, missing = _known(classes)
    if known.dtype.kind not in "biu":
        raise DataError(
            f"class numbers are whole numbers; their type is {known.dtype}; convert them: y.astype(int)"
        )
    if known.min(initial=0) < 0 or known.max(initial=0) >= k:
        raise DataError(
            f"class numbers are whole numbers from 0 to {k - 1}; got {listing(np.unique(known).tolist(), 3)}; "
            "number the classes, or give one-hot rows"
        )
    return known.astype(np.int64, copy=False) if missing is None else _with_gaps(known, missing)


def _known(classes: Array) -> tuple[Array, NDArray[np.bool_] | None]:
    """Return the class numbers that are there, whole ones of any type, and which are not."""
    if classes.dtype.kind != "f":
        return classes, None
    missing = np.isnan(classes)
    known = classes[~missing]
    whole = np.isfinite(known).all() and (known == np.round(known)).all()
    return (known.astype(np.int64) if whole else known), (missing if missing.any() else None)


def _with_gaps(known: Array, missing: NDArray[np.bool_]) -> Array:
    numbers = np.full(len(missing), -1, np.int64)
    numbers[~missing] = known
    return numbers
