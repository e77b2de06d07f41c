"""A column of dates or times."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, final

import numpy as np

from hassenet.data.arrow import is_of_times
from hassenet.data.columns import Columns
from hassenet.data.dates import CLOCKS, FORMS, ISO, example_of, parsed
from hassenet.data.levels import Levels
from hassenet.data.objects import instance
from hassenet.data.stand_ins import without_stand_ins
from hassenet.data.variable import Array, Values, Variable
from hassenet.errors import FeatureError, ParameterError
from hassenet.files.optional import pyarrow

Part = Literal["year", "month", "day", "hour"]
PARTS: tuple[Part, ...] = ("year", "month", "day", "hour")
_DAY = 86400


@final
@dataclass(frozen=True)
class Temporal(Variable):
    """A date or a time a row, as numbers that people can read: year, month, day since the first, hour of the day.

    Parameters
    ----------
    name : str
    first : str
        The first day of training, from which days are counted, as 2019-01-03.
    parts_used : tuple of str
        Those of "year", "month", "day" and "hour" that are features: that varied in training.
    form : str
        How dates are spelled where they are text: "iso", or a format of :func:`datetime.datetime.strptime`.
    gaps : bool
        Whether values were missing in training.

    Raises
    ------
    ParameterError
        If the first day is not one, there are no parts, or no date is spelled so.

    Examples
    --------
    >>> from hassenet.data.table import columns_of
    >>> from hassenet.tables import Table
    >>> visit = Temporal("visit", "2019-01-03", ("month", "day"))
    >>> visit.parts
    ('visit: month', 'visit: day')
    >>> visit.read(columns_of(Table({"visit": np.array(["2019-02-01", None], object)})), "visit").features
    [array([ 2., nan]), array([29., nan])]
    """

    name: str
    first: str
    parts_used: tuple[Part, ...]
    form: str = ISO
    gaps: bool = False

    def __post_init__(self) -> None:
        """Refuse what is not a day."""
        try:
            date.fromisoformat(self.first)
        except ValueError:
            raise ParameterError(
                f"days are counted from one, as 2019-01-03; got {self.first!r}; give a date"
            ) from None
        if not self.parts_used or list(self.parts_used) != [p for p in PARTS if p in self.parts_used]:
            raise ParameterError(
                f"the parts of a date are some of {', '.join(PARTS)}, in this order; got {self.parts_used}; give these"
            )
        if self.form not in FORMS:
            raise ParameterError(
                f"dates are spelled in a known form, as {ISO!r} or {FORMS[1]!r}; got {self.form!r}; give such a one"
            )

    @property
    def parts(self) -> tuple[str, ...]:
        """A name for each part of a date."""
        return tuple(f"{self.name}: {part}" for part in self.parts_used)

    @property
    def words(self) -> str:
        """The word for dates."""
        return "dates"

    @property
    def details(self) -> str:
        """The parts, and from when days are counted."""
        return ", ".join(f"day since {self.first}" if part == "day" else part for part in self.parts_used)

    @property
    def is_covering(self) -> bool:
        """The column covers the parts of its dates."""
        return True

    def read(self, columns: Columns, column: Hashable) -> Values:
        """Return the parts of the dates."""
        if is_of_times(columns.kind(column)):
            times = as_times(columns.cells(column))
            return Values(self._features(times), np.isnat(times))
        levels = without_stand_ins(columns.levels(column))
        features = self._features(np.append(self._spelled(levels), np.datetime64("NaT", "s")))
        return Values([feature[levels.codes] for feature in features], levels.codes < 0)

    def _features(self, times: Array) -> list[Array]:
        first = np.datetime64(self.first, "s")
        return [_PARTS[part](times, first) for part in self.parts_used]

    def _spelled(self, levels: Levels) -> Array:
        times = parsed(levels.values, self.form)
        if np.isnat(times).all():  # of another program: there is one way to read 2019-01-31
            times = parsed(levels.values, ISO)
        if np.isnat(times).any():
            other = levels.example(int(np.argmax(np.isnat(times))))
            what = "times of day" if self.form in CLOCKS else "dates"
            raise FeatureError(
                f"{self.name!r} holds {what}, as in training ({example_of(self.form)}); there is something else"
                f"{instance(other)}; correct it, or make it missing"
            )
        return times


def _year(times: Array, first: Any) -> Array:
    return _where_known(times, times.astype("M8[Y]").astype(np.int64) + 1970)


def _month(times: Array, first: Any) -> Array:
    return _where_known(times, times.astype("M8[M]").astype(np.int64) % 12 + 1)


def _day(times: Array, first: Any) -> Array:
    return _where_known(times, (times - first).astype(np.int64) / _DAY)


def _hour(times: Array, first: Any) -> Array:
    return _where_known(times, (times - times.astype("M8[D]")).astype(np.int64) / 3600)


def _where_known(times: Array, numbers: Array) -> Array:
    return np.where(np.isnat(times), np.nan, numbers)


_PARTS: Mapping[Part, Callable[[Array, Any], Array]] = MappingProxyType(
    {"year": _year, "month": _month, "day": _day, "hour": _hour}
)


def parts_of(times: Array, first: str) -> dict[Part, Array]:
    """Return all parts of times, by their names."""
    return {part: compute(times, np.datetime64(first, "s")) for part, compute in _PARTS.items()}


# ---------------------------------------------------------------- as times


def as_times(cells: Any) -> Array:
    """Return dates or times of Arrow as NumPy's, in seconds; of a time zone as its clocks show, of a day of any."""
    arrow, compute = pyarrow(), pyarrow("compute")
    if pyarrow("types").is_time(cells.type):
        cells = cells.cast(arrow.time64("us"), safe=False).cast("int64").cast(arrow.timestamp("us"))
    local = compute.local_timestamp(cells) if getattr(cells.type, "tz", None) else cells
    seconds = local.cast(arrow.timestamp("s"), safe=False)
    return np.asarray(seconds.to_numpy(zero_copy_only=False), "M8[s]")
