"""Targets that are given in Python, as tables of any library, records or arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hassenet.data.checks import unmasked
from hassenet.data.fields import time_and_event
from hassenet.data.match import check_own_names
from hassenet.data.missing_targets import check_has_rows
from hassenet.data.table import columns_of, is_table
from hassenet.errors import ShapeError, TargetError
from hassenet.outcomes.hazard_ratio import HazardRatio
from hassenet.outcomes.outcome import Array
from hassenet.outcomes.times import strata_in
from hassenet.survival.targets import Observed, observed
from hassenet.tables import Table
from hassenet.task.names import spelled

_OWN = ("time", "event", "stratum")
_NUMBERS = "biuf"


def as_own_table(y: Any) -> Table:
    """Return a table of any library as one of ours.

    Raises
    ------
    FeatureError
        If two columns have one name.

    Examples
    --------
    >>> as_own_table(Table({"days": np.array([1.0, 2.0])})).columns
    ('days',)
    """
    columns = columns_of(y)
    check_own_names("y", columns.names)
    return Table({str(name): columns.column(name) for name in columns.names})


def times_given(y: Any, labels: Sequence[str] = ()) -> tuple[HazardRatio, Array]:
    """Return the time until an event that a target is, and its values, (m, 2), or (m, 3) with strata.

    Parameters
    ----------
    y : table, array of records (event, time), or array (m, 1), (m, 2) or (m, 3)
        Times, whether the event was seen (truth values, 0 and 1, yes and no) and strata, of any names: columns that are
        called time, event and stratum are these, others stand in this order; of two columns one of truth values or
        text is the event. In one column minus stands before a time that ended without the event.
    labels : sequence of str, optional
        The strata that are known; by default those that there are.

    Raises
    ------
    ShapeError, TargetError, DataError
        If it is not such a target.

    Examples
    --------
    >>> y = Table({"died": np.array(["yes", "no"], object), "days": np.array([3.0, 5.0])})
    >>> outcome, values = times_given(y)
    >>> print(outcome.words, values.tolist())
    'days' (until 'died') [[3.0, 1.0], [5.0, 0.0]]
    """
    check_has_rows(y)
    y = time_and_event(unmasked("y", y))
    if is_table(y):
        return _in_table(as_own_table(y), labels)
    values = np.asarray(y)
    if values.dtype.kind not in _NUMBERS and values.ndim == 2 and values.shape[1] <= len(_OWN):
        named = dict(zip(_OWN, values.astype(object).T, strict=False))
        return _in_table(as_own_table(Table(named)), labels)
    return _of_numbers(values, labels)


def _in_table(table: Table, labels: Sequence[str]) -> tuple[HazardRatio, Array]:
    time, event, *strata = _in_order(table)
    if not strata:
        outcome = HazardRatio(time, event)
        return outcome, outcome.read(table)
    texts = {text for text in table.texts(strata[0]) if text is not None}
    known = tuple(labels or sorted(texts))
    if not known:
        raise TargetError(
            f"examples of strata have the name of theirs; {strata[0]!r} is empty in every row; fill it in, or leave "
            "the column out"
        )
    outcome = HazardRatio(time, event, None, strata[0], known)
    return outcome, outcome.read(table)


def _in_order(table: Table) -> tuple[str, ...]:
    """Return the columns of time and event, and of the stratum where there is one."""
    names = table.columns
    if len(names) not in (2, 3):
        raise ShapeError(
            f"a survival target has the columns (time, event) or (time, event, stratum); got {len(names)} columns; "
            "give these"
        )
    if set(names) in ({*_OWN[:2]}, {*_OWN}):
        return tuple(name for name in _OWN if name in names)
    are_events = [table[name].dtype.kind not in "iuf" for name in names]
    return (names[1], names[0]) if are_events == [True, False] else names


def _of_numbers(values: Array, labels: Sequence[str]) -> tuple[HazardRatio, Array]:
    data = observed(values)
    found = np.column_stack([data.time, data.event.astype(float)])
    found[~data.is_known] = np.nan
    known = tuple(labels) or tuple(map(spelled, np.unique(data.stratum[data.is_known]).tolist()))
    if values.ndim < 2 or values.shape[1] < len(_OWN) or not known:
        return HazardRatio("time", "event"), found
    found = np.column_stack([found, _codes(data, known)])
    found[np.isnan(found).any(axis=1)] = np.nan
    return HazardRatio("time", "event", None, "stratum", known), found


def _codes(data: Observed, labels: tuple[str, ...]) -> Array:
    """Return the places of strata that are numbers among labels, which are compared as text; NaN for none."""
    texts = [
        spelled(one) if there else None
        for one, there in zip(data.stratum.tolist(), data.is_known, strict=True)
    ]
    return strata_in(Table({"stratum": np.array(texts, object)}), "stratum", labels)
