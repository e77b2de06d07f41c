"""Tables whose rows lie in other processes, as on the machines of a cluster."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from numpy.typing import NDArray

from hassenet.data.counted_cells import CountedCells
from hassenet.data.doubts import Doubts
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.known import Known

Array = NDArray[Any]


class TableElsewhere(ABC):
    """A table that stays where it is: what may be asked of its columns before they are features.

    Columns of numbers are known by sums and bounds, others, as text and dates, by how often each cell stands there.
    """

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns."""

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of rows."""

    @property
    @abstractmethod
    def of_numbers(self) -> frozenset[str]:
        """Return the columns that hold numbers wherever their rows lie."""

    @property
    @abstractmethod
    def has_gaps(self) -> bool:
        """Return whether a column of numbers misses some."""

    @abstractmethod
    def known(self, names: Sequence[str], rows: Array | None) -> Known:
        """Return what is known of columns of numbers, from some rows."""

    @abstractmethod
    def doubts(self, names: Sequence[str], rows: Array | None) -> Doubts:
        """Return what of columns of numbers may be meant otherwise, as some rows have them."""

    @abstractmethod
    def medians(self, names: Sequence[str], rows: Array | None) -> Array:
        """Return the median of each of these columns in some rows, gaps aside; NaN where it has no value."""

    @abstractmethod
    def counted(self, names: Sequence[str], rows: Array | None) -> list[CountedCells]:
        """Return the different cells of each of these columns, counted in all rows and in some."""

    @abstractmethod
    def cells(self, names: Sequence[str]) -> Any:
        """Return whole columns, a table of Arrow, here."""

    @abstractmethod
    def brought(self, rows: Array | None) -> Any:
        """Return some rows, or all, here, a table of a library: for few of them."""

    @property
    @abstractmethod
    def numbers(self) -> Elsewhere:
        """Return the columns side by side, all of which are numbers."""

    @abstractmethod
    def through(self, function: Callable[[Any], Any], made: Sequence[str]) -> Elsewhere:
        """Return the features that a function makes of the rows, where they are."""
