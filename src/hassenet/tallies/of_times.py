"""Times until an event beside what was predicted of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from hassenet.errors import DataError
from hassenet.outcomes import HazardRatio, IntervalHazards
from hassenet.survival import SurvivalCurves, concordance, concordance_ipcw
from hassenet.survival.brier import brier_under, mean_over
from hassenet.survival.kaplan_meier import of_censoring
from hassenet.survival.targets import observed
from hassenet.tallies.tally import Array, Scores, Tally

_NUMBERS = 10_000_000
_TIMES = 1_000


@final
@dataclass(frozen=True)
class OfTimes(Tally):
    """Times, events, strata and outputs of all rows, as each is compared with each.

    Outputs are kept in four bytes where no digit is lost.

    Examples
    --------
    >>> values, hazards = np.array([[1.0, 1], [2, 1], [3, 0]]), np.array([[0.5], [0.2], [0.1]])
    >>> OfTimes.of(IntervalHazards("months", "died", cuts=(4.0,)), values, hazards).scores()["Harrell's C"]
    1.0
    """

    outcome: HazardRatio | IntervalHazards
    values: Array
    outputs: Array

    @staticmethod
    def of(outcome: HazardRatio | IntervalHazards, values: Array, outputs: Array) -> OfTimes:
        """Return that of times, events and perhaps strata, (m, 2) or (m, 3), and of outputs, (m, k)."""
        as_kept = outputs.astype(np.float32)
        return OfTimes(outcome, values, as_kept if (as_kept == outputs).all() else outputs)

    def joined(self, other: OfTimes) -> OfTimes:
        """Return that of the rows of both."""
        pairs = ((self.values, other.values), (self.outputs, other.outputs))
        return OfTimes(self.outcome, *map(np.concatenate, pairs))

    @property
    def has_events(self) -> bool:
        """Whether an event was seen."""
        return bool((self.values[:, 1] == 1).any())

    def found(self, censored: Array | None = None) -> Scores:
        """Return Harrell's and Uno's concordance in strata, and the integrated Brier score, as far as there are any.

        The Brier score is a mean over the times of events; where these are more than a thousand, over a thousand of
        them, from the first to the last with as many between: work grows with the rows, and not with their square.
        """
        Y, censored = self.values[:, :2], (self.values if censored is None else censored)[:, :2]
        times, risk = _grid(Y, censored), self.outcome.answer(self.outputs.astype(np.float64))
        measures: dict[str, Callable[[], float]] = {
            "Harrell's C": lambda: concordance(self.values, risk),
            "Uno's C": lambda: concordance_ipcw(self.values, risk, tau=times[-1], train=censored),
            "integrated Brier": lambda: mean_over(times, lambda at: self._brier(at, censored)),
        }
        found: Scores = {}
        for name, measure in measures.items():
            with suppress(DataError, IndexError):  # too few events
                found[name] = float(measure())
        return found

    def _brier(self, times: Array, censored: Array) -> Array:
        """Return the Brier score at each time, the mean over rows, of some at a time: each has a value at each time."""
        m, some = len(self.values), max(_NUMBERS // len(times), 1)
        outcome, censoring = _known_at(self.outcome, times), of_censoring(observed(censored))
        total = np.zeros(len(times))
        for rows in (slice(start, start + some) for start in range(0, m, some)):
            values, outputs = self.values[rows], self.outputs[rows].astype(np.float64)
            curves = _curves(outcome, values, outputs)
            total += brier_under(censoring, values[:, :2], curves, times) * len(values)
        return total / m


def _known_at(outcome: HazardRatio | IntervalHazards, times: Array) -> HazardRatio | IntervalHazards:
    """Return an outcome whose curves are known at these times: as many as those of its training are not needed."""
    if isinstance(outcome, IntervalHazards) or outcome.baseline is None:
        return outcome
    return replace(outcome, baseline=outcome.baseline.at(times))


def _curves(outcome: HazardRatio | IntervalHazards, values: Array, outputs: Array) -> SurvivalCurves:
    if isinstance(outcome, IntervalHazards) or values.shape[1] < 3:
        return outcome.curves(outputs)
    return outcome.curves(outputs, np.array(outcome.labels)[values[:, 2].astype(int)])


def _grid(Y: Array, censored: Array) -> Array:
    """Return times from the first events to where nine of ten have had theirs, while rows are observed still.

    Of more than a thousand a thousand are taken, in their order as far from each other as can be.
    """
    events = Y[Y[:, 1] == 1, 0]
    last = min(np.quantile(events, 0.9), np.max(Y[:, 0]), np.max(censored[:, 0])) if len(events) else 0
    inside = np.unique(events[events < max(Y[:, 0].max(), 0)])
    inside = inside[inside <= last]
    return inside[np.linspace(0, len(inside) - 1, min(len(inside), _TIMES)).round().astype(int)]
