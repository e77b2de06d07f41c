"""A column of a text file in which few values stand again and again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.levels import Levels
from hassenet.files.optional import pyarrow
from hassenet.tables.stored import AsText, Column, Stored

_LEAST_ROWS = 5_000
_MOST_VALUES = 2**15 - 1
_MOST_OF_THE_FIRST = 0.6


def as_it_repeats(column: AsText) -> Stored:
    """Return a column as its values and their places, where few of many rows have their own; else as it is.

    Examples
    --------
    >>> few = as_it_repeats(AsText("x", pyarrow().array(["a", "b"] * 5000)))
    >>> few.codes.dtype, few.take(np.array([1, 3])).cells.to_pylist()
    (dtype('int8'), ['b', 'b'])
    """
    if not _seems_to_repeat(column):
        return column
    levels = Levels.of(column.text, column.name)
    return Repeated.of(column, levels) if len(levels) <= _MOST_VALUES else column


def _seems_to_repeat(column: AsText) -> bool:
    """Return whether the first rows have far fewer values than there are rows."""
    first = column.text[:_LEAST_ROWS]
    if len(first) < _LEAST_ROWS or column.text.null_count:
        return False
    return bool(pyarrow("compute").count_distinct(first).as_py() <= _MOST_OF_THE_FIRST * _LEAST_ROWS)


@final
@dataclass(frozen=True, eq=False)
class Repeated(Stored):
    """A column of a text file: its different cells, as they are spelled, and which of them each row has.

    Parameters
    ----------
    different : AsText
        Each cell once, and none that no row has.
    codes : (m,) array of int
        The place of each row's cell among them.
    """

    different: AsText
    codes: NDArray[Any]

    @staticmethod
    def of(column: AsText, levels: Levels) -> Repeated:
        """Return a column whose cells have such levels."""
        different = column.like(column.name, pyarrow().chunked_array([levels.values]))
        return Repeated(different, _smallest(levels.codes, len(levels)))

    @property
    def name(self) -> str:  # type: ignore[override]  # it is that of its cells
        """The column's name."""
        return self.different.name

    @property
    def cells(self) -> Any:
        """The cells, one a row."""
        arrow = pyarrow()
        return self.different.text.take(arrow.array(self.codes))

    @property
    def kind(self) -> Any:
        """That of text."""
        return self.different.kind

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def values(self) -> Column:
        """As :attr:`Stored.values`."""
        return np.asarray(self.different.values[self.codes])

    @property
    def numbers(self) -> Column | None:
        """As :attr:`Stored.numbers`."""
        numbers = self.different.numbers
        return None if numbers is None else numbers[self.codes]

    @property
    def trimmed(self) -> Any:
        """As :attr:`Stored.trimmed`."""
        return self.different.trimmed.take(pyarrow().array(self.codes))

    @property
    def levels(self) -> Levels:
        """As :attr:`Stored.levels`."""
        levels = self.different.levels
        return Levels(levels.values, levels.codes[self.codes])

    @property
    def are_codes(self) -> bool:
        """As :attr:`Stored.are_codes`."""
        return self.different.are_codes

    @property
    def spelled(self) -> Column | None:
        """As :attr:`Stored.spelled`."""
        spelled = self.different.spelled
        return None if spelled is None else spelled[self.codes]

    def take(self, rows: NDArray[np.int64]) -> Repeated:
        """Return some of the rows, without the cells that none of them has."""
        return Repeated.of(self.different, Levels(self.different.text, self.codes).take(rows))

    def like(self, name: str, cells: Any) -> AsText:
        """As :meth:`Stored.like`."""
        return self.different.like(name, cells)


def _smallest(codes: NDArray[Any], n: int) -> NDArray[Any]:
    """Return numbers below n in the smallest type that holds them."""
    return codes.astype(np.int8 if n <= 2**7 else np.int16)
