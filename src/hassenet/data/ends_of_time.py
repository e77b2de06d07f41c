"""Dates that are written where there is none, as 9999-12-31: they count as they stand, and a note names them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import counted

Array = NDArray[Any]

_APART = 1.5  # times as far from all others as these are from each other
_FEWEST = 10  # dates, among which a few may stand apart by chance
_TOLD = 5  # columns
_ENDS = np.array(
    [
        *("9999-12-31", "9999-01-01", "9999-09-09", "2999-12-31", "2999-01-01", "2999-09-09"),
        *("2100-12-31", "2100-01-01", "2099-12-31", "2099-01-01", "2079-06-06"),
        *("0001-01-01", "1000-01-01", "1601-01-01", "1753-01-01", "1800-01-01", "1899-12-30", "1899-12-31"),
        *("1900-01-01", "1901-01-01", "1970-01-01"),
    ],
    "M8[D]",
)
"""What data bases and programs write where a period is open, or where they count from."""


def ends_in(times: Array, counts: Array) -> str:
    """Return the dates that stand for none, and in how many rows; "" where there are none.

    Such a date is one that is usual for it, and clearly apart: beyond all others by more than 1.5 times their range.

    Parameters
    ----------
    times : array of datetime64
        None of them missing.
    counts : array of int
        How many rows have each.

    Examples
    --------
    >>> days = np.array(["2019-01-31", "2021-05-01", "9999-12-31"], "M8[s]")
    >>> ends_in(days, np.array([8, 7, 4]))
    '9999-12-31 in 4 rows'
    >>> ends_in(days[:2], np.array([8, 7]))
    ''
    """
    days = times.astype("M8[D]")
    usual = np.isin(days, _ENDS)
    if not usual.any() or usual.all() or counts.sum() < _FEWEST:
        return ""
    low, high = days[~usual].min(), days[~usual].max()
    apart = usual & (
        np.maximum(low - days, days - high) / np.timedelta64(1, "D") > _APART * _n_days(low, high)
    )
    shown = " and ".join(map(str, np.unique(days[apart])))
    return f"{shown} in {counted(int(counts[apart].sum()), 'row')}" if shown else ""


def _n_days(low: Any, high: Any) -> float:
    return float((high - low) / np.timedelta64(1, "D"))


def notes_of_ends(columns: Sequence[tuple[Hashable, str]]) -> list[str]:
    """Return what is to be noted of columns of which some dates stand for none: they count as they are.

    >>> print(*notes_of_ends([("end", "9999-12-31 in 4 rows"), ("begin", "")]))
    dates look like missing values and count as they are: 9999-12-31 in 4 rows of 'end'; if they are missing, empty
    these cells
    """
    found = [f"{one} of {name!r}" for name, one in columns if one]
    more = f" and {len(found) - _TOLD:,} more" if len(found) > _TOLD else ""
    return [
        f"dates look like missing values and count as they are: {', '.join(found[:_TOLD])}{more}; if they are "
        "missing, empty these cells"
    ] * bool(found)
