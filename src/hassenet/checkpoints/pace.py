"""When the next checkpoint is due."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import final

from hassenet._checks import NOT_NEGATIVE, require_number

_LEAST = 10.0
_SHARE = 0.01


@final
@dataclass
class Pace:
    """Seconds from one checkpoint to the next: those asked for, or as many as cost no more than a hundredth.

    Parameters
    ----------
    every : float, optional
        Seconds; by default 10, or a hundred times as many as the last checkpoint took.

    Raises
    ------
    ParameterError
        If it is not a number of 0 or more.

    Examples
    --------
    >>> Pace(0.0).is_due, Pace().is_due
    (True, False)
    """

    every: float | None = None
    took: float = 0.0
    spent: float = 0.0
    since: float = field(default_factory=perf_counter)

    def __post_init__(self) -> None:
        """Check the interval."""
        if self.every is not None:
            require_number("every", self.every, NOT_NEGATIVE)

    @property
    def interval(self) -> float:
        """Seconds from the end of one checkpoint to the next."""
        return max(_LEAST, self.took / _SHARE) if self.every is None else self.every

    @property
    def is_due(self) -> bool:
        """Whether it is time for one."""
        return perf_counter() - self.since >= self.interval

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count the time inside among what the next checkpoint takes."""
        began = perf_counter()
        yield
        self.spent += perf_counter() - began

    def begin(self) -> None:
        """Count the time to the next checkpoint from now on."""
        self.took, self.spent, self.since = self.spent, 0.0, perf_counter()
