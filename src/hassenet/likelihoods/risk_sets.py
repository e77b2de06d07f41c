"""Sums over the risk sets of Cox's partial likelihood, for all events of a batch at once.

With weights w, log hazards s and, of the events at one time t of a stratum, their number d and mean weight w̄,

    R = Σ_{j: t_j ≥ t} w_j e^{s_j}        D = Σ_{events at t} w_j e^{s_j}        R_l = R − f_l D,  l = 0, …, d − 1

Efron's ties have f_l = l/d, Breslow's f_l = 0. Everything is a logarithm until the end, so that no sum overflows and
none is lost: log R is one cumulative sum over the rows in the order of time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Indices = NDArray[np.int64]
Ties = Literal["efron", "breslow"]


@final
@dataclass(frozen=True, eq=False)
class RiskSets:
    """The rows of a batch in the order of stratum and time, and which of them share a time.

    Attributes
    ----------
    order : (m,) array of int
        The rows, stratum after stratum, early times first.
    time : (m,) array
        In this order, as are all below.
    first : (m,) array of int
        Where the rows of the same stratum and time begin: who is at risk then stands from there to the stratum's end.
    strata : array of int
        Where each stratum begins, and m.
    event : (m,) array of bool
    weight : (m,) array
    ties : "efron" or "breslow"
    """

    order: Indices
    time: Array
    first: Indices
    strata: Indices
    event: NDArray[np.bool_]
    weight: Array
    ties: Ties

    @staticmethod
    def of(y: Array, weight: Array, ties: Ties) -> RiskSets:
        """Return the risk sets of times, events and strata, (2 or 3, m), or of times with a sign, (1, m)."""
        y = y if len(y) > 1 else np.vstack([abs(y), y > 0])
        stratum = y[2] if len(y) > 2 else np.zeros(y.shape[1])
        order = np.lexsort((y[0], stratum))
        time, event, stratum = y[0][order], y[1][order] > 0, stratum[order]
        weight = np.asarray(weight, float)[order]
        is_new = np.append(True, stratum[1:] != stratum[:-1])[: len(order)]
        starts = np.flatnonzero(is_new | np.append(True, time[1:] != time[:-1])[: len(order)])
        first = np.repeat(starts, np.diff(np.append(starts, len(order))))
        strata = np.append(np.flatnonzero(is_new), len(order))
        return RiskSets(order, time, first, strata, event & (weight > 0), weight, ties)

    # ---------------------------------------------------------------- the events

    @cached_property
    def at(self) -> Indices:
        """The events, (e,)."""
        return np.flatnonzero(self.event)

    @cached_property
    def tie(self) -> Indices:
        """For each event the number of its tie, (e,): events at one time of a stratum are one tie."""
        begins = self.first[self.at]
        return np.cumsum(np.append(False, begins[1:] != begins[:-1])[: len(begins)]).astype(np.int64)

    @cached_property
    def size(self) -> Array:
        """The number d of events of each tie."""
        return np.bincount(self.tie).astype(float)

    @cached_property
    def start(self) -> Indices:
        """Where the rows at the time of each tie begin."""
        return self.first[self.at][np.append(0, np.flatnonzero(np.diff(self.tie)) + 1)[: len(self.size)]]

    @cached_property
    def mean_weight(self) -> Array:
        """w̄ of each tie."""
        return self._of_ties(self.weight[self.at]) / self.size

    @cached_property
    def share(self) -> Array:
        """f_l of each event, (e,)."""
        if self.ties == "breslow":
            return np.zeros(len(self.at))
        begins = np.cumsum(self.size) - self.size
        return (np.arange(len(self.at)) - begins[self.tie]) / self.size[self.tie]

    def _of_ties(self, of_event: Array) -> Array:
        """Return sums over the events of each tie."""
        return np.bincount(self.tie, of_event, len(self.size))

    # ---------------------------------------------------------------- values and derivatives, in the rows' own order

    def value(self, s: Array) -> Array:
        """Return for each event the mean of log R_l over its tie less s, 0 for the others, (m,)."""
        s = s[self.order]
        found = np.zeros(len(s))
        log_r, rest = self._at_risk(s)
        of_tie = log_r + self._of_ties(np.log(rest)) / self.size
        found[self.at] = of_tie[self.tie] - s[self.at]
        return self._back(found)

    def slope(self, s: Array) -> Array:
        """Return the derivatives of Σ w × value with respect to s, each divided by its w, (m,)."""
        s = s[self.order]
        log_r, rest = self._at_risk(s)
        all_at_risk, tied = self._hazards(log_r, 1 / rest)
        found = self._times_hazard(s, self._until_now(all_at_risk))
        at = self.at
        found[at] -= 1 + np.exp(s[at] - log_r[self.tie]) * tied[self.tie]
        return self._back(np.where(self.weight > 0, found, 0))

    def hazard(self, s: Array) -> tuple[Array, Array]:
        """Return log Σ_{ties until now} w̄ Σ_l 1/R_l of each row, and log R of each tie."""
        log_r, rest = self._at_risk(s[self.order])
        return self._back(self._until_now(self._hazards(log_r, 1 / rest)[0])), log_r

    def curvature(self, s: Array, v: Array) -> Array:
        """Return the second derivatives of Σ w × value times v, each divided by its w, (m,).

        An event's part is w̄ (p ⊙ v − p pᵀv), p the shares that those at risk have in R_l.
        """
        s, v = s[self.order], v[self.order]
        log_r, rest = self._at_risk(s)
        mean = self._means(s, v, log_r, rest)
        ones, tied = self._hazards(log_r, 1 / rest)
        found = v * self._times_hazard(s, self._until_now(ones))
        for sign in (1, -1):
            part = np.maximum(sign * mean, 0) / rest
            moved, tied_part = self._hazards(log_r, part)
            found -= sign * self._times_hazard(s, self._until_now(moved))
            found[self.at] += sign * np.exp(s[self.at] - log_r[self.tie]) * tied_part[self.tie]
        found[self.at] -= v[self.at] * np.exp(s[self.at] - log_r[self.tie]) * tied[self.tie]
        return self._back(np.where(self.weight > 0, found, 0))

    # ---------------------------------------------------------------- sums

    def _at_risk(self, s: Array) -> tuple[Array, Array]:
        """Return log R of each tie, and R_l/R of each event."""
        log_r, log_d = self._sums(s, np.ones(len(s)))
        return log_r, 1 - self.share * np.exp(np.minimum(log_d - log_r, 0))[self.tie]

    def _sums(self, s: Array, factor: Array) -> tuple[Array, Array]:
        """Return log Σ w e^s factor over those at risk at each tie, and over its events; factors are not negative."""
        with np.errstate(divide="ignore"):
            logs = np.log(self.weight) + s + np.log(factor)
        at_risk = self._accumulated(logs, backwards=True)[self.start]
        top = np.full(len(self.size), -np.inf)
        np.maximum.at(top, self.tie, logs[self.at])
        top = np.where(np.isfinite(top), top, 0)
        with np.errstate(divide="ignore"):
            return at_risk, np.log(self._of_ties(np.exp(logs[self.at] - top[self.tie]))) + top

    def _means(self, s: Array, v: Array, log_r: Array, rest: Array) -> Array:
        """Return pᵀv of each event."""
        mean = np.zeros(len(self.at))
        for sign in (1, -1):
            log_c, log_e = self._sums(s, np.maximum(sign * v, 0))
            of_all, of_tied = np.exp(log_c - log_r), np.exp(log_e - log_r)
            mean += sign * (of_all[self.tie] - self.share * of_tied[self.tie]) / rest
        return mean

    def _hazards(self, log_r: Array, part: Array) -> tuple[Array, Array]:
        """Return log (w̄/R) Σ_l part_l of each tie, and w̄ Σ_l f_l part_l."""
        with np.errstate(divide="ignore"):
            everyone = np.log(self.mean_weight * self._of_ties(part)) - log_r
        return everyone, self.mean_weight * self._of_ties(self.share * part)

    def _until_now(self, of_tie: Array) -> Array:
        """Return the logarithm of the sum over the ties of the stratum until the time of each row."""
        logs = np.full(len(self.order), -np.inf)
        logs[self.start] = of_tie
        return self._accumulated(logs, backwards=False)

    def _accumulated(self, logs: Array, *, backwards: bool) -> Array:
        """Return the cumulative sums of a row an exponential, in each stratum, as logarithms."""
        one = _from_the_end if backwards else np.logaddexp.accumulate
        parts = zip(self.strata[:-1], self.strata[1:], strict=True)
        return np.concatenate([one(logs[a:b]) for a, b in parts] or [logs])

    def _times_hazard(self, s: Array, log_hazard: Array) -> Array:
        """Return e^s times a hazard; where it overflows the row has no weight."""
        with np.errstate(over="ignore"):
            return np.exp(s + log_hazard)

    def _back(self, sorted_rows: Array) -> Array:
        found = np.empty_like(sorted_rows)
        found[self.order] = sorted_rows
        return found


def _from_the_end(logs: Array) -> Array:
    accumulate: Callable[[Array], Array] = np.logaddexp.accumulate
    return accumulate(logs[::-1])[::-1]
