"""AnnData in memory, or backed by a file: whatever has X, obs, var and layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy.sparse import csr_array, issparse

from hassenet.data.arrow import as_cells
from hassenet.data.compressed import check_sparse
from hassenet.errors import DataError, listing
from hassenet.files.optional import pyarrow
from hassenet.tables.annotated_parts import Index, Parts, is_index, no_x


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
        lacking = [part for part in ("X", "obs", "var") if not _has(self.data, part)]
        if lacking:
            raise DataError(
                f"AnnData has X, obs and var; {type(self.data).__name__} has no {lacking[0]}; give the path of a .h5ad "
                "file, or an AnnData object"
            )

    def matrix(self, layer: str | None) -> Any:
        """As :meth:`Parts.matrix`."""
        self.require_layer(layer)
        if self.is_raw(layer):
            return as_matrix(self.data.raw.X)
        if not self.is_x(layer):
            return as_matrix(self.data.layers[layer])
        if (X := _x_of(self.data)) is None:
            raise no_x(self.name, self.layers)
        return as_matrix(X)

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers."""
        return tuple(getattr(self.data, "layers", ()))

    @property
    def has_raw(self) -> bool:
        """Whether there is a raw matrix."""
        return getattr(self.data, "raw", None) is not None

    def variables(self, layer: str | None, column: str | None) -> Sequence[Any]:
        """As :meth:`Parts.variables`."""
        var = self.data.raw.var if self.is_raw(layer) else self.data.var
        by_index = is_index(self.name, column, str(var.index.name), [*map(str, var.columns)])
        labels = var.index if by_index else var[column]
        return [None if gap else label for label, gap in zip(labels, labels.isna(), strict=True)]

    @property
    def of_variables(self) -> tuple[str, ...]:
        """The columns of var."""
        return tuple(map(str, self.data.var.columns))

    def observations(self) -> tuple[Index, Mapping[str, Any]]:
        """As :meth:`Parts.observations`."""
        obs = self.data.obs
        names = [*map(str, obs.columns)]
        twice = [name for name, n in Counter(names).items() if n > 1]
        if twice:
            raise DataError(
                f"a column has its own name; obs of {self.name} repeats {listing(twice)}; rename or merge them"
            )
        index = Index(str(obs.index.name or ""), pyarrow().array([*map(str, obs.index)]))
        return index, {name: as_cells(obs[column]) for name, column in zip(names, obs.columns, strict=True)}


def _has(data: Any, part: str) -> bool:
    """Return whether an object has a part: also where it fails to give it, as one backed by a file without X does."""
    return hasattr(type(data), part) or hasattr(data, part)


def _x_of(data: Any) -> Any:
    try:
        return data.X
    except KeyError:  # of an object that is backed by a file without X
        return None


def as_matrix(X: Any) -> Any:
    """Return a matrix as an array in memory; a sparse one as csr_array, whose rows are the examples."""
    held = X.to_memory() if hasattr(X, "to_memory") else X
    check_sparse("X of the AnnData object", held)
    return csr_array(held) if issparse(held) else np.asarray(held[...] if hasattr(held, "id") else held)
