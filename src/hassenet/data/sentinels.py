"""Numbers that are written where a value is missing, as −999: they count as they stand, and a note names them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.columns import Columns
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
    known = values[np.isfinite(values)].astype(np.float64)
    u, counts = np.unique(known, return_counts=True)
    first, last = _of_the_rest(u)
    if len(known) < _FEWEST or last - first < 2:
        return None
    apart = np.zeros(len(u), bool)
    apart[last:] = last < len(u) and u[last] - u[last - 1] > _APART * (u[last - 1] - u[first])
    apart[:first] = first > 0 and (
        u[first] - u[first - 1] > _APART * (u[last - 1] - u[first])
        or (u[first] >= 0 and counts[:first].sum() > 1)
    )
    return Sentinels(tuple(u[apart].tolist()), int(counts[apart].sum())) if apart.any() else None


def sentinels_of(columns: Columns) -> list[tuple[Hashable, Sentinels | None]]:
    """Return those of each column of a table whose columns are numbers and have one name each."""
    names = [name for name, n in Counter(columns.names).items() if n == 1]
    if columns.are_one_block and names:
        X = np.asarray(columns.block(names))
        names = [names[k] for k in np.flatnonzero(_end_in_codes(X))] if X.dtype.kind in "iuf" else []
    each = ((name, columns.numbers(name)) for name in names)
    return [(name, sentinels_in(x)) for name, x in each if x is not None]


def _ends_in_a_code(values: Array) -> bool:
    return bool(_end_in_codes(values[:, None])[0])


def _end_in_codes(X: Array) -> NDArray[np.bool_]:
    """Return of which columns the least or the greatest number is usual for a missing value; of the most it is not."""
    if not len(X):
        return np.zeros(X.shape[1], bool)
    ends = np.stack([np.fmin.reduce(X), np.fmax.reduce(X)])
    return np.asarray(np.isin(ends, _CODES).any(axis=0))


def _of_the_rest(u: Array) -> tuple[int, int]:
    """Return where the numbers begin and end that are left, of rising ones, without such as are usual at both ends."""
    usual = np.isin(u, _CODES)
    kept = np.flatnonzero(~(usual & (u < 0)))
    first = int(kept[0]) if len(kept) else len(u)
    below = np.flatnonzero(~(usual & (u > 0)))
    return first, int(below[-1]) + 1 if len(below) else 0


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
