"""What the columns of a table are: numbers, categories, dates, or nothing to learn from."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, chain
from math import ceil
from types import MappingProxyType
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.alike import notes_of_alike
from hassenet.data.arrow import is_of_times
from hassenet.data.categorical import Categorical
from hassenet.data.checks import is_finite
from hassenet.data.columns import Columns
from hassenet.data.counted_cells import CountedCells
from hassenet.data.dates import (
    CLOCKS,
    are_durations,
    are_of_a_day,
    form_asked,
    form_of,
    other_than_dates,
    parsed,
)
from hassenet.data.dates_of_digits import are_dates_of_digits, notes_of_features
from hassenet.data.doubts import Doubt
from hassenet.data.encoding import Encoding
from hassenet.data.ends_of_time import ends_in, notes_of_ends
from hassenet.data.kinds import Kind, checked_kinds, not_of_kind
from hassenet.data.levels import Levels
from hassenet.data.marks import PLAIN, Marks, as_numbers, begin_as_numbers, marks_of, units_of
from hassenet.data.match import Match, check_each_once
from hassenet.data.negated import negated, of_parentheses
from hassenet.data.not_numbers import quoted, text_among_numbers
from hassenet.data.numerical import Numerical, numbers_spelled
from hassenet.data.objects import Other, instance
from hassenet.data.sentinels import Sentinels, notes_of_sentinels, sentinels_in
from hassenet.data.stand_ins import stand_ins, without_stand_ins
from hassenet.data.stream import Stream, is_stream, together
from hassenet.data.table import columns_of
from hassenet.data.table_elsewhere import TableElsewhere
from hassenet.data.temporal import Temporal, as_times, parts_of
from hassenet.data.threads import each, runs
from hassenet.data.truths import are_truths, as_zeros_and_ones
from hassenet.data.variable import Variable, features_of, median
from hassenet.errors import FeatureError, HassenetWarning, NotFiniteError, ParameterError, listing
from hassenet.files.optional import pyarrow
from hassenet.hierarchy.placeholders import is_placeholder

Array = NDArray[Any]
Indices = NDArray[np.int64]

NAME_OF_AN_IDENTIFIER = re.compile(
    r"(.*[\W_])?(p?id|ids|pidnum|uuid|guid|idx|index|key|no|nr|num|number|row|sample|subject|"
    r"patient|case|record|serial|barcode|obs|observation|row[\W_]?(names?|numbers?))|unnamed: \d+|",
    re.IGNORECASE,
)
IDENTIFIER = "identifiers, another value in each row"
CONSTANT = "constant"
EMPTY = "without any value"
RARE = "text of which no value is frequent"

_ENTRIES = 1_000_000  # of the columns that a thread looks at at a time
_MOST_LEVELS = 100
_FEWEST_ROWS, _MOST_ROWS = 2, 20  # that make a level frequent, where 1 of 200 are fewer, or more
_LEAST_SHARE = 0.05
_WINDOW = 256  # megabytes of columns that come here together
_NOTHING: Array = np.empty(0)
_TOLD = 5  # columns
MOST_SPELLED = 10
"""How many different numbers there are, at most, among which text may stand for levels to be meant."""


@final
class LeftOut(NamedTuple):
    """A column from which nothing is learned, and why."""

    name: str
    why: str


@final
class Recognised(NamedTuple):
    """The columns of a table, as they were found on the rows to learn from.

    Attributes
    ----------
    encoding : Encoding
    gaps : mapping from str to float
        The share of rows that miss a value, of each column that has such rows.
    left_out : tuple of LeftOut
    amounts : tuple of int, optional
        The places of the features that are numbers and not truth values; None where all are.
    asked : mapping from str to str, optional
        What columns were asked for as.
    """

    encoding: Encoding
    gaps: dict[str, float]
    left_out: tuple[LeftOut, ...]
    amounts: tuple[int, ...] | None = None
    asked: Mapping[str, Kind] = MappingProxyType({})


class _Found(NamedTuple):
    """A column that is learned from: a variable, or None for one that is a number in each row."""

    name: str
    variable: Variable | None
    usual: list[float]
    gaps: float = 0.0
    of_truths: bool = False
    stand_ins: tuple[str, ...] = ()
    negated: int = 0
    sentinels: Sentinels | None = None
    of_dates: bool = False
    of_clocks: bool = False
    ends: str = ""


class _Repeated(NamedTuple):
    """Values of which none is missing, how many rows each has, and the share of rows that miss one."""

    values: Array
    counts: Array
    gaps: float

    @staticmethod
    def once(times: Array) -> _Repeated:
        """Return times of which each is that of one row."""
        return _Repeated.counted(times, np.ones(len(times), np.int64))

    @staticmethod
    def counted(times: Array, rows: Indices) -> _Repeated:
        """Return times of which each is that of so many rows."""
        missing = np.isnat(times)
        there = ~missing & (rows > 0)
        share = rows[missing].sum() / rows.sum() if rows.any() else 0.0
        return _Repeated(times[there], rows[there], float(share))

    @staticmethod
    def of(values: Array, levels: Levels) -> _Repeated:
        """Return the values of levels."""
        return _Repeated(values, levels.counts(), levels.gaps)


class _Infinite(NamedTuple):
    """How many values of a column are infinite."""

    n: int


_Seen = _Found | LeftOut | _Infinite | Other | FeatureError
"""What a column is, or what is wrong with it."""


@final
class _Look(NamedTuple):
    """What the columns of a table are, some at a time."""

    columns: Columns
    column: Mapping[Hashable, Hashable]
    rows: Indices | None
    kept: frozenset[str]
    asked: Mapping[str, Kind]

    def at(self, names: Sequence[str]) -> list[tuple[str, _Seen]]:
        """Return what some columns are: numbers together, since there may be many, and others one by one."""
        numbers = {name: x for name in names if (x := self._numbers(name)) is not None}
        found = dict(_of_numbers(numbers, self.rows, self.kept, self.asked))
        return [(name, found[name] if name in found else self._of_others(name)) for name in names]

    def _numbers(self, name: str) -> Array | None:
        column, asked = self.column[name], self.asked.get(name)
        if asked in ("category", "date"):
            return None
        numbers = self.columns.numbers(column)
        if numbers is None or asked == "number" or not _are_whole(numbers):
            return numbers
        return None if self.columns.are_codes(column) else numbers

    def _of_others(self, name: str) -> _Seen:
        try:
            return _of_cells(name, self.columns, self.column[name], self.rows, self.asked.get(name))
        except FeatureError as error:
            return error


def recognised(
    table: Any,
    names: Sequence[str],
    rows: Indices | None = None,
    kept: Collection[str] = (),
    kinds: Mapping[str, Kind] | None = None,
) -> Recognised:
    """Learn what the columns of a table are.

    Parameters
    ----------
    table : table, stream or table elsewhere
        Of a stream some columns are in memory at a time, all rows of each.
    names : sequence of str
        The columns that may be features.
    rows : array of int, optional
        The rows to learn from; by default all.
    kept : collection of str
        Columns of numbers that are features whatever they hold: those that a hierarchy names.
    kinds : mapping from str to "number", "category" or "date", optional
        What columns are whose values do not show it: numbers that stand for categories, codes that are numbers, dates
        of eight digits.

    Raises
    ------
    FeatureError
        If a column is not there, cannot be what is asked for, or one cannot be sure what it is; all such columns in
        one message.
    ParameterError
        If there is no such kind.

    Examples
    --------
    >>> from hassenet.tables import Table
    >>> people = {"age": [31.0, np.nan, 50.0, 64.0], "sex": ["m", "f", "m", "f"], "site": [1, 1, 1, 1]}
    >>> found = recognised(
    ...     Table({k: np.array(v, None if k != "sex" else object) for k, v in people.items()}), list(people)
    ... )
    >>> found.encoding.features
    ('age', 'age is missing', 'sex=f', 'sex=m')
    >>> found.left_out
    (LeftOut(name='site', why='constant'),)
    """
    if is_stream(table):
        return _of_stream(table, names, rows, kept, checked_kinds(kinds, names))
    if isinstance(table, TableElsewhere):
        return _of_elsewhere(table, names, rows, frozenset(kept), checked_kinds(kinds, names))
    columns = columns_of(table)
    match = Match.of(names, columns.names)
    check_each_once(match)
    asked = checked_kinds(kinds, names)
    look = _Look(columns, match.column, rows, frozenset(kept), asked)
    parts = [names[part] for part in runs(len(names), _ENTRIES // max(len(columns), 1))]
    seen = dict(chain.from_iterable(each(look.at, parts, len(columns) * len(names))))
    return _unless_refused(seen, names)._replace(asked=asked)


def _unless_refused(seen: Mapping[str, _Seen], names: Sequence[str]) -> Recognised:
    """Return what all columns are together; raise the errors about some of them."""
    _check_finite({name: one.n for name, one in seen.items() if isinstance(one, _Infinite)})
    _check_text({name: one for name, one in seen.items() if isinstance(one, Other)})
    found = [_unless_unsure(seen[name]) for name in names]
    _warn_of_stand_ins(found)
    _warn_of_parentheses(found)
    _warn_of_clocks([one.name for one in found if isinstance(one, _Found) and one.of_clocks])
    categories = [
        one.variable for one in found if isinstance(one, _Found) and isinstance(one.variable, Categorical)
    ]
    numbers = [(one.name, one.sentinels) for one in found if isinstance(one, _Found)]
    levels: dict[Hashable, Sequence[str]] = {one.name: (*one.levels, *one.pooled) for one in categories}
    dates = notes_of_features([one.name for one in found if isinstance(one, _Found) and one.of_dates])
    ends = notes_of_ends([(one.name, one.ends) for one in found if isinstance(one, _Found)])
    for note in dates + notes_of_sentinels(numbers) + ends + notes_of_alike("levels", levels):
        warnings.warn(note, HassenetWarning, stacklevel=3)
    return _joined(found)


def _of_elsewhere(
    table: TableElsewhere,
    names: Sequence[str],
    rows: Indices | None,
    kept: frozenset[str],
    asked: Mapping[str, Kind],
) -> Recognised:
    """Return what columns are by all rows: numbers by sums of where they lie, others by their cells, counted there.

    What may be an identifier, of whose numbers each row has another, comes here.
    """
    numbers = [name for name in names if name in table.of_numbers and _is_known_by_sums(name, kept, asked)]
    seen = dict(_by_sums(table, numbers, rows, kept, asked) if numbers else ())
    others = [name for name in names if name not in table.of_numbers]
    for name, cells in zip(others, table.counted(others, rows), strict=True) if others else ():
        if (one := _of_counted(name, cells, asked.get(name))) is not None:
            seen[name] = one
    for part in together([name for name in names if name not in seen], len(table), _WINDOW):
        whole = columns_of(table.cells(part))
        look = _Look(whole, Match.of(part, whole.names).column, rows, kept, asked)
        seen.update(look.at(part))
    return _unless_refused(seen, names)


def _of_counted(name: str, counted: CountedCells, asked: Kind | None) -> _Seen | None:
    """Return what a column of something else than numbers is, by its cells; None where all of them are numbers."""
    columns = columns_of(pyarrow().table([counted.cells], names=[name]))
    if columns.numbers(name) is not None and asked not in ("category", "date"):
        return None
    kind = columns.kind(name)
    if is_of_times(kind) and asked in (None, "date"):
        return _of_times(name, _Repeated.counted(as_times(columns.cells(name)), counted.learned), "iso")
    try:
        levels = replace(columns.levels(name), times=counted.times, firsts=counted.firsts)
        learned = replace(levels, times=counted.learned).used()
        return _of_known_levels(name, kind, levels, learned, asked)
    except FeatureError as error:
        return error


def _is_known_by_sums(name: str, kept: Collection[str], asked: Mapping[str, Kind]) -> bool:
    """Return whether its rows need not be compared: what may be an identifier has another value in each."""
    if name in asked:
        return asked[name] == "number"
    return name in kept or NAME_OF_AN_IDENTIFIER.fullmatch(name) is None


def _by_sums(
    table: TableElsewhere,
    names: Sequence[str],
    rows: Indices | None,
    kept: Collection[str],
    asked: Collection[str],
) -> Iterator[tuple[str, _Seen]]:
    """Yield what columns of numbers are whose rows lie elsewhere, as :func:`_of_numbers` does."""
    known, usual = table.known(names, rows), np.nan_to_num(table.medians(names, rows))
    doubts = table.doubts(names, rows)
    facts = (known.infinite, known.gaps, known.is_constant, usual, known.of_truths)
    every = zip(names, *(fact.tolist() for fact in facts), strict=True)
    for name, infinite, gaps, constant, median_, of_truths in every:
        one = _of_one(name, _NOTHING, gaps, constant, median_, is_kept=name in kept, is_asked=True)
        are_dates = name not in asked and doubts[name].are_dates
        yield name, _Infinite(infinite) if infinite else _with_facts(one, of_truths, are_dates, doubts[name])


def _seen_as(one: _Found | LeftOut, x: Array, *, are_asked: bool) -> _Found | LeftOut:
    """Return a column of numbers, and whether these are truth values, or dates of digits that nobody asked for."""
    if isinstance(one, LeftOut):
        return one
    return one._replace(of_truths=are_truths(x), of_dates=not are_asked and are_dates_of_digits(x))


def _with_facts(one: _Found | LeftOut, of_truths: bool, of_dates: bool, doubt: Doubt) -> _Found | LeftOut:
    if isinstance(one, LeftOut):
        return one
    return one._replace(of_truths=of_truths, of_dates=of_dates, sentinels=doubt.ends.sentinels)


def _of_stream(
    stream: Stream,
    names: Sequence[str],
    rows: Indices | None,
    kept: Collection[str],
    asked: Mapping[str, Kind],
) -> Recognised:
    """Return what columns are by all rows; as many columns are read together as a window has room for."""
    found = [
        recognised(
            table,
            [*map(str, part)],
            rows,
            kept,
            {str(name): asked[str(name)] for name in part if name in asked},
        )
        for part, table in stream.some_at_a_time(names)
    ]
    return _side_by_side(found)._replace(asked=asked)


def _side_by_side(parts: Sequence[Recognised]) -> Recognised:
    """Return what the columns of all parts are, one part after the other."""
    encodings = [part.encoding for part in parts]
    encoding = Encoding(
        tuple(chain.from_iterable(one.features for one in encodings)),
        tuple(chain.from_iterable(one.variables for one in encodings)),
        np.concatenate([np.empty(0), *(one.values for one in encodings)]),
    )
    starts = accumulate((len(one.features) for one in encodings), initial=0)
    amounts = tuple(start + k for start, part in zip(starts, parts, strict=False) for k in _places(part))
    return Recognised(
        encoding,
        {name: share for part in parts for name, share in part.gaps.items()},
        tuple(chain.from_iterable(part.left_out for part in parts)),
        None if len(amounts) == len(encoding.features) else amounts,
    )


def _places(found: Recognised) -> Sequence[int]:
    return range(len(found.encoding.features)) if found.amounts is None else found.amounts


def _warn_of_stand_ins(found: Sequence[_Found | LeftOut]) -> None:
    each = [
        f"{one.name!r} {', '.join(one.stand_ins)}"
        for one in found
        if isinstance(one, _Found) and one.stand_ins
    ]
    if each:
        more = f" and {len(each) - _TOLD:,} more" if len(each) > _TOLD else ""
        warnings.warn(
            f"words that stand for nothing count as missing among numbers and dates: {'; '.join(each[:_TOLD])}{more}",
            HassenetWarning,
            stacklevel=3,
        )


def _warn_of_parentheses(found: Sequence[_Found | LeftOut]) -> None:
    each = [(one.name, one.negated) for one in found if isinstance(one, _Found) and one.negated]
    if each:
        warnings.warn(of_parentheses(each), HassenetWarning, stacklevel=3)


def _warn_of_clocks(names: Sequence[str]) -> None:
    if names:
        warnings.warn(
            f"text is read as times of day, each as its hour: {listing(names)}; if these are categories, say so "
            f"(--categorical {quoted(names[0])})",
            HassenetWarning,
            stacklevel=3,
        )


def _check_text(others: Mapping[Hashable, Other]) -> None:
    """Refuse all columns of text among numbers at once."""
    if others:
        raise text_among_numbers(others)


def _unless_unsure(seen: _Seen) -> _Found | LeftOut:
    """Return what a column is; raise the error about one of which nobody can be sure."""
    if isinstance(seen, FeatureError):
        raise seen
    assert isinstance(seen, _Found | LeftOut)  # others were refused together
    return seen


def check_covariates(found: Recognised, covariates: Collection[str]) -> None:
    """Refuse covariates from which nothing is learned."""
    nothing = [one for one in found.left_out if one.name in covariates]
    if nothing:
        why = ", ".join(f"{one.name!r} is left out, {one.why}" for one in nothing)
        raise FeatureError(f"a covariate says something of each row; {why}; name another")


def _amounts(encoding: Encoding, found: Sequence[_Found]) -> tuple[int, ...] | None:
    truths = {one.name for one in found if one.of_truths}
    numbers = {*encoding.plain, *(v.name for v in encoding.variables if not v.is_covering)} - truths
    places = tuple(k for k, feature in enumerate(encoding.features) if feature in numbers)
    return None if len(places) == len(encoding.features) else places


def _joined(found: Sequence[_Found | LeftOut]) -> Recognised:
    """Return the encoding of all columns that are learned from."""
    kept = [one for one in found if isinstance(one, _Found)]
    features = [
        f for one in kept for f in ((one.name,) if one.variable is None else features_of(one.variable))
    ]
    encoding = Encoding(
        tuple(features),
        tuple(one.variable for one in kept if one.variable is not None),
        np.array([value for one in kept for value in one.usual], np.float64),
    )
    return Recognised(
        encoding,
        {one.name: one.gaps for one in kept if one.gaps},
        tuple(one for one in found if isinstance(one, LeftOut)),
        _amounts(encoding, kept),
    )


# ---------------------------------------------------------------- numbers


def _check_finite(counts: Mapping[str, int]) -> None:
    infinite = [f"{name} {n}" for name, n in counts.items()]
    if infinite:
        there = "there is 1 column" if len(infinite) == 1 else f"there are {len(infinite):,} columns"
        raise NotFiniteError(
            f"features are finite; {there} with infinite values (and how many): {listing(infinite)}; correct the "
            "values, or leave out the columns with --drop"
        )


def _of_numbers(
    numbers: Mapping[str, Array], rows: Indices | None, kept: Collection[str], asked: Collection[str]
) -> Iterator[tuple[str, _Seen]]:
    """Yield what columns of numbers are, in all rows finite, as they are known from some."""
    infinite = {name: n for name, x in numbers.items() if (n := _n_infinite(x))}
    yield from ((name, _Infinite(n)) for name, n in infinite.items())
    names = [name for name in numbers if name not in infinite]
    if not names:
        return
    of_rows = (numbers[name] if rows is None else numbers[name][rows] for name in names)
    X = np.stack([np.asarray(x, np.float64) for x in of_rows])
    for name, one in zip(names, _of_block(names, X, kept, asked), strict=True):
        yield name, _seen_as(one, numbers[name], are_asked=name in asked)


def _are_whole(x: Array) -> bool:
    """Return whether known numbers are whole; the first of many tell most that they are not."""
    return x.dtype.kind != "f" or all(_all_whole(part) for part in (x[:100], x))


def _all_whole(x: Array) -> bool:
    known = x[~np.isnan(x)]
    return bool((known == np.round(known)).all())


def _n_infinite(x: Array) -> int:
    return 0 if is_finite(x) else int(np.isinf(x).sum())


def _of_block(
    names: Sequence[str], X: Array, kept: Collection[str], asked: Collection[str]
) -> list[_Found | LeftOut]:
    """Return what each row of a matrix is: the values of a column."""
    gaps = np.isnan(X).mean(axis=1) if X.shape[1] else np.zeros(len(X))
    constant = (X[:, :1] == X).all(axis=1)
    usual = _medians(X, gaps)
    every = zip(names, X, gaps.tolist(), constant.tolist(), usual.tolist(), strict=True)
    return [_of_one(*one, is_kept=one[0] in kept, is_asked=one[0] in asked) for one in every]


def _medians(X: Array, gaps: Array) -> Array:
    """Return the median of each row, of what is not missing; 0 where nothing is."""
    found = np.zeros(len(X))
    whole = np.flatnonzero(gaps == 0)
    if X.shape[1]:
        found[whole] = np.median(X[whole], axis=1)
    for k in np.flatnonzero((gaps > 0) & (gaps < 1)).tolist():
        found[k] = np.median(X[k][~np.isnan(X[k])])
    return found


def _of_one(
    name: str, x: Array, gaps: float, constant: bool, usual: float, *, is_kept: bool, is_asked: bool
) -> _Found | LeftOut:
    if gaps == 1 and not is_kept:
        return LeftOut(name, EMPTY)
    if constant and not is_kept:
        return LeftOut(name, CONSTANT)
    if not (is_kept or is_asked) and NAME_OF_AN_IDENTIFIER.fullmatch(name) and _are_identifiers(x):
        return LeftOut(name, IDENTIFIER)
    sentinels = sentinels_in(x)
    if not gaps:
        return _Found(name, None, [usual], sentinels=sentinels)
    return _Found(name, Numerical(name, gaps=True), [usual, 0.0], gaps, sentinels=sentinels)


def _are_identifiers(x: Array) -> bool:
    """Return whether these are whole numbers of which none stands there twice."""
    known = x[~np.isnan(x)]
    return _all_whole(x) and len(np.unique(known)) == len(known)


# ---------------------------------------------------------------- text, categories, dates


def _of_cells(
    name: str, columns: Columns, column: Hashable, rows: Indices | None, asked: Kind | None
) -> _Seen:
    """Return what a column of something else is.

    Raises
    ------
    FeatureError
        If one cannot be sure, or it cannot be what is asked for.
    """
    kind = columns.kind(column)
    if is_of_times(kind) and asked in (None, "date"):
        return _of_typed_times(name, columns.cells(column), rows)
    levels = columns.levels(column)
    return _of_known_levels(name, kind, levels, _learned(levels, rows), asked)


def _of_known_levels(name: str, kind: Any, levels: Levels, learned: Levels, asked: Kind | None) -> _Seen:
    """Return what a column of a type is, of these levels, some of which are learned from."""
    if not len(learned):
        return LeftOut(name, EMPTY)
    if asked is not None:
        return _ASKED[asked](name, levels, learned)
    return _of_levels(name, learned) if hasattr(kind, "index_type") else _of_text(name, levels, learned)


def _as_numbers(name: str, levels: Levels, learned: Levels) -> _Found | LeftOut:
    marks = PLAIN if as_zeros_and_ones(levels.values) is not None else marks_of(levels.values)
    if marks is None:
        is_other = np.isnan(as_numbers(levels.values, PLAIN))
        raise not_of_kind(
            name, "number", "not all of it is spelled as one", levels.example(int(is_other.argmax()))
        )
    return _of_spelled_numbers(name, learned, marks)


def _as_categories(name: str, levels: Levels, learned: Levels) -> _Found | LeftOut:
    found = _of_levels(name, learned)
    if isinstance(found, LeftOut) and found.why in (IDENTIFIER, RARE):
        raise not_of_kind(name, "category", f"{found.why} cannot be learned from")
    return found


def _as_dates(name: str, levels: Levels, learned: Levels) -> _Found | LeftOut:
    form = _form(name, levels.values, form_asked)
    if form is None:
        raise not_of_kind(name, "date", "not all of it is spelled as one", levels.example(0))
    return _of_times(name, _Repeated.of(parsed(learned.values, form), learned), form)


_ASKED: Mapping[Kind, Callable[[str, Levels, Levels], _Found | LeftOut]] = MappingProxyType(
    {"number": _as_numbers, "category": _as_categories, "date": _as_dates}
)


def _learned(levels: Levels, rows: Indices | None) -> Levels:
    return levels.used() if rows is None else levels.take(rows)


def _of_typed_times(name: str, cells: Any, rows: Indices | None) -> _Found | LeftOut:
    times = as_times(cells)
    return _of_times(name, _Repeated.once(times if rows is None else times[rows]), "iso")


def _of_text(name: str, levels: Levels, learned: Levels) -> _Seen:
    """Return what text is, by all its values: dates, numbers, identifiers or categories, in this order."""
    form = _form(name, levels.values)
    if form is not None:
        found = _of_times(name, _Repeated.of(parsed(learned.values, form), learned), form)
        return found._replace(of_clocks=form in CLOCKS) if isinstance(found, _Found) else found
    marks = marks_in(levels)
    if marks is not None:
        return _of_spelled_numbers(name, learned, marks)
    known = without_stand_ins(levels)
    if known is not levels and len(known) > MOST_SPELLED:
        return _with_stand_ins(name, levels, known, without_stand_ins(learned))
    other = _among_numbers(levels)
    if other is not None:
        return other
    if len(levels) > 1:  # the same amount everywhere is constant, whatever its unit
        _check_no_unit(name, levels)
        _check_no_durations(name, levels)
    _check_no_dates(name, levels)
    return _of_levels(name, learned)


def _with_stand_ins(name: str, levels: Levels, known: Levels, learned: Levels) -> _Seen:
    """Return what text is of which some stands for a missing value, by the rest of it."""
    found = _of_text(name, known, learned)
    return found._replace(stand_ins=tuple(stand_ins(levels, known))) if isinstance(found, _Found) else found


def marks_in(levels: Levels) -> Marks | None:
    """Return how all text is numbers, or truth values; None where it is not, or is codes."""
    if as_zeros_and_ones(levels.values) is not None:
        return PLAIN
    return None if _are_codes(levels.values) else marks_of(levels.values)


def _form(name: str, texts: Any, form_of: Callable[[Any], str | None] = form_of) -> str | None:
    try:
        return form_of(texts)
    except ParameterError as error:
        raise FeatureError(f"dates have one order; in {name!r} {error}; write them as 2019-01-31") from None


def _are_codes(texts: Any) -> bool:
    """Return whether a text is digits with a zero before them."""
    compute = pyarrow("compute")
    return bool(compute.any(compute.match_substring_regex(texts, r"^0[0-9]+$")).as_py())


def _of_spelled_numbers(name: str, learned: Levels, marks: Marks) -> _Found | LeftOut:
    """Return a column of numbers in text: those that are spelled plainly are the same as if they were of a type."""
    x = _Repeated.of(numbers_spelled(learned.values, marks), learned)
    if not x.gaps and (x.values == x.values[0]).all():
        return LeftOut(name, CONSTANT)
    in_parentheses = negated(learned)
    is_plain = not x.gaps and marks == PLAIN and not in_parentheses
    usual = [median(x.values, x.counts), *([0.0] if x.gaps else [])]
    variable = None if is_plain else Numerical(name, x.gaps > 0, marks, in_parentheses > 0)
    of_truths = as_zeros_and_ones(learned.values) is not None
    found = _Found(name, variable, usual, x.gaps, of_truths, negated=in_parentheses)
    return found._replace(sentinels=sentinels_in(np.repeat(x.values, x.counts)))


def _check_no_unit(name: str, levels: Levels) -> None:
    """Refuse numbers with units: whether they are amounts or, as 1 bedroom, categories is for the user to say."""
    texts = levels.values
    units = units_of(texts)
    if units:
        beside = (
            f"{units[0]!r} beside each" if len(units) == 1 else f"{listing(filter(None, units))} beside some"
        )
        raise FeatureError(
            f"numbers stand without a unit; {name!r} has {beside} (for instance {str(texts[0])!r}); {_remedy(units)}"
            f"write the unit into the column's name and not into the cells, say that these are categories: "
            f"--categorical {quoted(name)}, or leave out the column: --drop {quoted(name)}"
        )


def _remedy(units: Sequence[str]) -> str:
    return "" if len(units) == 1 else "convert all to one unit, "


def _check_no_dates(name: str, levels: Levels) -> None:
    """Refuse text of which most, but not all, is dates, and dates of a form that is not known."""
    place = other_than_dates(levels.values, levels.counts())
    if place is not None:
        raise FeatureError(
            f"dates are spelled in one form, with years of four digits, and nothing else stands among them; not so in "
            f"{name!r}{instance(levels.example(place))}; write them as 2019-01-31, make missing what is not a date, or "
            f"leave out the column: --drop {quoted(name)}"
        )


def _check_no_durations(name: str, levels: Levels) -> None:
    """Refuse durations, as those of a type are; times of the day were read before."""
    if not are_durations(levels.values):
        return
    if are_of_a_day(levels.values):
        raise FeatureError(
            f"a time of day is before 24:00; the end of a day stands in {name!r} ('24:00:00'); write 00:00:00 of the "
            f"next, or leave out the column: --drop {quoted(name)}"
        )
    raise FeatureError(
        f"a duration is a number of one unit; {name!r} has minutes or seconds behind colons"
        f"{instance(levels.example(0))}; write them as numbers, say that these are categories: --categorical "
        f"{quoted(name)}, or leave out the column: --drop {quoted(name)}"
    )


def _among_numbers(levels: Levels) -> Other | None:
    """Return a value that is not a number, where most values are, and too many for levels; None else."""
    if begin_as_numbers(levels.values) <= MOST_SPELLED or marks_of(levels.values) is not None:
        return None
    is_number = ~np.isnan(as_numbers(levels.values, PLAIN))
    counts = levels.counts()
    if is_number.sum() <= MOST_SPELLED or 2 * counts[is_number].sum() <= counts.sum():
        return None
    is_other = ~is_number
    is_word = np.array(
        [other and not is_placeholder(text) for text, other in zip(levels.texts, is_other, strict=True)]
    )
    return levels.example(int(np.argmax(is_word if is_word.any() else is_other)))


def _of_times(name: str, times: _Repeated, form: Any) -> _Found | LeftOut:
    if not len(times.values):
        return LeftOut(name, EMPTY)
    first = str(times.values.min().astype("M8[D]"))
    is_one_day = (times.values.astype("M8[D]") == times.values[0].astype("M8[D]")).all()
    parts = {
        part: x
        for part, x in parts_of(times.values, first).items()
        if (x != x[0]).any() and not (part == "day" and is_one_day)  # whose hours say all
    }
    if not parts:
        return LeftOut(name, CONSTANT)
    variable = Temporal(name, first, tuple(parts), form, times.gaps > 0)
    usual = [median(x, times.counts) for x in parts.values()]
    ends = ends_in(times.values, times.counts)
    return _Found(name, variable, [*usual, *([0.0] if times.gaps else [])], times.gaps, ends=ends)


def _of_levels(name: str, levels: Levels) -> _Found | LeftOut:
    """Return the levels that are frequent, and those that are pooled."""
    counts, m, gaps = levels.counts(), levels.rows, levels.gaps
    if len(levels) == 1 and not gaps:
        return LeftOut(name, CONSTANT)
    if counts.max() == 1:
        return LeftOut(name, IDENTIFIER)
    frequent = _frequent(counts, m)
    if counts[frequent].sum() < _LEAST_SHARE * counts.sum():
        return LeftOut(name, RARE)
    texts = np.array(levels.texts, object)
    rare = np.setdiff1d(np.arange(len(texts)), frequent)
    variable = Categorical(name, _sorted(texts[frequent]), gaps > 0, _sorted(texts[rare]))
    return _Found(name, variable, [*_most_frequent(variable, levels), *([0.0] if gaps else [])], gaps)


def _frequent(counts: Array, m: int) -> Indices:
    """Return the levels that enough rows have, at most 100."""
    least = min(max(ceil(m / 200), _FEWEST_ROWS), _MOST_ROWS)
    first = np.argsort(-counts, kind="stable")[:_MOST_LEVELS]
    return first[counts[first] >= least]


def _sorted(texts: Array) -> tuple[str, ...]:
    return tuple(sorted(texts.tolist()))


def _most_frequent(variable: Categorical, levels: Levels) -> list[float]:
    """Return 1 for the feature that most rows have, and 0 for the others."""
    place = variable.places(levels.texts)
    rows = np.bincount(place, levels.counts(), minlength=len(variable.parts))
    return [float(k == int(np.argmax(rows))) for k in range(len(rows))]
