"""Predictions of collections of Dask, computed partition by partition when they are wanted."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from numbers import Number
from operator import getitem
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import check_one_each
from hassenet.data.part_of_all import a_part_of_all
from hassenet.data.table import is_table
from hassenet.distributed.collections import check_as_many, is_collection, is_promised, partitions_of
from hassenet.distributed.refused import made_or_refused, refusal_of
from hassenet.errors import DataError, HassenetWarning
from hassenet.files.optional import dask
from hassenet.outcomes.given import as_own_table

Array = NDArray[Any]
Beside = Mapping[str, Any]
NOTHING: Beside = MappingProxyType({})


def lazily(estimator: Any, method: str, X: Any, added: Beside = NOTHING) -> Any:
    """Return what a method of a fitted estimator makes of each partition, as an Array of Dask, or several by name.

    Parameters
    ----------
    estimator : fitted estimator
    method : str
        One that returns an array, or a dict of such.
    X : dask DataFrame or Array, or list of promises
    added : mapping from str to collection or array
        What else the method takes of each row, by its name; a collection has the partitions of X.

    Raises
    ------
    ShapeError
        If there are other partitions, or rows, of these.
    """
    partitions = partitions_of(X)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HassenetWarning)  # the example's text is none of the table's
        one = _as_arrays(getattr(estimator, method)(_example(X, partitions[0], estimator)))
    nothing = {name: column[:0] for name, column in one.items()} if isinstance(one, dict) else one[:0]
    parts = of_each_partition(partial(_of_part, method, nothing), estimator, partitions, added)
    rows = X.chunks[0] if hasattr(X, "chunks") else [np.nan] * len(parts)
    if not isinstance(one, dict):
        return _joined(parts, rows, one)
    column_of = dask("delayed").delayed(getitem)
    return {name: _joined([column_of(part, name) for part in parts], rows, one[name]) for name in one}


def of_each_partition(function: Any, estimator: Any, parts: Sequence[Any], added: Beside) -> list[Any]:
    """Return what a function makes of an estimator and each partition, with its number and what is given beside it.

    It is delayed; but where an array of all rows is given, those of the partitions are counted now, once.

    Raises
    ------
    ShapeError
        If there are other partitions, or rows, of what is given.
    """
    delayed = dask("delayed").delayed
    call, known = delayed(partial(function, tuple(added)), pure=True), delayed(estimator)
    ends = _ends(parts) if any(map(_is_here, added.values())) else None
    beside = [_beside(name, given, parts, ends) for name, given in added.items()]
    return [call(known, *each) for each in zip(range(len(parts)), parts, *beside, strict=True)]


def _joined(parts: Sequence[Any], rows: Sequence[float], one: Array) -> Any:
    """Return an Array of Dask of what is delayed, of so many rows each, like those of an example."""
    array, none = dask("array"), one[:0]
    blocks = [
        array.from_delayed(part, (m, *one.shape[1:]), dtype=one.dtype, meta=none)
        for m, part in zip(rows, parts, strict=True)
    ]
    return array.concatenate(blocks, allow_unknown_chunksizes=True)


def _example(X: Any, first: Any, estimator: Any) -> Any:
    """Return a row like those of a collection: of numbers, and gaps where it may have text, as that of a date.

    An offset is a number in text, too.
    """
    if is_promised(X):
        return dask("delayed").delayed(_head)(first).compute()
    if not hasattr(X, "columns"):
        return np.zeros((1, estimator.n_features_in_), X.dtype)
    found = X._meta_nonempty.iloc[:1].copy()
    for name in found.select_dtypes(["object", "string"]).columns:
        found[name] = np.array(["1" if name == _offset_of(estimator) else None], object)
    return found


def _offset_of(estimator: Any) -> str | None:
    """Return the column that is added to signals, where targets have one."""
    offset = getattr(getattr(estimator, "outcomes_", None), "offset", None)
    return None if offset is None else str(offset.column)


def _is_here(given: Any) -> bool:
    """Return whether something is of all rows, here."""
    return not (isinstance(given, Number) or is_collection(given))


def _ends(parts: Sequence[Any]) -> list[int]:
    """Return how many rows there are before each partition, and in all."""
    count = dask("delayed").delayed(_n_rows)
    counts: list[int] = np.cumsum([0, *dask("base").compute(*map(count, parts))]).tolist()
    return counts


def _beside(name: str, given: Any, parts: Sequence[Any], ends: Sequence[int] | None) -> list[Any]:
    """Return what belongs to each partition; one number belongs to all."""
    if isinstance(given, Number):
        return [given] * len(parts)
    if ends is None or is_collection(given):
        own = partitions_of(given)
        check_as_many(name, len(own), len(parts))
        return own
    whole = as_own_table(given) if is_table(given) else np.asarray(given)
    check_one_each(name, whole.shape[:1] if isinstance(whole, np.ndarray) else (len(whole),), ends[-1])
    rows: Any = getattr(whole, "iloc", whole)
    return [rows[start:end] for start, end in pairwise(ends)]


def _as_arrays(found: Any) -> Any:
    """Return predictions of one target, or of several, as arrays."""
    if isinstance(found, dict):
        return {name: np.asarray(column) for name, column in found.items()}
    return np.asarray(found)


def _n_rows(part: Any) -> int:
    return int(part.shape[0])


def _head(part: Any) -> Any:
    return part[:1]


def _of_part(
    method: str, none: Any, names: Sequence[str], estimator: Any, p: int, part: Any, *beside: Any
) -> Any:
    if not part.shape[0]:
        return none
    added = {name: np.asarray(one) for name, one in zip(names, beside, strict=True)}
    with a_part_of_all():
        found = made_or_refused(partial(getattr(estimator, method), **added), part)
    if isinstance(found, DataError):
        raise refusal_of({p: found})
    return found
