"""What columns of text are, by all their values: dates, numbers, identifiers or categories."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.arrow import is_of_times
from hassenet.data.columns import Columns
from hassenet.data.dates import CLOCKS, form_asked, form_of, parsed
from hassenet.data.found import CONSTANT, EMPTY, IDENTIFIER, RARE, Found, LeftOut, Repeated, Seen
from hassenet.data.found_levels import of_levels, of_times
from hassenet.data.kinds import Kind, not_of_kind
from hassenet.data.levels import Levels
from hassenet.data.marks import PLAIN, Marks, as_numbers, begin_as_numbers, marks_of
from hassenet.data.negated import negated
from hassenet.data.numerical import Numerical, numbers_spelled
from hassenet.data.objects import Other
from hassenet.data.sentinels import sentinels_in
from hassenet.data.stand_ins import stand_ins, without_stand_ins
from hassenet.data.temporal import as_times
from hassenet.data.truths import as_zeros_and_ones
from hassenet.data.unsure import check_no_dates, check_no_durations, check_no_unit
from hassenet.data.variable import median
from hassenet.errors import FeatureError, ParameterError
from hassenet.files.optional import pyarrow
from hassenet.hierarchy.placeholders import is_placeholder

Indices = NDArray[np.int64]
MOST_SPELLED = 10
"""How many different numbers there are, at most, among which text may stand for levels to be meant."""


def of_cells(name: str, columns: Columns, column: Hashable, rows: Indices | None, asked: Kind | None) -> Seen:
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
    return of_known_levels(name, kind, levels, _learned(levels, rows), asked)


def of_known_levels(name: str, kind: Any, levels: Levels, learned: Levels, asked: Kind | None) -> Seen:
    """Return what a column of a type is, of these levels, some of which are learned from."""
    if not len(learned):
        return LeftOut(name, EMPTY)
    if asked is not None:
        return _ASKED[asked](name, levels, learned)
    return of_levels(name, learned) if hasattr(kind, "index_type") else _of_text(name, levels, learned)


def _as_numbers(name: str, levels: Levels, learned: Levels) -> Found | LeftOut:
    marks = PLAIN if as_zeros_and_ones(levels.values) is not None else marks_of(levels.values)
    if marks is None:
        is_other = np.isnan(as_numbers(levels.values, PLAIN))
        raise not_of_kind(
            name, "number", "not all of it is spelled as one", levels.example(int(is_other.argmax()))
        )
    return _of_spelled_numbers(name, learned, marks)


def _as_categories(name: str, levels: Levels, learned: Levels) -> Found | LeftOut:
    found = of_levels(name, learned)
    if isinstance(found, LeftOut) and found.why in (IDENTIFIER, RARE):
        raise not_of_kind(name, "category", f"{found.why} cannot be learned from")
    return found


def _as_dates(name: str, levels: Levels, learned: Levels) -> Found | LeftOut:
    form = _form(name, levels.values, form_asked)
    if form is None:
        raise not_of_kind(name, "date", "not all of it is spelled as one", levels.example(0))
    return of_times(name, Repeated.of(parsed(learned.values, form), learned), form)


def _learned(levels: Levels, rows: Indices | None) -> Levels:
    return levels.used() if rows is None else levels.take(rows)


def _of_typed_times(name: str, cells: Any, rows: Indices | None) -> Found | LeftOut:
    times = as_times(cells)
    return of_times(name, Repeated.once(times if rows is None else times[rows]), "iso")


def _of_text(name: str, levels: Levels, learned: Levels) -> Seen:
    """Return what text is, by all its values: dates, numbers, identifiers or categories, in this order."""
    form = _form(name, levels.values)
    if form is not None:
        found = of_times(name, Repeated.of(parsed(learned.values, form), learned), form)
        return found._replace(of_clocks=form in CLOCKS) if isinstance(found, Found) else found
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
        check_no_unit(name, levels)
        check_no_durations(name, levels)
    check_no_dates(name, levels)
    return of_levels(name, learned)


def _with_stand_ins(name: str, levels: Levels, known: Levels, learned: Levels) -> Seen:
    """Return what text is of which some stands for a missing value, by the rest of it."""
    found = _of_text(name, known, learned)
    return found._replace(stand_ins=tuple(stand_ins(levels, known))) if isinstance(found, Found) else found


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


def _of_spelled_numbers(name: str, learned: Levels, marks: Marks) -> Found | LeftOut:
    """Return a column of numbers in text: those that are spelled plainly are the same as if they were of a type."""
    x = Repeated.of(numbers_spelled(learned.values, marks), learned)
    if not x.gaps and (x.values == x.values[0]).all():
        return LeftOut(name, CONSTANT)
    in_parentheses = negated(learned)
    is_plain = not x.gaps and marks == PLAIN and not in_parentheses
    usual = [median(x.values, x.counts), *([0.0] if x.gaps else [])]
    variable = None if is_plain else Numerical(name, x.gaps > 0, marks, in_parentheses > 0)
    of_truths = as_zeros_and_ones(learned.values) is not None
    found = Found(name, variable, usual, x.gaps, of_truths, negated=in_parentheses)
    return found._replace(sentinels=sentinels_in(np.repeat(x.values, x.counts)))


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


_ASKED: Mapping[Kind, Callable[[str, Levels, Levels], Found | LeftOut]] = MappingProxyType(
    {"number": _as_numbers, "category": _as_categories, "date": _as_dates}
)
