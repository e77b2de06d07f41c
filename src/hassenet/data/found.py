"""What one column of a table is found to be, before all are put together."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.levels import Levels
from hassenet.data.objects import Other
from hassenet.data.sentinels import Sentinels
from hassenet.data.variable import Variable
from hassenet.errors import FeatureError

Array = NDArray[Any]
Indices = NDArray[np.int64]
IDENTIFIER = "identifiers, another value in each row"
CONSTANT = "constant"
EMPTY = "without any value"
RARE = "text of which no value is frequent"


@final
class LeftOut(NamedTuple):
    """A column from which nothing is learned, and why."""

    name: str
    why: str


class Found(NamedTuple):
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


class Repeated(NamedTuple):
    """Values of which none is missing, how many rows each has, and the share of rows that miss one."""

    values: Array
    counts: Array
    gaps: float

    @staticmethod
    def once(times: Array) -> Repeated:
        """Return times of which each is that of one row."""
        return Repeated.counted(times, np.ones(len(times), np.int64))

    @staticmethod
    def counted(times: Array, rows: Indices) -> Repeated:
        """Return times of which each is that of so many rows."""
        missing = np.isnat(times)
        there = ~missing & (rows > 0)
        share = rows[missing].sum() / rows.sum() if rows.any() else 0.0
        return Repeated(times[there], rows[there], float(share))

    @staticmethod
    def of(values: Array, levels: Levels) -> Repeated:
        """Return the values of levels."""
        return Repeated(values, levels.counts(), levels.gaps)


class Infinite(NamedTuple):
    """How many values of a column are infinite."""

    n: int


Seen = Found | LeftOut | Infinite | Other | FeatureError
"""What a column is, or what is wrong with it."""
