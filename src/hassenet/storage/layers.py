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
    """Return the index arrays of the sparse layers, and the signs of those in which covers have some."""
    arrays: dict[str, NDArray[Any]] = {}
    for i, layer in enumerate(layers):
        if not layer.is_complete:
            arrays[f"covers.{i}.indptr"] = np.ascontiguousarray(layer.csr.indptr, np.int64)
            arrays[f"covers.{i}.indices"] = np.ascontiguousarray(layer.csr.indices, np.int32)
        if layer.signs is not None:
            arrays[f"covers.{i}.signs"] = layer.signs
    return arrays


def signed(layers: Sequence[Covers]) -> list[int]:
    """Return the layers in which covers have signs."""
    return [i for i, layer in enumerate(layers) if layer.signs is not None]


def expected(kinds: Sequence[Kind], sizes: Sequence[int], signed: Sequence[int]) -> Mapping[str, Expected]:
    """Return the arrays that the layers must have.

    Raises
    ------
    StorageError
        If there is no such layer as one with signs, or it is named twice.
    """
    if signed != sorted(set(signed)) or not set(signed) <= set(range(len(kinds))):
        raise StorageError(f"signed names layers, 0 to {len(kinds) - 1}, each once in order; got {signed}")
    arrays = {f"covers.{i}.signs": Expected("int8", (None,)) for i in signed}
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
        If the index arrays are not sorted rows of distinct positions, or signs are not those of the covers.
    """
    covers = _unsigned(arrays, i, kind, shape)
    signs = arrays.get(f"covers.{i}.signs")
    if signs is None:
        return covers
    if len(signs) != covers.n or not np.isin(signs, (-1, 0, 1)).all() or not signs.any():
        raise StorageError(
            f"covers.{i}.signs must be 1, -1 or 0, one a cover, {covers.n:,} of them, and not all of them 0"
        )
    return covers.with_signs(signs.copy())


def _unsigned(arrays: Arrays, i: int, kind: Kind, shape: Shape) -> Covers:
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
