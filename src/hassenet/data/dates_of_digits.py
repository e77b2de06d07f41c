"""Whole numbers that are dates as they are read, as 20190131."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.not_numbers import quoted
from hassenet.errors import listing

Array = NDArray[Any]
Days = tuple[int, ...] | None
_FIRST, _LAST = 19000101, 20991231
_FEWEST = 3  # different ones, as two may be so by chance


def are_dates_of_digits(values: Array) -> bool:
    """Return whether all numbers that are there are dates of eight digits, those of years from 1900 to 2099.

    Examples
    --------
    >>> are_dates_of_digits(np.array([20190131, 20190201, 20200229, np.nan]))
    True
    >>> are_dates_of_digits(np.array([20190131, 20190201, 20190229]))
    False
    """
    return are_all_dates(days_of_digits(values))


def are_all_dates(days: Days) -> bool:
    """Return whether enough different days are known, and nothing else."""
    return days is not None and len(days) >= _FEWEST


def days_of_digits(values: Array) -> Days:
    """Return the first different days among numbers, () where none is there; None where others than dates are.

    >>> days_of_digits(np.array([20190201, 20190131, 20190201])), days_of_digits(np.array([20190229]))
    ((20190131, 20190201), None)
    """
    if values.dtype.kind not in "iuf" or (values.dtype.itemsize < 4 and values.size):  # or too small for them
        return None
    known = values[~np.isnan(values)]
    if not (may_be_days(known) & (known == np.round(known))).all():
        return None
    days = np.unique(known).astype(np.int64)
    month, day = days // 100 % 100, days % 100
    if ((month < 1) | (month > 12) | (day < 1)).any():
        return None
    months = ((days // 10000 - 1970) * 12 + month - 1).astype("M8[M]")
    are_days = ((months.astype("M8[D]") + (day - 1)).astype("M8[M]") == months).all()
    return tuple(days[:_FEWEST].tolist()) if are_days else None


def may_be_days(values: Array) -> NDArray[np.bool_]:
    """Return which numbers lie where days of eight digits do."""
    return np.asarray((values >= _FIRST) & (values <= _LAST))


def days_joined(some: Sequence[Days]) -> Days:
    """Return the first different days of parts of the rows; None where others than dates are in one."""
    each = [days for days in some if days is not None]
    return tuple(sorted({*chain.from_iterable(each)})[:_FEWEST]) if len(each) == len(some) else None


def notes_of_days(name: Hashable, days: Days) -> list[str]:
    """Return what is to be noted of numbers of a target whose first days are these: they are learned as numbers.

    >>> notes_of_days("seen", (20190131, 20190201, 20200229))[0].partition(",")[0]
    "the numbers of 'seen' are all dates"
    """
    if days is None or not are_all_dates(days):
        return []
    return [
        f"the numbers of {name!r} are all dates, as {days[0]}, and are learned as numbers, between "
        "whose months are gaps; if dates are meant, give days since the first"
    ]


def notes_of_features(names: Sequence[Hashable]) -> list[str]:
    """Return what is to be noted of columns of features whose numbers are dates of eight digits."""
    return [
        "numbers that are all dates, as 20190131, are taken as numbers, between whose months are gaps: "
        f"{listing(names)}; if they are dates, say so (--date {quoted(str(names[0]))})"
        for _ in names[:1]
    ]
