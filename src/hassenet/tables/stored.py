"""A column as its file holds it, and what it stands for."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.arrow import trimmed
from hassenet.errors import DataError
from hassenet.files.optional import pyarrow

Column = NDArray[Any]

MISSING = (
    "",
    "#N/A",
    "#N/A N/A",
    "#NA",
    "-1.#IND",
    "-1.#QNAN",
    "-NaN",
    "-nan",
    "1.#IND",
    "1.#QNAN",
    "?",  # as the UCI repository writes it
    "N/A",
    "NA",
    "NULL",
    "NaN",
    "n/a",
    "nan",
    "null",
)
"""The spellings of a missing value."""

_WHOLE = re.compile(r"-?\d+")
_CODE = r"^\s*[+-]?0[0-9]+\s*$"
_TRUE = ("1", "True", "TRUE", "true")
_FALSE = ("0", "False", "FALSE", "false")


class Stored(ABC):
    """A column of a file; ``AsText`` and ``Typed`` are concrete. Its values are made when they are asked for."""

    cells: Any
    """The cells as the file holds them, an array of Arrow."""

    @property
    @abstractmethod
    def values(self) -> Column:
        """Numbers (NaN where one is missing), truth values, or text (None where it is missing).

        Raises
        ------
        DataError
            If they are something else, as lists.
        """

    @property
    @abstractmethod
    def numbers(self) -> Column | None:
        """Numbers or truth values, NaN where one is missing; None where there is something else, as categories."""

    @property
    @abstractmethod
    def trimmed(self) -> Any:
        """The cells, text without blanks around it, null where a value is missing."""

    @abstractmethod
    def take(self, rows: NDArray[np.int64]) -> Stored:
        """Return some of the rows."""


@final
@dataclass(frozen=True, eq=False)
class AsText(Stored):
    """A column of a text file: every cell as it is spelled.

    Parameters
    ----------
    name : str
    cells : array of Arrow
        Text.
    decimal : "." or ","
        The decimal mark of its numbers.
    """

    name: str
    cells: Any
    decimal: str = "."

    @cached_property
    def values(self) -> Column:
        """Numbers if each is one, as :attr:`Stored.values`."""
        return self._texts() if self.numbers is None else self.numbers

    @cached_property
    def numbers(self) -> Column | None:
        """Numbers if each is one, as :attr:`Stored.numbers`."""
        found = self._plain() if self.decimal == "." and len(self.cells) else None
        return self._numbers() if found is None else found

    def take(self, rows: NDArray[np.int64]) -> AsText:
        """Return some of the rows."""
        return AsText(self.name, self.cells.take(pyarrow().array(rows)), self.decimal)

    @property
    def are_codes(self) -> bool:
        """Whether these are whole numbers of which some are spelled with zeros before them, as 007."""
        if self.numbers is None or not _are_whole(self.numbers):
            return False
        compute = pyarrow("compute")
        return bool(compute.any(compute.match_substring_regex(self.cells, _CODE)).as_py())

    @cached_property
    def trimmed(self) -> Any:
        """The cells without blanks around them, null where a value is missing."""
        compute = pyarrow("compute")
        trimmed = compute.ascii_trim_whitespace(self.cells)
        missing = compute.is_in(trimmed, value_set=_spellings(MISSING))
        return compute.if_else(missing, pyarrow().scalar(None, "string"), trimmed)

    def _plain(self) -> Column | None:
        """Return numbers where all cells are, none is missing and none has blanks around it: a fast way for most."""
        found = _cast_to("int64" if _WHOLE.fullmatch(str(self.cells[0])) else "float64", self.cells)
        return None if found is None else np.array(found.to_numpy())

    def _numbers(self) -> Column | None:
        """Return whole numbers, truth values or numbers, whichever all cells are first; None for others."""
        if self.trimmed.null_count == len(self.trimmed):
            return np.full(len(self.cells), np.nan)
        spelled = self._with_points()
        attempts = (partial(_cast_to, "int64"), _truths, partial(_cast_to, "float64"))
        found = next((array for attempt in attempts if (array := attempt(spelled)) is not None), None)
        return None if found is None else as_array(self.name, found)

    def _with_points(self) -> Any:
        """Return the cells with points in decimal numbers; where commas are asked for, a point makes no number."""
        if self.decimal == ".":
            return self.trimmed
        compute = pyarrow("compute")
        marked = compute.replace_substring(self.trimmed, ".", "._")
        return compute.replace_substring(marked, ",", ".")

    def _texts(self) -> Column:
        compute = pyarrow("compute")
        gaps = compute.is_null(self.trimmed)
        cells = compute.if_else(gaps, pyarrow().scalar(None, "string"), self.cells)
        return np.array(cells.to_pylist(), object)


def _are_whole(numbers: Column) -> bool:
    if numbers.dtype.kind != "f":
        return numbers.dtype.kind in "iu"
    known = numbers[~np.isnan(numbers)]
    return bool((known == np.round(known)).all())


@cache
def _spellings(texts: tuple[str, ...]) -> Any:
    return pyarrow().array(texts)


def _cast_to(kind: str, cells: Any) -> Any | None:
    """Return numbers where all cells are spelled so. To fail is slow for many, so one is tried alone."""
    try:
        return cells.cast(kind) if len(cells[:1].cast(kind)) else None
    except pyarrow().ArrowInvalid:
        return None


def _truths(cells: Any) -> Any | None:
    """Return truth values where all cells are spelled so."""
    compute = pyarrow("compute")
    if not compute.all(compute.is_in(cells, value_set=pyarrow().array([*_TRUE, *_FALSE, None]))).as_py():
        return None
    known = compute.is_in(cells, value_set=pyarrow().array(_TRUE))
    return compute.if_else(compute.is_null(cells), pyarrow().scalar(None, "bool"), known)


@final
@dataclass(frozen=True, eq=False)
class Typed(Stored):
    """A column with a type of Arrow.

    Parameters
    ----------
    name : str
    cells : array of Arrow
    """

    name: str
    cells: Any

    @cached_property
    def values(self) -> Column:
        """As :attr:`Stored.values`."""
        return as_array(self.name, self.cells)

    @property
    def numbers(self) -> Column | None:
        """As :attr:`Stored.numbers`."""
        return self.values if _is_of_numbers(self.cells.type) else None

    @cached_property
    def trimmed(self) -> Any:
        """The cells, text without blanks around it."""
        return trimmed(self.cells)

    def take(self, rows: NDArray[np.int64]) -> Typed:
        """Return some of the rows."""
        return Typed(self.name, self.cells.take(pyarrow().array(rows)))


def _is_of_numbers(kind: Any) -> bool:
    types = pyarrow("types")
    tests = (types.is_boolean, types.is_integer, types.is_floating, types.is_decimal, types.is_null)
    return any(test(kind) for test in tests)


def is_text(column: Stored) -> bool:
    """Return whether a column holds text, whatever it is spelled like."""
    types = pyarrow("types")
    return types.is_string(column.cells.type) or types.is_large_string(column.cells.type)


def as_array(name: str, column: Any) -> Column:
    """Return a typed column as numbers (missing: NaN), truth values, or text (missing: None).

    Raises
    ------
    DataError
        If it holds something else.
    """
    types = pyarrow("types")
    kind = column.type
    if types.is_dictionary(kind):
        return as_array(name, column.cast(kind.value_type))
    if types.is_null(kind):
        return np.full(len(column), np.nan)
    if types.is_boolean(kind) or types.is_integer(kind):
        return _whole_numbers(column)
    if types.is_floating(kind) or types.is_decimal(kind):
        return np.array(_cast(name, column, "float64").to_numpy(), np.float64)
    return np.array(_cast(name, column, "string").to_pylist(), object)


def _whole_numbers(column: Any) -> Column:
    if column.null_count:
        return np.array([np.nan if v is None else float(v) for v in column.to_pylist()])
    return np.array(column.to_numpy())


def _cast(name: str, column: Any, kind: str) -> Any:
    try:
        return column.cast(kind)
    except pyarrow().ArrowException:
        raise DataError(
            f"a column that is used holds numbers or text; {name!r} holds {column.type}; convert it, or leave it out: "
            f"--drop {name}"
        ) from None
