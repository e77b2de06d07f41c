"""When the next checkpoint is due."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import final

from hassenet.checkpoints.interval import Interval

_AT_FIRST = 0.02


@final
@dataclass
class Pace:
    """When the next checkpoint is due, by an interval and what the last one took.

    Attributes
    ----------
    interval : Interval
    took : float
        Seconds of writing the last one; before there is one, about what a disk takes.

    Examples
    --------
    >>> Pace(Interval.of(0.0)).is_due, Pace(Interval.of(0.0).sparing, took=1e6).is_due, Pace().is_due
    (True, False, False)
    """

    interval: Interval = field(default_factory=Interval)
    took: float = _AT_FIRST
    spent: float = 0.0
    since: float = field(default_factory=perf_counter)

    @property
    def is_due(self) -> bool:
        """Whether it is time for one."""
        return perf_counter() - self.since >= self.interval.after(self.took)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count the time inside among what the next checkpoint takes."""
        began = perf_counter()
        yield
        self.spent += perf_counter() - began

    def begin(self) -> None:
        """Count the time to the next checkpoint from now on."""
        self.took, self.spent, self.since = self.spent, 0.0, perf_counter()
