"""What the columns of a table are: numbers, categories, dates, or nothing to learn from."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterator, Sequence
from math import ceil
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.categorical import Categorical
from hassenet.data.checks import is_finite
from hassenet.data.encoding import Encoding
from hassenet.data.levels import Levels
from hassenet.data.marks import PLAIN, Marks, all_match, as_numbers, marks_of, unit_of, units_of
from hassenet.data.match import Match, check_each_once
from hassenet.data.not_numbers import quoted, text_among_numbers
from hassenet.data.numerical import Numerical
from hassenet.data.objects import Other, instance
from hassenet.data.table import columns_of
from hassenet.data.temporal import (
    Temporal,
    as_times,
    form_of,
    form_of_most,
    is_of_times,
    parsed,
    parts_of,
    spelled,
)
from hassenet.data.variable import Variable, features_of, medians
from hassenet.errors import FeatureError, NotFiniteError, ParameterError, listing
from hassenet.files.optional import pyarrow

Array = NDArray[Any]
Indices = NDArray[np.int64]

NAME_OF_AN_IDENTIFIER = re.compile(
    r"(.*[\W_])?(p?id|ids|pidnum|uuid|guid|idx|index|key|no|nr|num|number|row|sample|subject|"
    r"patient|case|record|serial|barcode)|unnamed: \d+|",
    re.IGNORECASE,
)
IDENTIFIER = "identifiers, another value in each row"
CONSTANT = "constant"
EMPTY = "without any value"
RARE = "text of which no value is frequent"

_ENTRIES = 4_000_000  # of a matrix that is looked at at a time
_MOST_LEVELS = 100
_FEWEST_ROWS, _MOST_ROWS = 2, 20  # that make a level frequent, where 1 of 200 are fewer, or more
_LEAST_SHARE = 0.05
_MOST_SPELLED = 10  # different numbers, or dates, among which text may stand, for levels to be meant
_SHORT_YEAR = r"^\d{1,2}[./-]\d{1,2}[./-]\d{2}$"


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
    """

    encoding: Encoding
    gaps: dict[str, float]
    left_out: tuple[LeftOut, ...]
    amounts: tuple[int, ...] | None = None


class _Found(NamedTuple):
    """A column that is learned from: a variable, or None for one that is a number in each row."""

    name: str
    variable: Variable | None
    usual: list[float]
    gaps: float = 0.0


def recognised(
    table: Any, names: Sequence[str], rows: Indices | None = None, kept: Collection[str] = ()
) -> Recognised:
    """Learn what the columns of a table are.

    Parameters
    ----------
    table : table
    names : sequence of str
        The columns that may be features.
    rows : array of int, optional
        The rows to learn from; by default all.
    kept : collection of str
        Columns of numbers that are features whatever they hold: those that a hierarchy names.

    Raises
    ------
    FeatureError
        If a column is not there, or one cannot be sure what it is; all such columns in one message.

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
    columns = columns_of(table)
    match = Match.of(names, columns.names)
    check_each_once(match)
    rows = np.arange(len(columns)) if rows is None else rows
    column = match.column
    each = ((name, columns.numbers(column[name])) for name in names)
    numbers = {name: v for name, v in each if v is not None and not columns.are_codes(column[name])}
    _check_finite(numbers)
    found = dict(_of_numbers(numbers, rows, kept))
    found |= _of_others({n: columns.cells(column[n]) for n in names if n not in numbers}, rows)
    truths = {name for name, values in numbers.items() if _are_truths(values)}
    joined = _joined([found[name] for name in names])
    return joined._replace(amounts=_amounts(joined.encoding, truths))


def check_covariates(found: Recognised, covariates: Collection[str]) -> None:
    """Refuse covariates from which nothing is learned."""
    nothing = [one for one in found.left_out if one.name in covariates]
    if nothing:
        why = ", ".join(f"{one.name!r} is left out, {one.why}" for one in nothing)
        raise FeatureError(f"a covariate says something of each row; {why}; name another")


def _are_truths(values: Array) -> bool:
    """Return whether these are truth values, also where some are missing."""
    if values.dtype.kind != "f":
        return values.dtype.kind == "b"
    return all(bool((np.isnan(v) | (v == 0) | (v == 1)).all()) for v in (values[:100], values))


def _amounts(encoding: Encoding, truths: Collection[str]) -> tuple[int, ...] | None:
    numbers = {*encoding.plain, *(v.name for v in encoding.variables if not v.is_covering)} - set(truths)
    places = tuple(k for k, feature in enumerate(encoding.features) if feature in numbers)
    return None if len(places) == len(encoding.features) else places


def _joined(found: Sequence[_Found | LeftOut]) -> Recognised:
    """Return the encoding of all columns that are learned from."""
    kept = [one for one in found if isinstance(one, _Found)]
    features = [
        f for one in kept for f in ((one.name,) if one.variable is None else features_of(one.variable))
    ]
    return Recognised(
        Encoding(
            tuple(features),
            tuple(one.variable for one in kept if one.variable is not None),
            np.array([value for one in kept for value in one.usual], np.float64),
        ),
        {one.name: one.gaps for one in kept if one.gaps},
        tuple(one for one in found if isinstance(one, LeftOut)),
    )


# ---------------------------------------------------------------- numbers


def _check_finite(numbers: dict[str, Array]) -> None:
    counts = {name: int(np.isinf(v).sum()) for name, v in numbers.items() if not is_finite(v)}
    infinite = [f"{name} {n}" for name, n in counts.items() if n]
    if infinite:
        there = "there is 1 column" if len(infinite) == 1 else f"there are {len(infinite):,} columns"
        raise NotFiniteError(
            f"features are finite; {there} with infinite values (and how many): {listing(infinite)}; correct the "
            "values, or leave out the columns with --drop"
        )


def _of_numbers(
    numbers: dict[str, Array], rows: Indices, kept: Collection[str]
) -> Iterator[tuple[str, _Found | LeftOut]]:
    """Yield what each column of numbers is, many looked at at a time."""
    names = list(numbers)
    size = max(_ENTRIES // max(len(rows), 1), 1)
    for start in range(0, len(names), size):
        some = names[start : start + size]
        X = np.stack([np.asarray(numbers[name], np.float64)[rows] for name in some])
        yield from zip(some, _of_block(some, X, kept), strict=True)


def _of_block(names: Sequence[str], X: Array, kept: Collection[str]) -> list[_Found | LeftOut]:
    """Return what each row of a matrix is: the values of a column."""
    gaps = np.isnan(X).mean(axis=1) if X.shape[1] else np.zeros(len(X))
    constant = (X[:, :1] == X).all(axis=1)
    usual = _medians(X, gaps)
    every = zip(names, X, gaps.tolist(), constant.tolist(), usual.tolist(), strict=True)
    return [_of_one(*one, is_kept=one[0] in kept) for one in every]


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
    name: str, x: Array, gaps: float, constant: bool, usual: float, *, is_kept: bool
) -> _Found | LeftOut:
    if gaps == 1 and not is_kept:
        return LeftOut(name, EMPTY)
    if constant and not is_kept:
        return LeftOut(name, CONSTANT)
    if not is_kept and NAME_OF_AN_IDENTIFIER.fullmatch(name) and _are_identifiers(x):
        return LeftOut(name, IDENTIFIER)
    if not gaps:
        return _Found(name, None, [usual])
    return _Found(name, Numerical(name, gaps=True), [usual, 0.0], gaps)


def _are_identifiers(x: Array) -> bool:
    """Return whether these are whole numbers of which none stands there twice."""
    known = x[~np.isnan(x)]
    return bool((known == np.round(known)).all()) and len(np.unique(known)) == len(known)


# ---------------------------------------------------------------- text, categories, dates


def _of_others(cells: dict[str, Any], rows: Indices) -> dict[str, _Found | LeftOut]:
    """Return what each column of something else is.

    Raises
    ------
    FeatureError
        For all columns of text among numbers, or for the first that is unsure for another reason.
    """
    levels = {name: _levels(name, column) for name, column in cells.items() if not is_of_times(column.type)}
    text = {name: of_column for name, of_column in levels.items() if not _is_of_categories(cells[name])}
    others: dict[Hashable, Other | None] = {
        name: other for name, column in text.items() if (other := _among_numbers(column)) is not None
    }
    if others:
        raise text_among_numbers(others)
    return {name: _of_cells(name, column, levels.get(name), rows) for name, column in cells.items()}


def _is_of_categories(cells: Any) -> bool:
    """Return whether a column is of categories by its type."""
    return hasattr(cells.type, "index_type")


def _of_cells(name: str, cells: Any, levels: Levels | None, rows: Indices) -> _Found | LeftOut:
    if levels is None:
        return _of_times(name, as_times(cells)[rows], "iso")
    learned = levels.take(rows)
    if not len(learned):
        return LeftOut(name, EMPTY)
    return _of_levels(name, learned) if _is_of_categories(cells) else _of_text(name, levels, learned)


def _levels(name: str, cells: Any) -> Levels:
    if hasattr(cells.type, "value_field") or hasattr(cells.type, "fields") or _is_unknown(cells.type):
        raise FeatureError(
            f"a column that is used holds numbers or text, categories or dates; {name!r} holds {cells.type}; convert "
            f"it, or leave it out: --drop {quoted(name)}"
        )
    return Levels.of(cells)


def _is_unknown(kind: Any) -> bool:
    """Return whether a type is of bytes, durations, times of a day or periods."""
    types = pyarrow("types")
    return (
        "binary" in str(kind)
        or types.is_duration(kind)
        or types.is_time(kind)
        or hasattr(kind, "storage_type")
    )


def _of_text(name: str, levels: Levels, learned: Levels) -> _Found | LeftOut:
    """Return what text is, by all its values: dates, numbers, identifiers or categories, in this order."""
    form = _form(name, levels.values)
    if form is not None:
        return _of_times(
            name, np.append(parsed(learned.values, form), np.datetime64("NaT"))[learned.codes], form
        )
    marks = None if _are_codes(levels.values) else marks_of(levels.values)
    if marks is not None:
        return _of_spelled_numbers(name, learned, marks)
    _check_no_unit(name, levels.values)
    _check_no_dates(name, levels)
    return _of_levels(name, learned)


def _form(name: str, texts: Any) -> Any:
    try:
        return form_of(texts)
    except ParameterError as error:
        raise FeatureError(f"dates have one order; in {name!r} {error}; write them as 2019-01-31") from None


def _are_codes(texts: Any) -> bool:
    """Return whether a text is digits with a zero before them."""
    compute = pyarrow("compute")
    return bool(compute.any(compute.match_substring_regex(texts, r"^0[0-9]+$")).as_py())


def _of_spelled_numbers(name: str, levels: Levels, marks: Marks) -> _Found | LeftOut:
    numbers = np.append(as_numbers(levels.values, marks), np.nan)
    x = numbers[levels.codes]
    gaps = float(np.isnan(x).mean())
    if not gaps and (x == x[0]).all():
        return LeftOut(name, CONSTANT)
    usual = [float(np.median(x[~np.isnan(x)])), *([0.0] if gaps else [])]
    return _Found(name, Numerical(name, gaps > 0, marks), usual, gaps)


def _check_no_unit(name: str, texts: Any) -> None:
    unit = unit_of(texts)
    if unit:
        raise FeatureError(
            f"numbers stand without a unit; {name!r} has {unit!r} beside each (for instance {str(texts[0])!r}); write "
            f"the unit into the column's name and not into the cells, or leave out the column: --drop {quoted(name)}"
        )
    units = units_of(texts) if len(texts) > _MOST_SPELLED else []
    if 1 < len(units) <= _MOST_SPELLED:
        raise FeatureError(
            f"numbers of a column have one unit; {name!r} has {listing(units)} beside them (for instance "
            f"{str(texts[0])!r}); write all in one, and that into the column's name, or leave out the column: --drop "
            f"{quoted(name)}"
        )


def _check_no_dates(name: str, levels: Levels) -> None:
    """Refuse text that is dates for the most part, and too many for levels."""
    if len(levels) <= _MOST_SPELLED:
        return
    if all_match(levels.values, _SHORT_YEAR):
        raise FeatureError(
            f"a date has a year of four digits; {name!r} has none{instance(levels.example(0))}; write dates as "
            f"2019-01-31, or leave out the column: --drop {quoted(name)}"
        )
    form = form_of_most(levels.values)
    other = None if form is None else np.isnat(parsed(levels.values, form))
    if form is None or other is None or (~other).sum() <= _MOST_SPELLED:
        return
    raise FeatureError(
        f"dates are spelled alike; {name!r} holds dates ({spelled(form)}) and something else"
        f"{instance(levels.example(int(np.argmax(other))))}; correct it, make it missing, or leave out the column: "
        f"--drop {quoted(name)}"
    )


def _among_numbers(levels: Levels) -> Other | None:
    """Return a value that is not a number, where most values are, and too many for levels; None else."""
    if marks_of(levels.values) is not None:
        return None
    is_number = ~np.isnan(as_numbers(levels.values, PLAIN))
    counts = levels.counts()
    if is_number.sum() <= _MOST_SPELLED or 2 * counts[is_number].sum() <= counts.sum():
        return None
    return levels.example(int(np.argmin(is_number)))


def _of_times(name: str, times: Array, form: Any) -> _Found | LeftOut:
    missing = np.isnat(times)
    if missing.all():
        return LeftOut(name, EMPTY)
    first = str(times[~missing].min().astype("M8[D]"))
    parts = {part: x for part, x in parts_of(times, first).items() if _varies(x[~missing])}
    if not parts:
        return LeftOut(name, CONSTANT)
    gaps = float(missing.mean())
    variable = Temporal(name, first, tuple(parts), form, gaps > 0)
    return _Found(name, variable, [*medians([*parts.values()]), *([0.0] if gaps else [])], gaps)


def _varies(x: Array) -> bool:
    return bool((x != x[0]).any())


def _of_levels(name: str, levels: Levels) -> _Found | LeftOut:
    """Return the levels that are frequent, and those that are pooled."""
    counts, m = levels.counts(), len(levels.codes)
    gaps = float((levels.codes < 0).mean())
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
