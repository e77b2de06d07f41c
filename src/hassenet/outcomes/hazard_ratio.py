"""A time until an event, by proportional hazards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.noting import note
from hassenet.errors import ParameterError, ShapeError, listing
from hassenet.likelihoods import CoxLoss
from hassenet.outcomes.events import Events
from hassenet.outcomes.outcome import Array, Outcome, known
from hassenet.outcomes.times import OF_RISKS, strata_in, times_in
from hassenet.outcomes.unknown_strata import UnknownStrata
from hassenet.survival import Baseline, SurvivalCurves
from hassenet.survival.comparable import check_comparable
from hassenet.tables import Table
from hassenet.task.label import codes_of


@final
@dataclass(frozen=True)
class HazardRatio(Outcome):
    """A time until an event, of hazard h(t|x) = h₀(t) e^η: the output is η, the logarithm of the hazard ratio.

    Parameters
    ----------
    name : str
        The column of the times.
    event : str
        The column that says whether the event was seen at that time.
    seen : str, optional
        The cell that says so; by default 1, true or yes.
    stratum : str, optional
        The column of the strata, each with a baseline of its own.
    labels : tuple of str
        The strata, in the order of their numbers.
    baseline : Baseline, optional
        H₀, once the network was trained.

    Examples
    --------
    >>> values = np.array([[1.0, 1], [2, 1], [3, 0]])
    >>> months = HazardRatio("months", "died").settled(values, np.zeros((3, 1)))
    >>> months.curves(np.array([[0.0], [1.0]])).at([1.5])  # e^(−⅓), and e^(−e/3)
    array([[0.71653131],
           [0.40409958]])
    """

    name: str
    event: str
    seen: str | None = None
    stratum: str | None = None
    labels: tuple[str, ...] = ()
    baseline: Baseline | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Time, event and stratum."""
        return (self.name, self.event, *(() if self.stratum is None else (self.stratum,)))

    @property
    def words(self) -> str:
        """What it is."""
        strata = "" if self.stratum is None else f", strata {self.stratum!r}"
        return f"{self.name!r} (until {self.event!r}{strata})"

    @property
    def outputs(self) -> tuple[str, ...]:
        """One."""
        return (self.name,)

    @property
    def loss(self) -> CoxLoss:
        """Cox's."""
        return CoxLoss()

    def values_in(self, table: Table) -> Array:
        """Return times, events and strata, (m, 2) or (m, 3).

        Raises
        ------
        ParameterError, TargetError
            If strata have no labels, or none is known.
        """
        values = times_in(table, self.name, self.event, self.seen)
        if self.stratum is None:
            return values
        if not self.labels:
            raise ParameterError(
                f"strata have labels, in the order of their numbers; the outcome {self.name!r} has none for "
                f"{self.stratum!r}; give labels=('north', 'south'), as the column spells them"
            )
        values = np.column_stack([values, strata_in(table, self.stratum, self.labels)])
        return np.where(np.isnan(values).any(axis=1, keepdims=True), np.nan, values)

    def said(self, table: Table, values: Array) -> Events:
        """Return what rows say of the event."""
        return Events.of(table, self.event, self.seen, values)

    def check(self, said: Sequence[Events]) -> None:
        """Refuse times of which none ends with an event."""
        Events.joined(said).check(self.name, self.event, self.seen)

    def begun(self, values: Array) -> HazardRatio:
        """Return the same, where there is somebody to compare.

        Raises
        ------
        TargetError
            If in no stratum an event comes while another row is observed.
        """
        check_comparable(values)
        return self

    def in_block(self, values: Array) -> Array:
        """Return the order of times, with a minus where no event was seen: the likelihood knows no more."""
        order = np.full(len(values), np.nan)
        there = known(values)
        order[there] = np.unique(values[there, 0], return_inverse=True)[1] + 1.0
        return np.where(values[:, 1] == 1, order, -order)[:, None]

    def strata(self, values: Array) -> NDArray[np.int64] | None:
        """Return events and strata; where too few are in both, strata alone."""
        if np.isnan(values).any():
            return None
        _, both = np.unique(values[:, 1:], axis=0, return_inverse=True)
        if np.bincount(both.ravel()).min() > 1 or values.shape[1] == 2:
            return both.ravel() if np.bincount(both.ravel()).min() > 1 else None
        return values[:, 2].astype(np.int64)

    def settled(self, values: Array, outputs: Array, weight: Array | None = None) -> HazardRatio:
        """Return it with the baseline that these rows show."""
        there = known(values)
        weight = None if weight is None else weight[there]
        return replace(self, baseline=Baseline.of(values[there], outputs[there, 0], weight))

    def answer(self, outputs: Array) -> Array:
        """Return the log hazard ratio η, (m,): the higher, the sooner the event."""
        return outputs[:, 0]

    def answers(self, outputs: Array, *, alone: bool) -> dict[str, Array]:
        """Return the log hazard ratio."""
        return {f"risk_{self.name}": self.answer(outputs)}

    @property
    def direction(self) -> str:
        """For the risk."""
        return OF_RISKS

    def curves(self, outputs: Array, stratum: Any = None) -> SurvivalCurves:
        """Return S(t|x) of each example, of several strata in the one that has this name or number.

        Of an example without a stratum, or of one that was not learned from, no curve is known: its values are NaN, and
        a warning counts such.

        Raises
        ------
        ParameterError
            If there is no baseline yet, or there are strata and none is given.
        """
        if self.baseline is None:
            raise ParameterError("curves need the baseline of hazards; take the outcome settled(…)")
        if stratum is None and len(self.labels) > 1:
            raise ParameterError(
                f"each stratum has its own baseline, {listing(self.labels, 5)}; give a table with the column "
                f"{self.stratum!r}, or stratum=… for each example"
            )
        if stratum is None or not self.labels:
            return self.baseline.survival(outputs[:, 0], stratum)
        return self._of_strata(self.baseline, outputs[:, 0], self._numbers(stratum, len(outputs)))

    def _of_strata(self, baseline: Baseline, log_hazard: Array, codes: Array) -> SurvivalCurves:
        """Return the curves in strata, NaN where none is known."""
        there = np.isin(codes, baseline.strata)
        curves = baseline.survival(log_hazard, np.where(there, codes, baseline.strata[0]))
        values = np.where(there[:, None], curves.values, np.nan)
        return SurvivalCurves(curves.times, values)

    def _numbers(self, stratum: Any, m: int) -> Array:
        """Return the number of the stratum of each example, −1 for none that is known."""
        given = np.asarray(stratum, object)
        if given.shape not in ((), (m,)):
            raise ShapeError(
                f"a stratum is that of each of {m:,} examples, or one of all; got the shape {given.shape}; give as many"
            )
        given = np.broadcast_to(given, (m,))
        codes = codes_of(given, self.labels)
        others = frozenset(f"{one!r}" for one in given[codes < 0])
        note(UnknownStrata(self.labels, others, int((codes < 0).sum()), m), stacklevel=4)
        return codes
