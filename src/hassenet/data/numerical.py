"""A column of numbers with gaps, or spelled with marks of its own."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import final

import numpy as np

from hassenet.data.columns import Columns
from hassenet.data.levels import Levels
from hassenet.data.marks import PLAIN, Marks, as_numbers
from hassenet.data.not_numbers import not_numbers
from hassenet.data.variable import Array, Values, Variable


@final
@dataclass(frozen=True)
class Numerical(Variable):
    """A number a row: one feature, which is the column, and another that says where it is missing.

    Parameters
    ----------
    name : str
    gaps : bool
        Whether values were missing in training.
    marks : Marks
        How its numbers are spelled where they are text.

    Examples
    --------
    >>> from hassenet.data.table import columns_of
    >>> from hassenet.tables import Table
    >>> price = Numerical("price", marks=Marks(".", ","))
    >>> table = Table({"price": np.array(["1,250", "80", None], object)})
    >>> price.read(columns_of(table), "price").features
    [array([1250.,   80.,   nan])]
    """

    name: str
    gaps: bool = False
    marks: Marks = PLAIN

    @property
    def parts(self) -> tuple[str, ...]:
        """The column itself."""
        return (self.name,)

    @property
    def words(self) -> str:
        """The word for numbers."""
        return "numbers"

    @property
    def details(self) -> str:
        """How numbers are spelled."""
        return self.marks.words

    @property
    def is_covering(self) -> bool:
        """The column is a feature."""
        return False

    def read(self, columns: Columns, column: Hashable) -> Values:
        """Return the numbers."""
        numbers = columns.numbers(column)
        found = self._spelled(columns, column) if numbers is None else np.asarray(numbers, np.float64)
        return Values([found], np.isnan(found))

    def _spelled(self, columns: Columns, column: Hashable) -> Array:
        levels = Levels.of(columns.cells(column), self.name)
        numbers = as_numbers(levels.values, self.marks)
        if np.isnan(numbers).any():
            raise not_numbers({self.name: levels.example(int(np.argmax(np.isnan(numbers))))})
        return np.append(numbers, np.nan)[levels.codes]
