"""The order of classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from hassenet.errors import TargetError, listing
from hassenet.estimators.known_target import known_target
from hassenet.estimators.labels import one_class_only

Array = NDArray[Any]
_TEXT = "OUS"


def labels_given(y: Any) -> Array:
    """Return labels as they are given, checked."""
    labels: Array = column_or_1d(known_target(y), warn=True)
    check_classification_targets(labels)
    return labels


def in_order(
    labels: Array, y: Any, order: Sequence[Any] | None, remedy: str = "give order=(LOWEST, …, HIGHEST)"
) -> Array:
    """Return the classes, the lowest first: as they are given, as an ordered column has them, or by number.

    Parameters
    ----------
    labels : (m,) array
    y : array, series or table
        Where the labels come from.
    order : sequence of labels, optional
    remedy : str
        What helps where text has none.

    Raises
    ------
    TargetError
        If there are fewer than two, an order does not name each once, or text has none.

    Examples
    --------
    >>> in_order(np.array([3, 1, 2]), None, None).tolist()
    [1, 2, 3]
    >>> in_order(np.array(["mild", "severe"]), None, None)
    Traceback (most recent call last):
    hassenet.errors.TargetError: classes in order are numbers, an ordered column, or their order is given; y holds
    'mild', 'severe'; give order=(LOWEST, …, HIGHEST)
    """
    found = np.unique(labels)
    if len(found) < 2:
        raise one_class_only(found)
    given = _of_column(y) if order is None else list(order)
    if given is not None:
        return _as_given(found, given, exactly=order is not None)
    if found.dtype.kind in _TEXT:
        raise TargetError(
            "classes in order are numbers, an ordered column, or their order is given; y holds "
            f"{listing(found.tolist(), 5)}; {remedy}"
        )
    return found


def _of_column(y: Any) -> list[Any] | None:
    """Return the categories of a column that has them in order, of pandas or polars."""
    kind: Any = getattr(y, "dtype", None)
    if getattr(kind, "ordered", False):
        return list(kind.categories)
    return kind.categories.to_list() if type(kind).__name__ == "Enum" else None


def _as_given(found: Array, given: list[Any], *, exactly: bool) -> Array:
    """Return the classes that there are in a given order, which may name others where a column has it."""
    there = set(found.tolist())
    if len(set(given)) < len(given) or not there <= set(given) or (exactly and len(given) > len(there)):
        raise TargetError(
            f"an order names each class of y once; y holds {listing(found.tolist(), 5)}; got {listing(given)}; name "
            "these, the lowest first"
        )
    place = {label: k for k, label in enumerate(given)}
    return np.array(sorted(found.tolist(), key=place.__getitem__), found.dtype)
