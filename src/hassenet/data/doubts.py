"""What of columns of numbers may be meant otherwise, found a part of the rows at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.dates_of_digits import (
    Days,
    are_all_dates,
    days_joined,
    days_of_digits,
    may_be_days,
    notes_of_features,
)
from hassenet.data.match import Match
from hassenet.data.sentinels import Ends, are_codes, notes_of_sentinels
from hassenet.data.table import columns_of

Array = NDArray[Any]


@final
class Doubt(NamedTuple):
    """What is known of the numbers of one column: where they end, and their first days while all are dates."""

    ends: Ends
    days: Days

    @staticmethod
    def of(values: Array) -> Doubt:
        """Return what is known of some numbers.

        >>> Doubt.of(np.array([20190131, 20190201])).days
        (20190131, 20190201)
        """
        return Doubt(Ends.of(values), days_of_digits(values))

    @staticmethod
    def joined(some: Sequence[Doubt]) -> Doubt:
        """Return what is known of the rows of all."""
        return Doubt(Ends.joined([one.ends for one in some]), days_joined([one.days for one in some]))

    @property
    def are_dates(self) -> bool:
        """Whether all numbers are dates."""
        return are_all_dates(self.days)


Doubts = dict[Hashable, Doubt]


def doubts_in(table: Any, names: Iterable[Hashable] | None = None, rows: Array | None = None) -> Doubts:
    """Return what is known of columns of numbers of a table, in some of its rows; by default of all of one name.

    >>> from hassenet.tables import Table
    >>> list(doubts_in(Table({"age": np.array([31, 64])})))
    ['age']
    """
    columns = columns_of(table)
    asked = [name for name, n in Counter(columns.names).items() if n == 1] if names is None else [*names]
    column = Match.of(asked, columns.names).column
    if columns.are_one_block and asked:
        X = np.asarray(columns.block([column[name] for name in asked]))
        return dict(zip(asked, _of_block(X if rows is None else X[rows]), strict=False))
    each = ((name, columns.numbers(column[name])) for name in asked)
    return {name: Doubt.of(x if rows is None else x[rows]) for name, x in each if x is not None}


def _of_block(X: Array) -> Iterator[Doubt]:
    """Yield what is known of columns side by side, of which most end neither in a code nor in a day."""
    if X.dtype.kind not in "iuf" or not len(X):
        yield from map(Doubt.of, X.T if X.dtype.kind in "iuf" else ())
        return
    low, high = np.fmin.reduce(X), np.fmax.reduce(X)
    there = (~np.isnan(X)).sum(axis=0) if X.dtype.kind == "f" else np.full(X.shape[1], len(X))
    is_plain = np.isfinite(low) & np.isfinite(high) & ~are_codes(low) & ~are_codes(high) & ~may_be_days(low)
    for k, facts in enumerate(zip(low.tolist(), high.tolist(), there.tolist(), strict=True)):
        yield Doubt(Ends(*facts, {}), None) if is_plain[k] else Doubt.of(X[:, k])


def doubts_joined(some: Sequence[Doubts]) -> Doubts:
    """Return what is known of columns that all parts of the rows have; nothing where there is no part."""
    names = (name for name in (some[0] if some else ()) if all(name in one for one in some))
    return {name: Doubt.joined([one[name] for one in some]) for name in names}


def notes_of(doubts: Doubts) -> list[str]:
    """Return what is to be noted of columns of features: they count as they stand.

    >>> ages = [31, 64, 50, -999, 28, 45, 39, 70, 52, -999, 61]
    >>> notes_of({"age": Doubt.of(np.array(ages))})[0].partition(";")[0]
    "numbers look like missing values and count as they are: -999 in 2 rows of 'age'"
    """
    dates = [name for name, one in doubts.items() if one.are_dates]
    return notes_of_features(dates) + notes_of_sentinels(
        [(name, one.ends.sentinels) for name, one in doubts.items()]
    )


def in_doubt(doubts: Doubts) -> list[Hashable]:
    """Return the columns of which something is to be noted."""
    return [name for name, one in doubts.items() if one.are_dates or one.ends.sentinels is not None]
