"""The columns of a table, whatever library the table is of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from typing import Any

from numpy.typing import NDArray

from hassenet.data.compact import is_compact
from hassenet.data.levels import Levels

Array = NDArray[Any]


def held_as_one(table: Any, names: Sequence[Hashable]) -> Any | None:
    """Return columns of a table as it holds them in one array, which may be sparse; None where it does not.

    Examples
    --------
    >>> held_as_one({"a": [1, 2]}, ["a"]) is None
    True
    """
    values: Any = getattr(table, "values", None)
    return values.part(names) if hasattr(values, "part") and values.holds(names) else None


def compact_columns(table: Any) -> frozenset[Hashable]:
    """Return the columns that a table of ours holds in one array that is sparse, or of whole numbers of one byte.

    Examples
    --------
    >>> sorted(compact_columns({"a": [1, 2]}))
    []
    """
    values: Any = table.values if hasattr(type(table), "held") else None  # those of pandas would be copied
    return frozenset(values.names) if is_compact(getattr(values, "X", None)) else frozenset()


def unread_columns(table: Any) -> tuple[str, ...]:
    """Return the columns that the file of a table of ours has, and that were not asked for.

    Examples
    --------
    >>> unread_columns({"a": [1, 2]})
    ()
    """
    return tuple(table.unread) if hasattr(type(table), "unread") else ()


def is_one_array(table: Any) -> bool:
    """Return whether a table holds all its columns in one array.

    Examples
    --------
    >>> is_one_array({"a": [1, 2]})
    False
    """
    return hasattr(getattr(table, "values", None), "part") and held_as_one(table, table.columns) is not None


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

    @property
    def are_one_block(self) -> bool:
        """Whether all are numbers that their library hands over at once; to look at each would take far longer."""
        return False

    @abstractmethod
    def numbers(self, name: Hashable) -> Array | None:
        """Return a column of numbers or truth values, NaN where one is missing; None for one of something else.

        Categories are something else, whatever they are called, and so is text that is not a number in every row.
        """

    @abstractmethod
    def are_codes(self, name: Hashable) -> bool:
        """Return whether a column of numbers is of codes: whole, and some of them spelled with zeros before."""

    @abstractmethod
    def cells(self, name: Hashable) -> Any:
        """Return a column as an array of Arrow, of text without blanks around it, null where a value is missing."""

    def kind(self, name: Hashable) -> Any:
        """Return the type that Arrow has for a column."""
        return self.cells(name).type

    def levels(self, name: Hashable) -> Levels:
        """Return the values of a column that are not missing, each once, and which of them each row has.

        Raises
        ------
        FeatureError
            If it holds something that has no levels, as durations or lists.
        """
        return Levels.of(self.cells(name), str(name))

    @abstractmethod
    def block(self, names: Sequence[Hashable]) -> Any:
        """Return columns side by side, of the type that their library finds for all; of objects, where for none.

        It is a sparse array where the table holds them so.
        """
