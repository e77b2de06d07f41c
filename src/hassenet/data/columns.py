"""The columns of a table, whatever library the table is of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]


class Columns(ABC):
    """Named columns of equal length; ``Frame`` and ``Mapped`` are concrete."""

    @property
    @abstractmethod
    def names(self) -> tuple[Hashable, ...]:
        """The name of each column; one may stand there twice."""

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of rows."""

    @abstractmethod
    def column(self, name: Hashable) -> Array:
        """Return a column whose name no other has: numbers, NaN where one is missing, or what else it holds."""

    @abstractmethod
    def block(self, names: Sequence[Hashable]) -> Array:
        """Return columns side by side, of the type that their library finds for all; of objects, where for none."""
