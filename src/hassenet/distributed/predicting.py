"""Predictions of collections of Dask, computed partition by partition when they are wanted."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

from hassenet.distributed.collections import check_as_many, is_collection, is_promised, partitions_of
from hassenet.errors import HassenetWarning, ShapeError
from hassenet.files.optional import dask


def lazily(estimator: Any, method: str, X: Any, added: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """Return what a method of a fitted estimator makes of each partition, as an Array of Dask.

    Parameters
    ----------
    estimator : fitted estimator
    method : str
    X : dask DataFrame or Array, or list of promises
    added : mapping from str to collection or array
        What else the method takes of each row, by its name; a collection has the partitions of X.

    Raises
    ------
    ShapeError
        If there are other partitions, or rows, of these.
    """
    array, delayed = dask("array"), dask("delayed")
    parts = partitions_of(X)
    example = (
        delayed.delayed(_head)(parts[0]).compute()
        if is_promised(X)
        else _example(X, estimator.n_features_in_)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HassenetWarning)  # the example's text is none of the table's
        one = np.asarray(getattr(estimator, method)(example))
    call = delayed.delayed(partial(_of_part, method, one[:0], tuple(added)), pure=True)
    known = delayed.delayed(estimator)
    rows = X.chunks[0] if hasattr(X, "chunks") else [np.nan] * len(parts)
    beside = [_beside(name, given, parts) for name, given in added.items()]
    blocks = [
        array.from_delayed(call(known, part, *others), (m, *one.shape[1:]), dtype=one.dtype, meta=one[:0])
        for m, part, *others in zip(rows, parts, *beside, strict=True)
    ]
    return array.concatenate(blocks, allow_unknown_chunksizes=True)


def _example(X: Any, n: int) -> Any:
    """Return a row like those of a collection: of numbers, and gaps where it may have text, as that of a date."""
    if not hasattr(X, "columns"):
        return np.zeros((1, n), X.dtype)
    found = X._meta_nonempty.iloc[:1].copy()
    for name in found.select_dtypes(["object", "string"]).columns:
        found[name] = np.array([None], object)
    return found


def _beside(name: str, given: Any, parts: Sequence[Any]) -> list[Any]:
    """Return what belongs to each partition."""
    if is_collection(given):
        own = partitions_of(given)
    else:
        delayed = dask("delayed").delayed
        ends = np.cumsum([0, *dask("base").compute(*(delayed(_n_rows)(part) for part in parts))])
        own = [np.asarray(given)[start:end] for start, end in pairwise(ends.tolist())]
        if len(given) != ends[-1]:
            raise ShapeError(
                f"there is one {name} an example, {ends[-1]:,} of them; got {len(given):,}; give as many"
            )
    check_as_many(name, len(own), len(parts))
    return own


def _n_rows(part: Any) -> int:
    return int(part.shape[0])


def _head(part: Any) -> Any:
    return part[:1]


def _of_part(method: str, none: Any, names: Sequence[str], estimator: Any, part: Any, *beside: Any) -> Any:
    if not part.shape[0]:
        return none
    added = {name: np.asarray(one) for name, one in zip(names, beside, strict=True)}
    return getattr(estimator, method)(part, **added)
