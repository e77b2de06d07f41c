"""The features of columns, written into one array of all."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import check_range, is_finite
from hassenet.data.columns import Columns
from hassenet.data.numerical import numbers_read
from hassenet.data.objects import Other, first_other
from hassenet.data.threads import runs
from hassenet.data.unseen import Strange
from hassenet.data.variable import Values, Variable

Array = NDArray[Any]

_ROWS = 8192  # so many of a few features stay in the processor's cache


@final
class Place(NamedTuple):
    """A column, the variable that it is (None: a number in each row), and where its features stand."""

    name: str
    variable: Variable | None
    places: tuple[int, ...]

    @property
    def has_gaps(self) -> bool:
        """Whether its last feature says where a value is missing."""
        return self.variable is not None and self.variable.gaps

    @property
    def parts(self) -> tuple[int, ...]:
        """Where its other features stand."""
        return self.places[:-1] if self.has_gaps else self.places


@final
class Written(NamedTuple):
    """What was seen of a column.

    Attributes
    ----------
    name : str
    gaps : int
        In how many rows a value is missing, of a column that had none missing in training.
    unknown : Strange, optional
        The levels that training never had.
    is_infinite : bool
    is_other, other : bool, Other
        Whether it is something else than numbers, and a value of that.
    negated : int
        In how many rows a number stands in parentheses, of a column that had none so in training.
    """

    name: str
    gaps: int = 0
    unknown: Strange | None = None
    is_infinite: bool = False
    is_other: bool = False
    other: Other | None = None
    negated: int = 0


class _Feature(NamedTuple):
    """A feature, its place, and the rows in which it is filled, if there are such."""

    values: Array
    place: int
    missing: Array | None


@final
class Writing(NamedTuple):
    """The features of some columns at a time, written into those of all.

    Attributes
    ----------
    X : (m, n) array
        Of float64 or float32.
    fill : (n,) array
        What stands where a value is missing.
    columns : Columns
    column : mapping from str to Hashable
        What the table calls each column.
    """

    X: Array
    fill: Array
    columns: Columns
    column: Mapping[Hashable, Hashable]

    def group(self, group: Sequence[Place]) -> list[Written]:
        """Write the features of some columns, side by side; return what was seen of each."""
        read = [self._read(place) for place in group]
        features = [feature for _, own in read for feature in own]
        for rows in runs(len(self.X), _ROWS):
            for values, k, missing in features:
                part = values[rows]
                self.X[rows, k] = part if missing is None else np.where(missing[rows], self.fill[k], part)
        return [written for written, _ in read]

    def _read(self, place: Place) -> tuple[Written, list[_Feature]]:
        column = self.column[place.name]
        if place.variable is None:
            return self._read_numbers(place, column)
        values = place.variable.read(self.columns, column)
        return self._of_values(place, place.variable, values)

    def _read_numbers(self, place: Place, column: Hashable) -> tuple[Written, list[_Feature]]:
        numbers, in_parentheses = numbers_read(self.columns, column)
        if numbers is None:
            other = first_other(self.columns.column(column))
            return Written(place.name, is_other=True, other=other), []
        missing = None if is_finite(numbers) else np.isnan(numbers)
        gaps = 0 if missing is None else int(missing.sum())
        infinite = self._check(place.name, numbers)
        written = Written(place.name, gaps, is_infinite=infinite, negated=in_parentheses)
        return written, [_Feature(numbers, place.places[0], missing if gaps else None)]

    def _of_values(self, place: Place, variable: Variable, values: Values) -> tuple[Written, list[_Feature]]:
        n = int(values.missing.sum())
        missing = values.missing if n else None
        features = [_Feature(f, k, missing) for f, k in zip(values.features, place.places, strict=False)]
        infinite = [self._check(place.name, f) for f in values.features]
        own = [_Feature(values.missing, place.places[-1], None)] if variable.gaps else []
        unknown = Strange(tuple(values.unknown), values.n_unknown) if values.n_unknown else None
        seen = Written(
            variable.name, 0 if variable.gaps else n, unknown, any(infinite), negated=values.negated
        )
        return seen, features + own

    def _check(self, name: str, numbers: Array) -> bool:
        """Return whether a number is infinite; refuse those that the array's type cannot hold."""
        if not is_finite(numbers) and np.isinf(numbers).any():
            return True
        if numbers.dtype.kind == "f" and self.X.itemsize < numbers.itemsize:
            check_range("the table", numbers[:, None], self.X.dtype, [name])
        return False


def grouped(places: Sequence[Place], size: int) -> Iterator[list[Place]]:
    """Yield neighbours that have so many features together, or more."""
    group: list[Place] = []
    for place in places:
        group.append(place)
        if sum(len(one.places) for one in group) >= size:
            yield group
            group = []
    if group:
        yield group
