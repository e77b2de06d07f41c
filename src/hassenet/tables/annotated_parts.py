"""What is asked of AnnData, wherever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hassenet.errors import DataError, FeatureError, listing


class Index(NamedTuple):
    """The name of an index, "" for none, and its labels, an array of Arrow."""

    name: str
    cells: Any


class Parts(ABC):
    """The matrix, the observations and the variables of AnnData; ``H5ad`` and ``InMemory`` are concrete."""

    name: str
    """What messages call it."""

    @property
    @abstractmethod
    def layers(self) -> Sequence[str]:
        """The names of the layers."""

    @property
    @abstractmethod
    def has_raw(self) -> bool:
        """Whether there is a raw matrix."""

    def is_x(self, layer: str | None) -> bool:
        """Return whether X is meant: by no layer, or by its name, where no layer is called so."""
        return layer is None or (layer == X and X not in self.layers)

    def is_raw(self, layer: str | None) -> bool:
        """Return whether the raw matrix is meant, where no layer is called so."""
        return layer == RAW and RAW not in self.layers and self.has_raw

    def require_layer(self, layer: str | None) -> None:
        """Refuse a layer that there is not.

        Raises
        ------
        FeatureError
        """
        if self.is_x(layer) or self.is_raw(layer) or layer in self.layers:
            return
        there = [*self.layers, *([RAW] if self.has_raw else [])]
        has = f"there is {listing(there)}" if there else "there are none"
        raise FeatureError(
            f"a layer is one of the file's; {self.name} has none called {layer!r}; {has}; name one, or take X: "
            "layer='X' (--layer X)"
        )

    @abstractmethod
    def matrix(self, layer: str | None) -> Any:
        """Return a layer, or X, as an array or a csr_array.

        Raises
        ------
        FeatureError
            If there is no such layer.
        """

    @abstractmethod
    def variables(self, layer: str | None, column: str | None) -> Sequence[Any]:
        """Return the labels of a column of var, or of its index; of raw, its own.

        Raises
        ------
        FeatureError
            If there is no such column.
        """

    @property
    @abstractmethod
    def of_variables(self) -> tuple[str, ...]:
        """The columns of var."""

    @abstractmethod
    def observations(self) -> tuple[Index, Mapping[str, Any]]:
        """Return the index of obs and its columns, arrays of Arrow."""


INDEX = "_index"
"""The name of an index that has no other."""
X, RAW = "X", "raw"
"""The layers that stand for X, and for the raw matrix with variables of its own."""


def no_x(name: str, layers: Sequence[str]) -> DataError:
    """Return the error about an X that there is not."""
    if not layers:
        return DataError(
            f"AnnData has its numbers in X or in a layer; {name} has neither; add one, or write obs as a table: "
            "adata.obs.to_csv('cells.csv')"
        )
    return DataError(
        f"AnnData whose X is empty has its numbers in a layer; {name} has {listing(layers)}; name one as layer=… "
        "(--layer)"
    )


def is_index(name: str, column: str | None, index: str, there: Sequence[str]) -> bool:
    """Return whether variables are named by the index of var: by no column, or by its name, which no column has.

    Raises
    ------
    FeatureError
        If there is no such column either.
    """
    if column is None or column in there:
        return column is None
    if column not in (INDEX, index):
        has = f"there is {listing(there)}" if there else "there are none"
        raise FeatureError(
            f"variables are named by a column of var; that of {name} has no {column!r}; {has}; name one, or take its "
            f"index: names={INDEX!r} (--var-names {INDEX})"
        )
    return True
