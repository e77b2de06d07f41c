"""Covers as arrays: compressed rows of a sparse layer, nothing for a complete one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from hassenet.errors import StorageError
from hassenet.hierarchy.covers import Covers
from hassenet.storage.tensors import Arrays, Expected

Kind = Literal["complete", "sparse"]
Shape = tuple[int, int]


def kinds(layers: Sequence[Covers]) -> list[Kind]:
    """Return which layers are complete and which sparse."""
    return ["complete" if layer.is_complete else "sparse" for layer in layers]


def arrays_of(layers: Sequence[Covers]) -> dict[str, NDArray[Any]]:
    """Return the index arrays of the sparse layers."""
    arrays: dict[str, NDArray[Any]] = {}
    for i, layer in enumerate(layers):
        if not layer.is_complete:
            arrays[f"covers.{i}.indptr"] = np.ascontiguousarray(layer.csr.indptr, np.int64)
            arrays[f"covers.{i}.indices"] = np.ascontiguousarray(layer.csr.indices, np.int32)
    return arrays


def expected(kinds: Sequence[Kind], sizes: Sequence[int]) -> Mapping[str, Expected]:
    """Return the arrays that the layers must have."""
    arrays = {}
    for i, kind in enumerate(kinds):
        if kind == "sparse":
            arrays[f"covers.{i}.indptr"] = Expected("int64", (sizes[i + 1] + 1,))
            arrays[f"covers.{i}.indices"] = Expected("int32", (None,))
    return arrays


def covers_from(arrays: Arrays, i: int, kind: Kind, shape: Shape) -> Covers:
    """Return the covers of layer i.

    Raises
    ------
    StorageError
        If the index arrays are not sorted rows of distinct positions.
    """
    if kind == "complete":
        return Covers(shape)
    indptr, indices = arrays[f"covers.{i}.indptr"], arrays[f"covers.{i}.indices"]
    _check_rows(i, indptr, indices, shape)
    pattern = csr_array((np.ones(len(indices), bool), indices.copy(), indptr.copy()), shape=shape)
    return Covers(shape, pattern)


def _check_rows(i: int, indptr: NDArray[Any], indices: NDArray[Any], shape: Shape) -> None:
    if indptr[0] != 0 or indptr[-1] != len(indices) or (indptr[1:] < indptr[:-1]).any():
        raise StorageError(f"covers.{i}.indptr must grow from 0 to the number of covers, {len(indices)}")
    if len(indices) and not 0 <= indices.min() <= indices.max() < shape[1]:
        raise StorageError(
            f"covers.{i}.indices must lie between 0 and {shape[1] - 1}, the positions in rank {i}"
        )
    follows = np.diff(indices) > 0
    starts = indptr[1:-1]
    follows[starts[(0 < starts) & (starts < len(indices))] - 1] = True
    if not follows.all():
        raise StorageError(f"covers.{i}.indices must grow along each row, none twice")
