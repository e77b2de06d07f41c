"""Numbers that are written where a value is missing, as −999: they count as they stand, and a note names them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import counted

Array = NDArray[Any]

_APART = 1.5  # times as far from all others as these are from each other
_FEWEST = 10  # numbers, among which a few may stand apart by chance
_TOLD = 5  # columns
_DIGITS = range(2, 9)
_LIMITS = np.finfo(np.float32), np.finfo(np.float64)


def _codes() -> Array:
    """Return the numbers that programs, surveys and instruments write for a missing value, in rising order."""
    alike = [float(digit * n) for digit in "789" for n in _DIGITS]
    last = [10.0**n - k for n in (2, 3, 4) for k in (2, 3, 4)]  # 98, 97 and 96: surveys have several reasons
    with_point = [float("9" * n + point) for n in range(2, 6) for point in (".9", ".99")]
    of_machines = [32767.0, 32768.0, 65535.0, 2147483647.0, 2147483648.0, 1e20, 1e30, 999.25]
    of_netcdf = 9.969209968386869e36
    of_types = [float(limit.max) for limit in _LIMITS]
    found = np.array([*alike, *last, *with_point, *of_machines, of_netcdf, *of_types])
    either = np.array([*found, *-found, -9.0, -8.0, -7.0])
    with np.errstate(over="ignore"):
        return np.unique([either, either.astype(np.float32).astype(np.float64)])  # of a file of either type


_CODES = _codes()


@final
class Sentinels(NamedTuple):
    """Numbers of a column that look like missing values, and in how many rows they stand.

    Attributes
    ----------
    values : tuple of float
    rows : int
    """

    values: tuple[float, ...]
    rows: int

    def __str__(self) -> str:
        shown = " and ".join(map(_shown, self.values))
        return f"{shown} in {counted(self.rows, 'row')}"


def _shown(value: float) -> str:
    """Return a number as a file of its type has it: of 32 bits with as many digits as they tell apart."""
    single = abs(value) <= _LIMITS[0].max and float(np.float32(value)) == value
    return f"{value:.7g}" if single and value != round(value) else f"{value:.10g}"


@final
class Ends(NamedTuple):
    """Where the numbers of a column end, and how often those stand there that are usual for a missing value.

    Those of parts of its rows are joined to what all rows have, to the same as if these were looked at together.

    Attributes
    ----------
    low, high : float
        The least and the largest number but for such as are usual, below 0 and above; ∞ and −∞ where there is none.
    there : int
        How many rows have a finite number.
    codes : mapping from float to int
        The numbers beyond these that are usual for a missing value, and in how many rows each stands.
    """

    low: float
    high: float
    there: int
    codes: Mapping[float, int]

    @staticmethod
    def of(values: Array, rows: Array | None = None) -> Ends:
        """Return those of some numbers, of which each stands in one row, or in so many."""
        if values.dtype.kind not in "iuf" or not len(values):
            return Ends(np.inf, -np.inf, 0, {})
        if rows is None and not _ends_in_a_code(values):
            low, high = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
            if np.isfinite([low, high]).all():
                return Ends(low, high, int(np.count_nonzero(~np.isnan(values))), {})
        is_known = np.isfinite(values)
        u, place = np.unique(values[is_known].astype(np.float64), return_inverse=True)
        counts = np.bincount(place, None if rows is None else rows[is_known], len(u)).astype(np.int64)
        usual = are_codes(u)
        low = float(np.min(u[~(usual & (u < 0))], initial=np.inf))
        high = float(np.max(u[~(usual & (u > 0))], initial=-np.inf))
        beyond = usual & ((u < low) | (u > high))
        codes = dict(zip(u[beyond].tolist(), counts[beyond].tolist(), strict=True))
        return Ends(low, high, int(counts.sum()), codes)

    @staticmethod
    def joined(some: Sequence[Ends]) -> Ends:
        """Return those of the rows of all."""
        codes: Counter[float] = Counter()
        for one in some:
            codes.update(one.codes)
        return Ends(
            min(one.low for one in some),
            max(one.high for one in some),
            sum(one.there for one in some),
            codes,
        )

    @property
    def sentinels(self) -> Sentinels | None:
        """The numbers that look like missing values; None where there are none."""
        below = sorted(code for code in self.codes if code < self.low)
        above = sorted(code for code in self.codes if code > self.high)
        if self.there < _FEWEST or not self.low < self.high:
            return None
        width = _APART * (self.high - self.low)
        is_negative = self.low >= 0 and sum(self.codes[code] for code in below) > 1
        values = below if below and (self.low - below[-1] > width or is_negative) else []
        values += above if above and above[0] - self.high > width else []
        return Sentinels(tuple(values), sum(self.codes[code] for code in values)) if values else None


def sentinels_in(values: Array) -> Sentinels | None:
    """Return the numbers that look like missing values; None where there are none.

    Such a number is one that is usual for it, as −9, −999, 99 or 9999, and clearly apart: beyond all others by more
    than 1.5 times their range, or in two rows or more the only one below 0.

    Examples
    --------
    >>> print(sentinels_in(np.array([31, 64, 50, -999, 28, 45, 39, 70, 52, -999, 61])))
    -999 in 2 rows
    >>> sentinels_in(np.arange(100)) is None  # 99 is one of them
    True
    """
    if values.dtype.kind not in "iuf" or len(values) < _FEWEST or not _ends_in_a_code(values):
        return None
    return Ends.of(values).sentinels


def are_codes(values: Array) -> NDArray[np.bool_]:
    """Return which numbers are usual for a missing value.

    >>> are_codes(np.array([-999.0, 31.0]))
    array([ True, False])
    """
    return np.isin(values, _CODES)


def _ends_in_a_code(values: Array) -> bool:
    """Return whether the least or the greatest number is usual for a missing value; of the most it is not."""
    return bool(are_codes(np.array([np.fmin.reduce(values), np.fmax.reduce(values)])).any())


def notes_of_sentinels(columns: Sequence[tuple[Hashable, Sentinels | None]]) -> list[str]:
    """Return what is to be noted of columns of which some numbers look like missing values: they count as they are.

    >>> print(*notes_of_sentinels([("dose", Sentinels((-999.0,), 2)), ("age", None)]))
    numbers look like missing values and count as they are: -999 in 2 rows of 'dose'; if they are missing, empty these
    cells
    """
    found = [f"{one} of {name!r}" for name, one in columns if one is not None]
    more = f" and {len(found) - _TOLD:,} more" if len(found) > _TOLD else ""
    return [
        f"numbers look like missing values and count as they are: {', '.join(found[:_TOLD])}{more}; if they are "
        "missing, empty these cells"
    ] * bool(found)
