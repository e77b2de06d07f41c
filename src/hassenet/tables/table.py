"""A table: named columns of equal length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.data.arrow import as_cells, trimmed
from hassenet.data.checks import NUMBERS, is_finite
from hassenet.data.levels import Levels
from hassenet.data.near_names import nearest
from hassenet.data.not_numbers import quoted, text_among_numbers
from hassenet.data.objects import as_numbers, first_other, shown_others
from hassenet.data.table import columns_of, matrix
from hassenet.errors import DataError, FeatureError, NotFiniteError, ShapeError, listing
from hassenet.files.optional import pyarrow
from hassenet.tables.block import Block
from hassenet.tables.cells import Cells
from hassenet.tables.rows import Rows
from hassenet.tables.stored import Column


@final
@dataclass(frozen=True, eq=False)
class Table:
    """Named columns of equal length: numbers and truth values as such, text as objects, NaN or None where missing.

    Parameters
    ----------
    values : mapping from str to array (m,)
        The columns by name, in their order; of a file, :class:`Cells` that are converted where they are used, or a
        :class:`Block`.

    Raises
    ------
    ShapeError
        If the columns differ in length.

    Examples
    --------
    >>> table = Table({"age": np.array([31, 64]), "city": np.array(["Bonn", None], object)})
    >>> table.columns, len(table)
    (('age', 'city'), 2)
    >>> table.text(table.columns)
    ['city']
    """

    values: Mapping[str, Column]

    def __post_init__(self) -> None:
        """Refuse columns of different lengths."""
        if isinstance(self.values, Cells | Block):
            return
        if len({len(column) for column in self.values.values()}) > 1:
            sizes = [f"{name} {len(column)}" for name, column in self.values.items()]
            raise ShapeError(
                f"columns are of equal length; got {listing(sizes)} rows; give as many rows to each"
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """The names, in order."""
        return tuple(self.values)

    @property
    def unread(self) -> tuple[str, ...]:
        """The names of further columns of the file, which were not asked for."""
        return self.values.unread if isinstance(self.values, Cells) else ()

    @property
    def row_labels(self) -> tuple[str, ...]:
        """The columns of a file that are the index of a frame of pandas: they are asked for by name."""
        return self.values.row_labels if isinstance(self.values, Cells) else ()

    def __len__(self) -> int:
        if isinstance(self.values, Cells | Block):
            return self.values.n_rows
        return next((len(column) for column in self.values.values()), 0)

    def __getitem__(self, name: str) -> Column:
        return self.values[name]

    @property
    def variables(self) -> tuple[str, ...]:
        """The columns that may be features: those of the block where the table has one, else all."""
        return self.values.names if isinstance(self.values, Block) else self.columns

    def held(self, names: Sequence[str]) -> Any:
        """Return columns side by side as the table holds them, (m, len(names)): those of a block in its own form.

        Examples
        --------
        >>> Table({"a": np.array([1, 2]), "b": np.array([True, False])}).held(["b", "a"])
        array([[1, 1],
               [0, 2]])
        """
        return matrix(columns_of(self), names, text_among_numbers)

    @property
    def _of_a_file(self) -> Cells:
        """The columns that are cells of a file."""
        if isinstance(self.values, Block):
            return self.values.beside
        return self.values if isinstance(self.values, Cells) else Cells({})

    def stored(self, name: str) -> Any:
        """Return a column as its file holds it, an array of Arrow: text as it is spelled."""
        beside = self._of_a_file
        if name in beside.stored:
            return beside.stored[name].cells
        return pyarrow().array(self.values[name])

    def numbers_in(self, name: str) -> Column | None:
        """Return a column of numbers or truth values, NaN where one is missing; None for one of something else.

        Examples
        --------
        >>> Table({"age": np.array([31, 64])}).numbers_in("age")
        array([31, 64])
        """
        if name in self._of_a_file.stored:
            return self._of_a_file.stored[name].numbers
        found = as_numbers(self.values[name])
        return found if found.dtype.kind in NUMBERS else None

    def are_codes(self, name: str) -> bool:
        """Return whether a column is of codes: whole numbers, of which a text file spells some with zeros before them.

        Examples
        --------
        >>> Table({"age": np.array([31, 64])}).are_codes("age")
        False
        """
        column = self._of_a_file.stored.get(name)
        return column is not None and column.are_codes

    def cells(self, name: str) -> Any:
        """Return a column as an array of Arrow, of text without blanks around it, null where a value is missing."""
        column = self._of_a_file.stored.get(name)
        return trimmed(as_cells(self.values[name])) if column is None else column.trimmed

    def kind_of(self, name: str) -> Any:
        """Return the type that Arrow has for a column."""
        column = self._of_a_file.stored.get(name)
        return self.cells(name).type if column is None else column.kind

    def levels_of(self, name: str) -> Levels:
        """Return the values of a column that are not missing, as text, each once, and which of them each row has.

        Examples
        --------
        >>> Table({"city": np.array(["Bonn", None, "Bonn"], object)}).levels_of("city").codes.tolist()
        [0, -1, 0]
        """
        column = self._of_a_file.stored.get(name)
        return Levels.of(self.cells(name), name) if column is None else column.levels

    def spelled(self, name: str) -> Column | None:
        """Return a column of a text file as it is spelled, without blanks around it (missing: None); None for others.

        Examples
        --------
        >>> Table({"age": np.array([31, 64])}).spelled("age") is None
        True
        """
        column = self._of_a_file.stored.get(name)
        return None if column is None else column.spelled

    def names_in(self, name: str) -> tuple[str, ...]:
        """Return a column as names: as it is spelled, where nothing stands for a number or for a missing value.

        Raises
        ------
        DataError
            If it holds something that is not spelled, as lists.
        """
        cells = self.stored(name)
        try:
            return tuple(str(value).strip() for value in cells.cast("string").to_pylist())
        except pyarrow().ArrowException:
            raise DataError(
                f"names are text or numbers; {name!r} holds {cells.type}; convert it, or name another column"
            ) from None

    def texts(self, name: str) -> list[str | None]:
        """Return a column as text: as its file spells it, else as Python does; None where a value is missing.

        Blanks around text do not belong to it.

        Examples
        --------
        >>> Table({"class": np.array([0.0, 1.0, np.nan])}).texts("class")
        ['0.0', '1.0', None]
        """
        spelled = self.spelled(name)
        values = self[name] if spelled is None else spelled
        gaps = _is_missing(values).tolist()
        return [None if gap else str(v).strip() for v, gap in zip(values.tolist(), gaps, strict=True)]

    def with_columns(self, columns: Mapping[str, Column]) -> Table:
        """Return a table with further columns; those of a name that is there take its place."""
        if not isinstance(self.values, Cells | Block):
            return Table({**self.values, **columns})
        new = Cells.typed({name: pyarrow().array(column) for name, column in columns.items()})
        if isinstance(self.values, Block):
            return Table(self.values.with_beside(new))
        return Table(Cells({**self.values.stored, **new.stored}, self.unread, self._labels_beside(columns)))

    def _labels_beside(self, columns: Mapping[str, Column]) -> tuple[str, ...]:
        return tuple(name for name in self.row_labels if name not in columns)

    def select(self, names: Iterable[str]) -> Table:
        """Return a table of some of the columns."""
        if isinstance(self.values, Cells | Block):
            return Table(self.values.select(names))
        return Table({name: self[name] for name in names})

    def labels(self, name: str) -> Column:
        """Return a column as classes are called: as its file spells them, numbers only where Python spells them so.

        Blanks around text do not belong to it.

        Examples
        --------
        >>> Table({"ill": np.array(["yes ", "no"], object)}).labels("ill")
        array(['yes', 'no'], dtype=object)
        """
        values, spelled = self[name], self.spelled(name)
        if values.dtype == object:
            return np.array([v.strip() if isinstance(v, str) else v for v in values.tolist()], object)
        if spelled is None or spelled.tolist() == list(map(str, values.tolist())):
            return values
        return spelled

    @property
    def iloc(self) -> Rows[Table]:
        """The rows by their places, as a data frame has them: scikit-learn divides a table by these.

        Examples
        --------
        >>> Table({"age": np.array([31, 64])}).iloc[[1]]["age"]
        array([64])
        """
        return Rows(self)

    @property
    def loc(self) -> Rows[Table]:
        """The rows of a mask, as :attr:`iloc`: rows of a table have no other names than their places."""
        return Rows(self)

    def take(self, rows: NDArray[np.int64], axis: Literal[0] = 0) -> Table:
        """Return some of the rows; there is no other axis to take from."""
        if isinstance(self.values, Cells | Block):
            return Table(self.values.take(rows))
        return Table({name: column[rows] for name, column in self.values.items()})

    @property
    def is_spelled(self) -> bool:
        """Whether the columns are those of a text file: what they are, all of their rows say together."""
        return isinstance(self.values, Cells) and self.values.are_spelled

    def above(self, others: Sequence[Table]) -> Table:
        """Return a table with the rows of others of the same columns, that are held alike, below its own.

        Examples
        --------
        >>> Table({"age": np.array([31])}).above([Table({"age": np.array([64])})])["age"]
        array([31, 64])
        """
        if isinstance(self.values, Cells):
            return Table(self.values.above([other._of_a_file for other in others]))
        if isinstance(self.values, Block):
            return Table(
                self.values.above([other.values for other in others if isinstance(other.values, Block)])
            )
        tables = (self, *others)
        return Table({name: np.concatenate([one[name] for one in tables]) for name in self.columns})

    def require_columns(self, names: Iterable[str], what: str) -> None:
        """Raise FeatureError, with the nearest names there are, if the table lacks one of ``names``."""
        for name in names:
            if name not in self.values:
                there = (*self.columns, *self.row_labels, *self.unread)
                raise FeatureError(
                    f"{what} is a column of the table; there is no {name!r}; {nearest(name, there)}"
                )

    def text(self, names: Iterable[str]) -> list[str]:
        """Return those of the columns that hold something else than numbers."""
        return [name for name in names if self.values[name].dtype == object]

    def not_numbers(self, names: Iterable[str]) -> str:
        """Return the columns that hold text, with a value of each that is not a number and its row; empty for none.

        Examples
        --------
        >>> Table({"dose": np.array(["1.5", "<0.5", None], object)}).not_numbers(["dose"])
        "'dose' (for instance '<0.5' in row 2)"
        """
        text = self.text(names)
        return listing(text) + shown_others({name: first_other(self[name]) for name in text}) if text else ""

    def missing(self, names: Iterable[str]) -> dict[str, int]:
        """Return how many values are missing, for the columns where any is."""
        counts = {name: int(_is_missing(self.values[name]).sum()) for name in names}
        return {name: count for name, count in counts.items() if count}

    def rows_without(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Return which rows miss a value in all of the columns.

        Examples
        --------
        >>> Table({"a": np.array([1, np.nan]), "b": np.array([np.nan, np.nan])}).rows_without(["a", "b"])
        array([False,  True])
        """
        return np.logical_and.reduce([_is_missing(self.values[name]) for name in names])

    def numbers(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return the columns as a matrix (m, len(names)) of finite numbers.

        Raises
        ------
        FeatureError
            If a column is not there, or holds text.
        NotFiniteError
            If values are missing or infinite.

        Examples
        --------
        >>> Table({"a": np.array([1, 2]), "b": np.array([True, False])}).numbers(["b", "a"])
        array([[1., 1.],
               [0., 2.]])
        """
        X = self._matrix(names)
        if not is_finite(X):
            _check_complete(np.isnan(X), names)
            _check_finite(np.isinf(X), names)
        return X

    def numbers_with_gaps(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return the columns as a matrix (m, len(names)) of finite numbers, NaN where a value is missing.

        Raises
        ------
        FeatureError
            If a column is not there, or holds text.
        NotFiniteError
            If values are infinite.

        Examples
        --------
        >>> Table({"a": np.array([1.0, np.nan])}).numbers_with_gaps(["a"])
        array([[ 1.],
               [nan]])
        """
        X = self._matrix(names)
        if not is_finite(X):
            _check_finite(np.isinf(X), names)
        return X

    def _matrix(self, names: Sequence[str]) -> NDArray[np.float64]:
        self.require_columns(names, "a feature")
        try:
            found = matrix(columns_of(self), names, text_among_numbers)
            return np.asarray(found.toarray() if issparse(found) else found, np.float64)
        except DataError:
            self._check_convertible(names)
            raise

    def _check_convertible(self, names: Sequence[str]) -> None:
        """Refuse all columns at once that hold neither numbers nor text."""
        odd = [name for name in names if not self._is_convertible(name)]
        if len(odd) > 1:
            raise DataError(
                f"columns that are used hold numbers or text; {listing(odd)} do not; convert them, or leave them out: "
                + " ".join(f"--drop {quoted(name)}" for name in odd)
            )

    def _is_convertible(self, name: str) -> bool:
        try:
            _ = self[name]
        except DataError:
            return False
        return True


def _check_complete(missing: NDArray[np.bool_], names: Sequence[str]) -> None:
    counts = _counts(missing, names)
    if counts:
        raise NotFiniteError(
            f"features have no missing values; {_count(counts, 'column')} with some (and how many): {listing(counts)}; "
            f"{missing.any(1).sum()} of {len(missing)} rows are concerned; "
            "fill them in, leave out these rows, or leave out the columns with --drop"
        )


def _check_finite(infinite: NDArray[np.bool_], names: Sequence[str]) -> None:
    counts = _counts(infinite, names)
    if counts:
        raise NotFiniteError(
            f"features are finite; {_count(counts, 'column')} with infinite values (and how many): {listing(counts)}; "
            "correct the values, or leave out the columns with --drop"
        )


def _counts(bad: NDArray[np.bool_], names: Sequence[str]) -> list[str]:
    """Return the columns where something is marked, and how often."""
    return [f"{name} {n}" for name, n in zip(names, bad.sum(0).tolist(), strict=True) if n]


def _is_missing(column: Column) -> NDArray[np.bool_]:
    if column.dtype == object:
        return np.fromiter((value is None for value in column), bool, len(column))
    return np.isnan(column) if column.dtype.kind == "f" else np.zeros(len(column), bool)


def _count(things: Sequence[object], noun: str) -> str:
    return f"there is 1 {noun}" if len(things) == 1 else f"there are {len(things):,} {noun}s"
