"""Times until an event, in the columns of a table."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hassenet.errors import HassenetWarning, TargetError, listing
from hassenet.outcomes.reading import events_in, numbers_in, places_in
from hassenet.survival import SurvivalCurves
from hassenet.tables import Table

Floats = NDArray[np.float64]
OF_RISKS = "the risk is explained: + speaks for an earlier event, − for a later one"
"""For which way the sign of a score of a time speaks."""


def times_in(table: Table, time: str, event: str, seen: str | None) -> Floats:
    """Return times and events, (m, 2), NaN in rows of which one is missing.

    Raises
    ------
    FeatureError, DataError, TargetError
        If there are no such columns, or they hold something else.
    """
    times, events = numbers_in(table, time)[:, 0], events_in(table, event, seen)
    early = times[times < 0]
    if len(early):
        raise TargetError(
            f"a time until an event is ≥ 0; {time!r} also holds {early[0]:g}; count from when the example was first "
            "observed"
        )
    found = np.column_stack([times, events])
    return np.where(np.isnan(found).any(axis=1, keepdims=True), np.nan, found)


def strata_in(table: Table, name: str, labels: tuple[str, ...]) -> Floats:
    """Return the numbers of strata, (m,), NaN where one is missing or another, which a warning names.

    Raises
    ------
    FeatureError
        If there is no such column.
    TargetError
        If no row is of a stratum that is known.
    """
    codes, strange = places_in(table, name, labels, "a stratum")
    if strange and not (codes >= 0).any():
        raise TargetError(
            f"strata are those learned from, by their names, {listing(labels, 5)}; {name!r} holds none of them, but "
            f"{listing(strange, 3)}; name them so"
        )
    if strange:
        warnings.warn(
            f"strata are those learned from, {listing(labels, 5)}; {name!r} also holds {listing(strange, 3)}, of which "
            "no baseline is known: as a target times of these rows do not count",
            HassenetWarning,
            stacklevel=3,
        )
    return np.where(codes >= 0, codes, np.nan)


def survival_at(curves: SurvivalCurves, times: ArrayLike) -> Floats:
    """Return S at some times, (m, r); a warning says which lie behind the last event that was learned from.

    Examples
    --------
    >>> survival_at(SurvivalCurves([1.0, 2.0], [[0.9, 0.5]]), [1.5])
    array([[0.9]])
    """
    at, last = np.atleast_1d(np.asarray(times, float)), float(curves.times[-1]) if len(curves.times) else 0.0
    if (at > last).any():
        warnings.warn(
            f"what was learned from has its last event at {last:g}; after it curves are level: "
            f"at {', '.join(f'{t:g}' for t in at[at > last][:3])} they say how many are left then, and nothing later",
            HassenetWarning,
            stacklevel=3,
        )
    return curves.at(at)
