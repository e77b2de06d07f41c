"""Predictions of collections of Dask, computed partition by partition when they are wanted."""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

import numpy as np

from hassenet.distributed.collections import is_promised, partitions_of
from hassenet.errors import HassenetWarning
from hassenet.files.optional import dask


def lazily(estimator: Any, method: str, X: Any) -> Any:
    """Return what a method of a fitted estimator makes of each partition, as an Array of Dask.

    Parameters
    ----------
    estimator : fitted estimator
    method : str
    X : dask DataFrame or Array, or list of promises
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
    call = delayed.delayed(partial(_of_part, method, one[:0]), pure=True)
    known = delayed.delayed(estimator)
    rows = X.chunks[0] if hasattr(X, "chunks") else [np.nan] * len(parts)
    blocks = [
        array.from_delayed(call(known, part), (m, *one.shape[1:]), dtype=one.dtype, meta=one[:0])
        for part, m in zip(parts, rows, strict=True)
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


def _head(part: Any) -> Any:
    return part[:1]


def _of_part(method: str, none: Any, estimator: Any, part: Any) -> Any:
    return getattr(estimator, method)(part) if part.shape[0] else none
