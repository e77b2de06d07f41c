"""What is asked of AnnData, wherever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hassenet.errors import FeatureError, listing


class Index(NamedTuple):
    """The name of an index, "" for none, and its labels, an array of Arrow."""

    name: str
    cells: Any


class Parts(ABC):
    """The matrix, the observations and the variables of AnnData; ``H5ad`` and ``InMemory`` are concrete."""

    name: str
    """What messages call it."""

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


RAW = "raw"
"""The layer that stands for the raw matrix, with variables of its own."""


def no_layer(name: str, layer: str, there: Sequence[str]) -> FeatureError:
    """Return the error about a layer that there is not."""
    has = f"there is {listing(there)}" if there else "there are none"
    return FeatureError(
        f"a layer is one of the file's; {name} has none called {layer!r}; {has}; name one, or leave it out for X"
    )


def no_column(name: str, column: str, there: Sequence[str]) -> FeatureError:
    """Return the error about a column of var that there is not."""
    has = f"there is {listing(there)}" if there else "there are none"
    return FeatureError(
        f"variables are named by a column of var; that of {name} has no {column!r}; {has}; name one, or leave it out "
        "for its index"
    )
