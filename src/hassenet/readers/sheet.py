"""The rows of a file or of a data frame: cells, each row with its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from numbers import Number
from typing import Any, final

from hassenet._checks import is_whole_number
from hassenet.errors import DataError, ParameterError, listing
from hassenet.hierarchy.report import Count
from hassenet.readers.choices import absent, several

Column = Hashable
"""A column, by its name or by its number from 0; where names are numbers, as in a frame, by its name alone."""
Where = Mapping[Column, Hashable | Collection[Hashable]]
"""For each of some columns, the one value or the values that rows are kept for."""


Row = tuple[int, tuple[Any, ...]]
"""The number of a line, and its cells without the blanks around them; a plain tuple costs least by the million."""


@final
@dataclass(frozen=True)
class Sheet:
    """The rows of a file or of a data frame.

    Attributes
    ----------
    name : str
        What reports call it.
    place : str
        What messages call it.
    unit : str
        What a row is called: "line" or "row".
    rows : list of Row
        All of them, also a header that is the first line of a file.
    faults : tuple of Count
        What was wrong with the file.
    headed : bool
        Whether the first row is sure to be a header.
    dropped : tuple of Count
        What of the file is not a row.
    ends : (int, int), optional
        The columns of the two names, where the format says which these are.
    """

    name: str
    place: str
    unit: str
    rows: list[Row]
    faults: tuple[Count, ...] = ()
    headed: bool = False
    dropped: tuple[Count, ...] = ()
    ends: tuple[int, int] | None = None

    @property
    def body(self) -> list[Row]:
        """The rows without what is sure to be a header."""
        return self.rows[int(self.headed) :]

    @property
    def first(self) -> tuple[Any, ...]:
        """The cells of the first row."""
        return self.rows[0][1]

    def at(self, line: int) -> str:
        """Return where a row stands, for a message."""
        return f"{self.unit} {line} of {self.place}"

    def header(self) -> tuple[Any, ...]:
        """Return the names of the columns, which are the first row.

        Raises
        ------
        DataError
            If a name stands twice.
        """
        names = self.first
        twice = next((name for name, times in Counter(names).items() if times > 1), None)
        if twice is not None:
            places = " and ".join(str(k + 1) for k, name in enumerate(names) if name == twice)
            raise DataError(
                f"a column's name must stand once: {twice!r} heads columns {places} of {self.place}; "
                "rename one of them"
            )
        return names

    def column(self, column: Column, names: tuple[Any, ...]) -> int:
        """Return the number of a column among ``names``.

        Raises
        ------
        ParameterError
            If there is none.
        """
        if column in names:
            return names.index(column)
        labels = any(isinstance(name, Number) for name in names)
        if is_whole_number(column) and not labels and 0 <= column < len(names):
            return int(column)
        numbers = is_whole_number(column) and not labels
        has = f"the columns 0 to {len(names) - 1}" if numbers else f"the header {listing(names)}"
        raise ParameterError(
            f"a column must exist to be chosen: {self.place} has {has}, and no {column!r}; choose one of these"
        )

    def chosen(self, rows: list[Row], where: Where, names: tuple[Any, ...]) -> tuple[list[Row], list[Count]]:
        """Return the rows that have the values asked for, and the faults of values that no row has."""
        faults = []
        for column, wanted in where.items():
            k = self.column(column, names)
            values = several(f"rows by column {column!r}", wanted)
            cells = dict.fromkeys(self._values(rows, k, column))
            faults.append(absent(f"values of column {column!r} that no row has", values, cells))
            kept = set(values)  # in which pandas' NA may be looked up
            rows, there = [row for row in rows if row[1][k] in kept], rows
            if there and not rows:
                raise ParameterError(
                    f"a choice must leave rows: none of {self.place} has {listing(sorted(values, key=str))} in column "
                    f"{column!r}; there is, for instance, {listing(cells, 3)}; choose one of these"
                )
        return rows, faults

    def _values(self, rows: list[Row], k: int, column: Column) -> Iterator[Hashable]:
        for line, cells in rows:
            if not isinstance(cells[k], Hashable):
                raise DataError(
                    f"rows are chosen by text or numbers: {self.at(line)} has {cells[k]!r} in column {column!r}; "
                    "choose by another column"
                )
            yield cells[k]
