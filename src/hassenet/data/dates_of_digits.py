"""Whole numbers that are dates as they are read, as 20190131."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
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
    if (
        values.dtype.kind not in "iuf" or values.dtype.itemsize < 4 or not values.size
    ):  # or too small for them
        return False
    known = values[~np.isnan(values)]
    if not known.size or not ((known >= _FIRST) & (known <= _LAST) & (known == np.round(known))).all():
        return False
    days = np.unique(known).astype(np.int64)
    month, day = days // 100 % 100, days % 100
    if len(days) < _FEWEST or ((month < 1) | (month > 12) | (day < 1)).any():
        return False
    months = ((days // 10000 - 1970) * 12 + month - 1).astype("M8[M]")
    return bool(((months.astype("M8[D]") + (day - 1)).astype("M8[M]") == months).all())


def notes_of_dates(name: Hashable, values: Array) -> list[str]:
    """Return what is to be noted of numbers of a target that are dates of eight digits: they are learned as numbers.

    >>> notes_of_dates("seen", np.array([20190131, 20190201, 20200229]))[0].partition(",")[0]
    "the numbers of 'seen' are all dates"
    """
    if not are_dates_of_digits(values):
        return []
    return [
        f"the numbers of {name!r} are all dates, as {int(np.nanmin(values))}, and are learned as numbers, between "
        "whose months are gaps; if dates are meant, give days since the first"
    ]
