"""What the columns of a table are: numbers, categories, dates, or nothing to learn from."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.arrow import is_of_times
from hassenet.data.columns import Columns
from hassenet.data.columns_found import Recognised, joined, side_by_side
from hassenet.data.counted_cells import CountedCells
from hassenet.data.doubts import Doubt
from hassenet.data.found import Found, Infinite, LeftOut, Repeated, Seen
from hassenet.data.found_levels import of_times
from hassenet.data.found_notes import check_finite, check_text, note_found
from hassenet.data.found_numbers import NAME_OF_AN_IDENTIFIER, are_whole, of_numbers, of_one_column
from hassenet.data.found_text import of_cells, of_known_levels
from hassenet.data.kinds import Kind, checked_kinds
from hassenet.data.match import Match, check_each_once
from hassenet.data.objects import Other
from hassenet.data.stream import Stream, is_stream, together
from hassenet.data.table import columns_of
from hassenet.data.table_elsewhere import TableElsewhere
from hassenet.data.temporal import as_times
from hassenet.data.threads import each, runs
from hassenet.errors import FeatureError
from hassenet.files.optional import pyarrow

Array = NDArray[Any]
Indices = NDArray[np.int64]
_ENTRIES = 1_000_000  # of the columns that a thread looks at at a time
_WINDOW = 256  # megabytes of columns that come here together
_NOTHING: Array = np.empty(0)


@final
class _Look(NamedTuple):
    """What the columns of a table are, some at a time."""

    columns: Columns
    column: Mapping[Hashable, Hashable]
    rows: Indices | None
    kept: frozenset[str]
    asked: Mapping[str, Kind]

    def at(self, names: Sequence[str]) -> list[tuple[str, Seen]]:
        """Return what some columns are: numbers together, since there may be many, and others one by one."""
        numbers = {name: x for name in names if (x := self._numbers(name)) is not None}
        found = dict(of_numbers(numbers, self.rows, self.kept, self.asked))
        return [(name, found[name] if name in found else self._of_others(name)) for name in names]

    def _numbers(self, name: str) -> Array | None:
        column, asked = self.column[name], self.asked.get(name)
        if asked in ("category", "date"):
            return None
        numbers = self.columns.numbers(column)
        if numbers is None or asked == "number" or not are_whole(numbers):
            return numbers
        return None if self.columns.are_codes(column) else numbers

    def _of_others(self, name: str) -> Seen:
        try:
            return of_cells(name, self.columns, self.column[name], self.rows, self.asked.get(name))
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


def _unless_refused(seen: Mapping[str, Seen], names: Sequence[str]) -> Recognised:
    """Return what all columns are together; raise the errors about some of them."""
    check_finite({name: one.n for name, one in seen.items() if isinstance(one, Infinite)})
    check_text({name: one for name, one in seen.items() if isinstance(one, Other)})
    found = [_unless_unsure(seen[name]) for name in names]
    note_found(found)
    return joined(found)


def _unless_unsure(seen: Seen) -> Found | LeftOut:
    """Return what a column is; raise the error about one of which nobody can be sure."""
    if isinstance(seen, FeatureError):
        raise seen
    assert isinstance(seen, Found | LeftOut)  # others were refused together
    return seen


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


def _of_counted(name: str, counted: CountedCells, asked: Kind | None) -> Seen | None:
    """Return what a column of something else than numbers is, by its cells; None where all of them are numbers."""
    columns = columns_of(pyarrow().table([counted.cells], names=[name]))
    if columns.numbers(name) is not None and asked not in ("category", "date"):
        return None
    kind = columns.kind(name)
    if is_of_times(kind) and asked in (None, "date"):
        return of_times(name, Repeated.counted(as_times(columns.cells(name)), counted.learned), "iso")
    try:
        levels = replace(columns.levels(name), times=counted.times, firsts=counted.firsts)
        learned = replace(levels, times=counted.learned).used()
        return of_known_levels(name, kind, levels, learned, asked)
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
) -> Iterator[tuple[str, Seen]]:
    """Yield what columns of numbers are whose rows lie elsewhere, as :func:`of_numbers` does."""
    known, usual = table.known(names, rows), np.nan_to_num(table.medians(names, rows))
    doubts = table.doubts(names, rows)
    facts = (known.infinite, known.gaps, known.is_constant, usual, known.of_truths)
    every = zip(names, *(fact.tolist() for fact in facts), strict=True)
    for name, infinite, gaps, constant, median_, of_truths in every:
        one = of_one_column(name, _NOTHING, gaps, constant, median_, is_kept=name in kept, is_asked=True)
        are_dates = name not in asked and doubts[name].are_dates
        yield name, Infinite(infinite) if infinite else _with_facts(one, of_truths, are_dates, doubts[name])


def _with_facts(one: Found | LeftOut, of_truths: bool, of_dates: bool, doubt: Doubt) -> Found | LeftOut:
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
    return side_by_side(found)._replace(asked=asked)
