"""A column of numbers with gaps, or spelled with marks of its own."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from hassenet.data.arrow import is_of_times, may_be_levels
from hassenet.data.columns import Columns
from hassenet.data.levels import Levels
from hassenet.data.marks import PLAIN, Marks, as_numbers
from hassenet.data.negated import negated
from hassenet.data.not_numbers import not_numbers
from hassenet.data.objects import Other
from hassenet.data.stand_ins import without_stand_ins
from hassenet.data.truths import as_zeros_and_ones
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
    negated : bool
        Whether some stood in parentheses in training, which makes them negative.

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
    negated: bool = False

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
        numbers, in_parentheses = numbers_read(columns, column, self.marks)
        if numbers is None:
            raise not_numbers({self.name: _example(without_stand_ins(columns.levels(column)), self.marks)})
        found = np.asarray(numbers, np.float64)
        return Values([found], np.isnan(found), negated=0 if self.negated else in_parentheses)


def numbers_read(columns: Columns, column: Hashable, marks: Marks = PLAIN) -> tuple[Array | None, int]:
    """Return a column of numbers or truth values, or of text that spells them, and how many rows have parentheses.

    Numbers are NaN where they are missing; there are none of anything else.

    Examples
    --------
    >>> from hassenet.data.table import columns_of
    >>> from hassenet.tables import Table
    >>> numbers_read(columns_of(Table({"ill": np.array(["TRUE", None, "false"], object)})), "ill")
    (array([ 1., nan,  0.]), 0)
    >>> numbers_read(columns_of(Table({"score": np.array(["(8.5)", "3"], object)})), "score")
    (array([-8.5,  3. ]), 1)
    """
    numbers = columns.numbers(column)
    if numbers is not None or not may_be_levels(columns.kind(column)) or is_of_times(columns.kind(column)):
        return numbers, 0
    levels = without_stand_ins(columns.levels(column))
    found = spelled_numbers(levels, marks)
    return found, 0 if found is None else negated(levels)


def spelled_numbers(levels: Levels, marks: Marks) -> Array | None:
    """Return the number that each row spells, NaN where it is missing; None where a row spells something else."""
    numbers = numbers_spelled(levels.values, marks)
    return None if np.isnan(numbers).any() else np.append(numbers, np.nan)[levels.codes]


def numbers_spelled(texts: Any, marks: Marks) -> Array:
    """Return the number of each text, 0 and 1 where all are truth values, NaN for one that does not spell any."""
    truths = as_zeros_and_ones(texts)
    return as_numbers(texts, marks) if truths is None else truths


def _example(levels: Levels, marks: Marks) -> Other:
    return levels.example(int(np.argmax(np.isnan(as_numbers(levels.values, marks)))))
