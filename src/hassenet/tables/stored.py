"""A column as its file holds it, and what it stands for."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.arrow import as_floats, may_be_levels, trimmed
from hassenet.data.levels import Levels
from hassenet.data.not_numbers import quoted
from hassenet.data.truths import as_truths
from hassenet.errors import DataError
from hassenet.files.optional import pyarrow
from hassenet.hierarchy.placeholders import MISSING

Column = NDArray[Any]

_SHORT = 10_000  # rows of a column whose numbers may be kept beside its text: there may be many columns
_WHOLE = re.compile(r"-?\d+")
_CODE = r"^\s*[+-]?0[0-9]+\s*$"
_OF_THOUSANDS = r"^[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?$"


class Stored(ABC):
    """A column of a file; ``AsText``, ``Repeated`` and ``Typed`` are concrete. Values are made when they are asked for.

    Attributes
    ----------
    name : str
    """

    name: str

    @property
    @abstractmethod
    def cells(self) -> Any:
        """The cells as the file holds them, an array of Arrow."""

    @property
    @abstractmethod
    def kind(self) -> Any:
        """The type of the cells."""

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of rows."""

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

    @property
    @abstractmethod
    def levels(self) -> Levels:
        """The values that are not missing, each once, and which of them each row has.

        Raises
        ------
        FeatureError
            If they have no levels, as lists.
        """

    @property
    @abstractmethod
    def are_codes(self) -> bool:
        """Whether these are whole numbers of which some are spelled with zeros before them, as 007."""

    @property
    @abstractmethod
    def spelled(self) -> Column | None:
        """Text as it is spelled, without blanks around it (missing: None); None for what is not of a text file."""

    @abstractmethod
    def take(self, rows: NDArray[np.int64]) -> Stored:
        """Return some of the rows."""

    @abstractmethod
    def like(self, name: str, cells: Any) -> Stored:
        """Return a column of other cells that is read as this one is."""


@final
@dataclass(frozen=True, eq=False)
class AsText(Stored):
    """A column of a text file: every cell as it is spelled.

    Parameters
    ----------
    name : str
    text : array of Arrow
    decimal : "." or ","
        The decimal mark of its numbers.
    """

    name: str
    text: Any
    decimal: str = "."

    @property
    def cells(self) -> Any:
        """The text."""
        return self.text

    @property
    def kind(self) -> Any:
        """That of text."""
        return self.text.type

    def __len__(self) -> int:
        return len(self.text)

    @cached_property
    def values(self) -> Column:
        """Numbers if each is one, as :attr:`Stored.values`."""
        numbers = self.numbers
        return self._texts() if numbers is None else numbers

    @property
    def numbers(self) -> Column | None:
        """Numbers if each is one, as :attr:`Stored.numbers`; of a long column they are not kept beside its text."""
        return self._kept_numbers if len(self) <= _SHORT else self._found_numbers()

    @cached_property
    def _kept_numbers(self) -> Column | None:
        return self._found_numbers()

    def _found_numbers(self) -> Column | None:
        found = self._plain() if self.decimal == "." and len(self.text) else None
        return self._numbers() if found is None else found

    def take(self, rows: NDArray[np.int64]) -> AsText:
        """Return some of the rows."""
        return AsText(self.name, self.text.take(pyarrow().array(rows)), self.decimal)

    @property
    def are_codes(self) -> bool:
        """Whether these are whole numbers of which some are spelled with zeros before them, as 007."""
        numbers = self.numbers if self._may_be_codes() else None
        return numbers is not None and _are_whole(numbers)

    def _may_be_codes(self) -> bool:
        """Return whether a cell is digits with a zero before them; what begins with a zero is mostly a decimal."""
        compute = pyarrow("compute")
        return bool(compute.any(compute.match_substring_regex(self.text, _CODE)).as_py())

    def like(self, name: str, cells: Any) -> AsText:
        """As :meth:`Stored.like`."""
        return AsText(name, cells, self.decimal)

    @property
    def levels(self) -> Levels:
        """As :attr:`Stored.levels`."""
        return Levels.of(self.trimmed, self.name)

    @property
    def spelled(self) -> Column | None:
        """As :attr:`Stored.spelled`."""
        return np.array(self.trimmed.to_pylist(), object)

    @property
    def trimmed(self) -> Any:
        """The cells without blanks around them, null where a value is missing."""
        return self._kept_trimmed if len(self) <= _SHORT else self._found_trimmed()

    @cached_property
    def _kept_trimmed(self) -> Any:
        return self._found_trimmed()

    def _found_trimmed(self) -> Any:
        compute = pyarrow("compute")
        trimmed = compute.ascii_trim_whitespace(self.text)
        missing = compute.is_in(trimmed, value_set=_spellings(MISSING))
        if not compute.any(missing).as_py():
            return trimmed
        return compute.if_else(missing, pyarrow().scalar(None, "string"), trimmed)

    def _plain(self) -> Column | None:
        """Return numbers where all cells are, none is missing and none has blanks around it: a fast way for most."""
        found = _cast_to("int64" if _WHOLE.fullmatch(str(self.text[0])) else "float64", self.text)
        return None if found is None else np.array(found.to_numpy())

    def _numbers(self) -> Column | None:
        """Return whole numbers, truth values or numbers, whichever all cells are first; None for others."""
        trimmed = self.trimmed
        if trimmed.null_count == len(trimmed):
            return np.full(len(trimmed), np.nan)
        spelled = self._with_points(trimmed)
        attempts = (partial(_cast_to, "int64"), as_truths, partial(_cast_to, "float64"))
        found = next((array for attempt in attempts if (array := attempt(spelled)) is not None), None)
        return None if found is None else as_array(self.name, found)

    def _with_points(self, trimmed: Any) -> Any:
        """Return cells with decimal points; beside decimal commas a point parts thousands, or makes no number."""
        if self.decimal == ".":
            return trimmed
        compute = pyarrow("compute")
        is_parted = compute.match_substring_regex(trimmed, _OF_THOUSANDS)
        marked = compute.replace_substring(trimmed, ".", "._")
        marked = compute.if_else(is_parted, compute.replace_substring(trimmed, ".", ""), marked)
        return compute.replace_substring(marked, ",", ".")

    def _texts(self) -> Column:
        compute = pyarrow("compute")
        gaps = compute.is_null(self.trimmed)
        cells = compute.if_else(gaps, pyarrow().scalar(None, "string"), self.text)
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


@final
@dataclass(frozen=True, eq=False)
class Typed(Stored):
    """A column with a type of Arrow.

    Parameters
    ----------
    name : str
    held : array of Arrow
    """

    name: str
    held: Any

    @property
    def cells(self) -> Any:
        """The cells."""
        return self.held

    @property
    def kind(self) -> Any:
        """The type of the cells."""
        return self.held.type

    def __len__(self) -> int:
        return len(self.held)

    @cached_property
    def values(self) -> Column:
        """As :attr:`Stored.values`."""
        return as_array(self.name, self.held)

    @property
    def numbers(self) -> Column | None:
        """As :attr:`Stored.numbers`."""
        return self.values if _is_of_numbers(self.held.type) else None

    @property
    def levels(self) -> Levels:
        """As :attr:`Stored.levels`."""
        return Levels.of(self.trimmed, self.name)

    @property
    def are_codes(self) -> bool:
        """Numbers of a type have no spelling."""
        return False

    @property
    def spelled(self) -> Column | None:
        """Values of a type have no spelling."""
        return None

    def like(self, name: str, cells: Any) -> Typed:
        """As :meth:`Stored.like`."""
        return Typed(name, cells)

    @property
    def trimmed(self) -> Any:
        """The cells, text without blanks around it."""
        return trimmed(self.held)

    def take(self, rows: NDArray[np.int64]) -> Typed:
        """Return some of the rows."""
        return Typed(self.name, self.held.take(pyarrow().array(rows)))


def is_text(column: Stored) -> bool:
    """Return whether a column holds text, whatever it is spelled like."""
    types = pyarrow("types")
    return types.is_string(column.kind) or types.is_large_string(column.kind)


def _is_of_numbers(kind: Any) -> bool:
    types = pyarrow("types")
    tests = (types.is_boolean, types.is_integer, types.is_floating, types.is_decimal, types.is_null)
    return any(test(kind) for test in tests)


def as_array(name: str, column: Any) -> Column:
    """Return a typed column as numbers (missing: NaN), truth values, or text (missing: None).

    Raises
    ------
    DataError
        If it holds something else.
    """
    types = pyarrow("types")
    kind = column.type
    if not may_be_levels(kind):
        raise _not_used(name, column)
    if types.is_dictionary(kind):
        return as_array(name, column.cast(kind.value_type))
    if types.is_null(kind):
        return np.full(len(column), np.nan)
    if types.is_boolean(kind) or types.is_integer(kind):
        return _whole_numbers(column)
    if types.is_floating(kind) or types.is_decimal(kind):
        return np.array(as_floats(column).to_numpy(), np.float64)
    return np.array(_cast(name, column, "string").to_pylist(), object)


def _whole_numbers(column: Any) -> Column:
    if column.null_count:
        return np.array(column.cast("float64", safe=False).to_numpy())
    return np.array(column.to_numpy())


def _cast(name: str, column: Any, kind: str) -> Any:
    try:
        return column.cast(kind)
    except pyarrow().ArrowException:
        raise _not_used(name, column) from None


def _not_used(name: str, column: Any) -> DataError:
    return DataError(
        f"a column that is used holds numbers or text; {name!r} holds {column.type}; convert it, or leave it out: "
        f"--drop {quoted(name)}"
    )
