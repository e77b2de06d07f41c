"""A time until an event, by hazards in intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.likelihoods import DiscreteTimeLoss
from hassenet.outcomes.events import Events
from hassenet.outcomes.outcome import Array, Outcome
from hassenet.outcomes.times import OF_RISKS, times_in
from hassenet.survival import SurvivalCurves, interval_targets, quantile_cuts, survival_of_hazards
from hassenet.survival.intervals import cumulative_hazard
from hassenet.tables import Table


@final
@dataclass(frozen=True)
class IntervalHazards(Outcome):
    """A time until an event: an output an interval, the probability that the event comes in it if not before.

    Parameters
    ----------
    name : str
        The column of the times.
    event : str
        The column that says whether the event was seen at that time.
    seen : str, optional
        The cell that says so; by default 1, true or yes.
    intervals : int
        Into how many time is divided, with about equally many events each; there may be fewer.
    cuts : tuple of float
        Their ends, in the unit of the times, once there are rows to learn from.

    Examples
    --------
    >>> months = IntervalHazards("months", "died", intervals=2)
    >>> months.begun(np.array([[1.0, 1], [2, 1], [3, 0], [4, 1], [8, 1]])).cuts
    (2.0, 8.0)
    """

    name: str
    event: str
    seen: str | None = None
    intervals: int = 10
    cuts: tuple[float, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Time and event."""
        return self.name, self.event

    @property
    def words(self) -> str:
        """What it is."""
        return f"{self.name!r} (until {self.event!r}, in intervals)"

    @property
    def outputs(self) -> tuple[str, ...]:
        """One an interval."""
        return tuple(f"{self.name} until {cut:g}" for cut in self.cuts)

    @property
    def loss(self) -> DiscreteTimeLoss:
        """That of hazards."""
        return DiscreteTimeLoss()

    @property
    def shifted(self) -> tuple[float, ...]:
        """All alike."""
        return (1.0,) * len(self.cuts)

    def values_in(self, table: Table) -> Array:
        """Return times and events, (m, 2)."""
        return times_in(table, self.name, self.event, self.seen)

    def said(self, table: Table, values: Array) -> Events:
        """Return what rows say of the event."""
        return Events.of(table, self.event, self.seen, values)

    def check(self, said: Sequence[Events]) -> None:
        """Refuse times of which none ends with an event."""
        Events.joined(said).check(self.name, self.event, self.seen)

    def begun(self, values: Array) -> IntervalHazards:
        """Return it with the ends of the intervals."""
        return replace(self, cuts=tuple(quantile_cuts(values, self.intervals).tolist()))

    def encoded(self, values: Array) -> Array:
        """Return 0 for each interval survived, 1 for that of the event, and NaN where nothing is known."""
        return interval_targets(values, self.cuts)

    def in_block(self, values: Array) -> Array:
        """Return the same."""
        return self.encoded(values)

    def strata(self, values: Array) -> NDArray[np.int64] | None:
        """Return the events, where more than one row has and has not one."""
        if np.isnan(values).any():
            return None
        events = values[:, 1].astype(np.int64)
        return None if 1 in np.bincount(events) else events

    def answer(self, outputs: Array) -> Array:
        """Return the cumulative hazard up to the last interval, (m,): the higher, the sooner the event."""
        return cumulative_hazard(outputs)

    def answers(self, outputs: Array, *, alone: bool) -> dict[str, Array]:
        """Return the cumulative hazard."""
        return {f"risk_{self.name}": self.answer(outputs)}

    @property
    def direction(self) -> str:
        """For the risk."""
        return OF_RISKS

    def curves(self, outputs: Array, stratum: Any = None) -> SurvivalCurves:
        """Return S(t|x) of each example; there are no strata."""
        return survival_of_hazards(outputs, self.cuts)

    @property
    def signals(self) -> dict[str, tuple[float, ...]]:
        """The mean of the log-odds of all intervals."""
        return {self.name: (1 / len(self.cuts),) * len(self.cuts)}
