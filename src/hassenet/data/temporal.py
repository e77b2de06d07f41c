"""A column of dates or times."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal, final, get_args

import numpy as np

from hassenet.data.arrow import is_of_times
from hassenet.data.columns import Columns
from hassenet.data.levels import Levels
from hassenet.data.marks import all_match
from hassenet.data.objects import instance
from hassenet.data.stand_ins import without_stand_ins
from hassenet.data.variable import Array, Values, Variable
from hassenet.errors import FeatureError, ParameterError
from hassenet.files.optional import pyarrow

Part = Literal["year", "month", "day", "hour"]
Form = Literal[
    "iso",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d/%m/%Y",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m",
    "%d %b %Y",
    "%d-%b-%Y",
    "%b %d %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%Y%m%d",
]
_OF_DIGITS: Form = "%Y%m%d"
_FORMS: tuple[Form, ...] = tuple(form for form in get_args(Form) if form != _OF_DIGITS)
PARTS: tuple[Part, ...] = ("year", "month", "day", "hour")
_DAY = 86400
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_MISSING = np.datetime64("NaT", "s")
_LIKE = (
    r"^(?:\d{4}-(?:0\d|1[0-2])|\d{4}[-/]\d\d?[-/]\d\d?|[0-3]?\d[./-][0-3]?\d[./-](?:\d{4}|\d\d)|"
    r"\d\d?[ -][A-Z][a-z]{2,8}[ -](?:\d{4}|\d\d)|[A-Z][a-z]{2,8} \d\d?,? \d{4})(?:[T ]\d\d?:\d\d.*)?$"
)
"""How dates look, those of no known form too."""


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
        If the first day is not one, or there are no parts.

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
    form: Form = "iso"
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
        features = self._features(np.append(self._spelled(levels), _MISSING))
        return Values([feature[levels.codes] for feature in features], levels.codes < 0)

    def _features(self, times: Array) -> list[Array]:
        first = np.datetime64(self.first, "s")
        return [_PARTS[part](times, first) for part in self.parts_used]

    def _spelled(self, levels: Levels) -> Array:
        times = parsed(levels.values, self.form)
        if np.isnat(times).any():
            other = levels.example(int(np.argmax(np.isnat(times))))
            raise FeatureError(
                f"{self.name!r} holds dates, as in training ({_example(self.form)}); there is something else"
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
    """Return dates or times of Arrow as NumPy's, in seconds; of a time zone as its clocks show."""
    arrow, compute = pyarrow(), pyarrow("compute")
    local = compute.local_timestamp(cells) if getattr(cells.type, "tz", None) else cells
    seconds = local.cast(arrow.timestamp("s"), safe=False)
    return np.asarray(seconds.to_numpy(zero_copy_only=False), "M8[s]")


def form_asked(texts: Any) -> Form | None:
    """Return how all texts are dates, as :func:`form_of`, also of eight digits: asked for, these are dates.

    >>> form_asked(pyarrow().array(["20190131"]))
    '%Y%m%d'
    """
    eight = len(texts) and all_match(texts, r"^\d{8}$") and not np.isnat(parsed(texts, _OF_DIGITS)).any()
    return _OF_DIGITS if eight else form_of(texts)


def form_of(texts: Any) -> Form | None:
    """Return how all texts are dates; None where they are not.

    Parameters
    ----------
    texts : array of Arrow

    Raises
    ------
    ParameterError
        If day and month could be either way.
    """
    first = texts[:1]
    if not any(character.isdigit() for text in first.to_pylist() for character in text):
        return None
    fits = [form for form in _FORMS if not np.isnat(parsed(first, form)).any()]
    fits = [form for form in fits if not np.isnat(parsed(texts, form)).any()]
    if len({form[:2] for form in fits} & {"%d", "%m"}) > 1:
        raise ParameterError(f"{texts[0].as_py()!r} may be day and month, or month and day")
    return fits[0] if fits else None


def other_than_dates(texts: Any, counts: Array) -> int | None:
    """Return the place of a text that is not a date of a known form, where most rows look like dates; None elsewhere.

    Parameters
    ----------
    texts : array of Arrow
        Not all of them dates of one form.
    counts : array of int
        How many rows have each.

    Examples
    --------
    >>> other_than_dates(pyarrow().array(["2019-01-31", "unknown"]), np.array([9, 1]))
    1
    >>> other_than_dates(pyarrow().array(["Rome", "31.01.19"]), np.array([9, 1])) is None
    True
    """
    looks = np.asarray(pyarrow("compute").match_substring_regex(texts, _LIKE))
    if 2 * counts[looks].sum() <= counts.sum():
        return None
    others = min((np.isnat(parsed(texts, form)) for form in _FORMS), key=lambda other: counts[other].sum())
    return int(np.argmax(looks if others.all() else others))


def _example(form: Form) -> str:
    """Return what a date looks like.

    >>> _example("%d.%m.%Y")
    'as 31.01.2019'
    """
    return f"as {date(2019, 1, 31).strftime('%Y-%m-%d' if form == 'iso' else form)}"


def parsed(texts: Any, form: Form) -> Array:
    """Return the time of each text, in seconds; NaT for one that is not a time.

    Parameters
    ----------
    texts : array of Arrow
    form : Form

    Examples
    --------
    >>> parsed(pyarrow().array(["31.01.2019", "ill"]), "%d.%m.%Y")
    array(['2019-01-31T00:00:00',                 'NaT'], dtype='datetime64[s]')
    """
    if form != "iso":
        return np.array([_of_form(text, form) for text in texts.to_pylist()], "M8[s]")
    together = _all_iso(texts) if all_match(texts, rf"^{_ISO.pattern}$") else None
    return np.array([_iso(text) for text in texts.to_pylist()], "M8[s]") if together is None else together


def _all_iso(texts: Any) -> Array | None:
    """Return all times at once; None where a text is not a time."""
    arrow, compute = pyarrow(), pyarrow("compute")
    try:
        times = compute.utf8_slice_codeunits(texts, 0, 19).cast(arrow.timestamp("s"))
    except arrow.ArrowInvalid:
        return None
    return np.asarray(times.to_numpy(zero_copy_only=False), "M8[s]")


def _iso(text: str) -> Any:
    try:
        return np.datetime64(datetime.fromisoformat(text[:19]), "s") if _ISO.fullmatch(text) else _MISSING
    except ValueError:
        return _MISSING


def _of_form(text: str, form: Form) -> Any:
    try:
        return np.datetime64(datetime.strptime(text, form), "s")
    except ValueError:
        return _MISSING
