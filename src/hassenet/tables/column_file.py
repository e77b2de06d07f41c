"""What a file of typed columns is: groups of rows, which are read some at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any


class ColumnFile(ABC):
    """A file of typed columns that is open; ``ParquetFile`` and ``ArrowFile`` are concrete.

    What cannot be read is an error of Arrow or of the system: the name of the file is known where it is opened.

    Attributes
    ----------
    kind : str
        "Parquet" or "Arrow".
    schema : pyarrow.Schema
    groups : tuple of int
        The rows of each group: those that can be read without the ones before.
    end : object
        What was read to know the groups, with which the file is opened again without reading that anew.
    end_bytes : int
        How much memory that takes.
    at_once : int
        How many rows are decoded together, at least.
    """

    kind: str
    schema: Any
    groups: tuple[int, ...]
    end: Any
    end_bytes: int
    at_once: int = 1

    @property
    @abstractmethod
    def about(self) -> int:
        """How many bytes all columns have, about, as far as that is known without decoding them."""

    @abstractmethod
    def unfolded(self, names: Sequence[str]) -> int:
        """Return how many bytes columns have once they are not compressed, or those of all where that is not known."""

    def bounds(self, names: Sequence[str]) -> dict[str, tuple[float, float]]:
        """Return the least and the largest number of columns of which the file says them; here of none."""
        return {}

    @abstractmethod
    def batches(self, names: Sequence[str], rows: int, group: int | None = None) -> Iterator[Any]:
        """Yield columns of a group, or of all, so many rows at most at a time, in the order of the file."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the file."""
