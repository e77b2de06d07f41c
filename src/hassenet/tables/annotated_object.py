"""AnnData in memory, or backed by a file: whatever has X, obs, var and layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy.sparse import csr_array, issparse

from hassenet.data.compressed import check_sparse
from hassenet.errors import DataError
from hassenet.files.optional import pyarrow
from hassenet.tables.annotated_parts import RAW, Index, Parts, no_column, no_layer


@final
@dataclass(frozen=True)
class InMemory(Parts):
    """An AnnData object.

    Parameters
    ----------
    data : AnnData
        Or what has the same attributes, with frames of pandas for ``obs`` and ``var``.

    Raises
    ------
    DataError
        If it has them not.
    """

    data: Any
    name = "the AnnData object"

    def __post_init__(self) -> None:
        """Refuse other objects."""
        lacking = [part for part in ("X", "obs", "var") if not hasattr(self.data, part)]
        if lacking:
            raise DataError(
                f"AnnData has X, obs and var; {type(self.data).__name__} has no {lacking[0]}; give the path of a .h5ad "
                "file, or an AnnData object"
            )

    def matrix(self, layer: str | None) -> Any:
        """As :meth:`Parts.matrix`."""
        layers = getattr(self.data, "layers", {})
        if layer is None or layer in layers:
            return as_matrix(self.data.X if layer is None else layers[layer])
        if self._is_raw(layer):
            return as_matrix(self.data.raw.X)
        raise no_layer(self.name, layer, list(layers))

    def _is_raw(self, layer: str | None) -> bool:
        of_layers = layer in getattr(self.data, "layers", {})
        return layer == RAW and not of_layers and getattr(self.data, "raw", None) is not None

    def variables(self, layer: str | None, column: str | None) -> Sequence[Any]:
        """As :meth:`Parts.variables`."""
        var = self.data.raw.var if self._is_raw(layer) else self.data.var
        if column is not None and column not in var.columns:
            raise no_column(self.name, column, self.of_variables)
        labels = var.index if column is None else var[column]
        return [None if gap else label for label, gap in zip(labels, labels.isna(), strict=True)]

    @property
    def of_variables(self) -> tuple[str, ...]:
        """The columns of var."""
        return tuple(map(str, self.data.var.columns))

    def observations(self) -> tuple[Index, Mapping[str, Any]]:
        """As :meth:`Parts.observations`."""
        obs = self.data.obs
        index = Index(str(obs.index.name or ""), pyarrow().array([*map(str, obs.index)]))
        return index, {str(name): pyarrow().array(obs[name], from_pandas=True) for name in obs.columns}


def as_matrix(X: Any) -> Any:
    """Return a matrix as an array in memory; a sparse one as csr_array, whose rows are the examples."""
    if X is None:
        raise DataError("AnnData whose X is empty has its numbers in a layer; name it as layer=…")
    held = X.to_memory() if hasattr(X, "to_memory") else X
    check_sparse("X of the AnnData object", held)
    return csr_array(held) if issparse(held) else np.asarray(held[...] if hasattr(held, "id") else held)
