"""Times until an event, in the columns of a table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import DataError, TargetError, listing
from hassenet.outcomes.reading import events_in, numbers_in, places_in
from hassenet.tables import Table

Floats = NDArray[np.float64]


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
    """Return the numbers of strata, (m,), NaN where one is missing.

    Raises
    ------
    FeatureError, DataError
        If there is no such column, or it names another stratum.
    """
    found, strange = places_in(table, name, labels, "a stratum")
    if strange:
        raise DataError(
            f"strata are those learned from, {listing(labels, 5)}; {name!r} also holds {listing(strange, 3)}, of which "
            "no baseline is known; leave out these rows"
        )
    return found


def check_events(time: str, event: str, values: Floats) -> None:
    """Refuse times of which none ends with an event.

    Raises
    ------
    TargetError
    """
    if not (values[:, 1] == 1).any():
        raise TargetError(
            f"of survival times one at least ends with an event; of {time!r} none does, by {event!r}; name the cell "
            f"that is the event: --event {event}=CELL"
        )
