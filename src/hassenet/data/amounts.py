"""Numbers that a column holds as text, as targets and exposures may be: read as those of features are."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.arrow import is_of_times, is_text, may_be_levels
from hassenet.data.columns import Columns
from hassenet.data.dates import CLOCKS, form_of
from hassenet.data.found_text import MOST_SPELLED, marks_in
from hassenet.data.levels import Levels
from hassenet.data.marks import PLAIN, Marks, marks_of, units_of
from hassenet.data.negated import negated, of_parentheses
from hassenet.data.numerical import spelled_numbers
from hassenet.data.part_of_all import is_a_part
from hassenet.data.stand_ins import stand_ins, without_stand_ins
from hassenet.errors import DataError, ParameterError

Array = NDArray[Any]
CORRECT = "correct it"
"""The remedy for what is not known to be anything."""
_OF_DATES = "give a number in place of a date, as days since the first"
_OF_CLOCKS = "give a number in place of a time, as hours"


@final
class Amounts(NamedTuple):
    """A column of text as numbers.

    Attributes
    ----------
    numbers : (m,) array
        NaN where one is missing.
    marks : Marks
        How they are spelled.
    stand_ins : tuple of str
        The words among them that stand for nothing, and in how many rows each does.
    negated : int
        How many rows have a number in parentheses, which is negative.
    """

    numbers: Array
    marks: Marks
    stand_ins: tuple[str, ...]
    negated: int = 0

    @property
    def known(self) -> Array:
        """The numbers that are there."""
        return self.numbers[~np.isnan(self.numbers)]

    def notes(self, name: Hashable) -> list[str]:
        """Return what is to be said of a column that is read so."""
        spelled = f"the numbers of {name!r} are read with {self.marks.words}; if that is wrong, write them as 1234.5"
        words = f"words that stand for nothing count as missing among numbers: {name!r} {', '.join(self.stand_ins)}"
        found = [spelled] * (self.marks != PLAIN) + [words] * bool(self.stand_ins)
        return found + [of_parentheses([(name, self.negated)])] * bool(self.negated)


def amounts_in(columns: Columns, column: Hashable) -> Amounts | None:
    """Return the numbers of a column of text; None of one that is of numbers already, of codes, or of anything else.

    Raises
    ------
    DataError
        If the rows are a part of all, and spelled with marks: others may say that these mean something else, as 1,5
        beside 1,250.

    Examples
    --------
    >>> from hassenet.data.table import columns_of
    >>> from hassenet.tables import Table
    >>> table = Table(
    ...     {"paid": np.array(["1,250", "80", None], object), "plate": np.array(["007", "12", "1"], object)}
    ... )
    >>> amounts_in(columns_of(table), "paid").numbers
    array([1250.,   80.,   nan])
    >>> amounts_in(columns_of(table), "plate") is None
    True
    """
    if not is_text(columns.kind(column)) or columns.numbers(column) is not None:
        return None
    levels = columns.levels(column)
    found = amounts_of(levels)
    if found is not None and is_a_part() and (found.negated or marks_of(levels.values) != PLAIN):
        raise DataError(
            f"how numbers are spelled all rows say, and not a part of them, which may hold 1234.5 in text; {column!r} "
            "holds others, or words; make it a column of numbers before rows are divided"
        )
    return found


def amounts_of(levels: Levels) -> Amounts | None:
    """Return the numbers that the levels of text spell; None where they are codes, or anything else.

    Examples
    --------
    >>> from hassenet.data.arrow import as_cells
    >>> amounts_of(Levels.of(as_cells(["1.5", "2.25", "1.5"]), "years")).numbers
    array([1.5 , 2.25, 1.5 ])
    """
    without = without_stand_ins(levels)
    known = without if len(without) > MOST_SPELLED else levels
    marks = marks_in(known) if len(known) else None
    numbers = None if marks is None else spelled_numbers(known, marks)
    if numbers is None or marks is None:
        return None
    return Amounts(numbers, marks, tuple(stand_ins(levels, known)), negated(known))


def why_no_amounts(columns: Columns, column: Hashable) -> str:
    """Return what to do about a column of which no numbers are read: the remedy that suits what it holds.

    Examples
    --------
    >>> from hassenet.data.table import columns_of
    >>> from hassenet.tables import Table
    >>> table = Table(
    ...     {
    ...         "dose": np.array(["5 mg", "7 mg"], object),
    ...         "born": np.array(["1970-01-31", "1971-02-01"], object),
    ...     }
    ... )
    >>> why_no_amounts(columns_of(table), "dose")
    "write the unit, 'mg', into the column's name and not into the cells"
    >>> why_no_amounts(columns_of(table), "born")
    'give a number in place of a date, as days since the first'
    """
    return why_none(columns.kind(column), partial(columns.levels, column))


def why_none(kind: Any, levels: Callable[[], Levels]) -> str:
    """Return what to do about cells of a type of Arrow of which no numbers are read."""
    if is_of_times(kind):
        return _OF_DATES
    if not may_be_levels(kind):
        return f"give a number in place of {kind}"
    texts = levels().values if is_text(kind) else ()
    return _of_text(texts) if len(texts) else CORRECT


def _of_dates(texts: Any) -> str:
    """Return what to do about dates, of whatever order of day and month, or times of day; "" of others."""
    try:
        form = form_of(texts)
    except ParameterError:
        return _OF_DATES
    return (form and (_OF_CLOCKS if form in CLOCKS else _OF_DATES)) or ""


def _of_text(texts: Any) -> str:
    if remedy := _of_dates(texts):
        return remedy
    units = [unit for unit in units_of(texts) if unit]
    if units:
        return f"write the unit, {units[0]!r}, into the column's name and not into the cells"
    return CORRECT
