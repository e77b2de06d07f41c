"""Outcomes as records and arrays, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from hassenet.errors import StorageError
from hassenet.outcomes import (
    Amount,
    Classes,
    Count,
    HazardRatio,
    IntervalHazards,
    OffsetColumn,
    OrderedClasses,
    Outcome,
    Outcomes,
    Quantiles,
)
from hassenet.storage import baselines
from hassenet.storage.schema import (
    AmountRecord,
    BaselineRecord,
    ClassesRecord,
    CountRecord,
    HazardRatioRecord,
    IntervalHazardsRecord,
    OffsetRecord,
    OrderedRecord,
    OutcomeRecord,
    QuantilesRecord,
)
from hassenet.storage.tensors import Arrays, Expected


def records_of(outcomes: Outcomes | None) -> list[OutcomeRecord]:
    """Return what ``model.json`` says of outcomes.

    Raises
    ------
    StorageError
        If one is not of the library's.
    """
    return [] if outcomes is None else list(map(_record, outcomes.parts))


def offset_of(outcomes: Outcomes | None) -> OffsetRecord | None:
    """Return what it says of the column that is added."""
    if outcomes is None or outcomes.offset is None:
        return None
    return OffsetRecord(outcomes.offset.column, outcomes.offset.is_exposure)


def _record(one: Outcome) -> OutcomeRecord:
    match one:
        case Amount():
            return AmountRecord(one.name, one.noise, one.mean, one.scale)
        case Classes():
            return ClassesRecord(one.name, list(one.classes))
        case OrderedClasses():
            return OrderedRecord(one.name, list(one.classes))
        case Count():
            return CountRecord(one.name, one.dispersion)
        case Quantiles():
            return QuantilesRecord(one.name, list(one.shares), one.mean, one.scale)
        case HazardRatio():
            rows = None if one.baseline is None else len(one.baseline.times)
            return HazardRatioRecord(one.name, one.event, one.seen, one.stratum, list(one.labels), rows)
        case IntervalHazards():
            return IntervalHazardsRecord(one.name, one.event, one.seen, one.intervals, list(one.cuts))
    raise StorageError(
        f"the outcomes that can be saved are those of the library; got a {type(one).__name__}; save the network"
    )


def arrays_of(outcomes: Outcomes | None) -> dict[str, NDArray[Any]]:
    """Return the arrays of the baselines."""
    parts = enumerate(() if outcomes is None else outcomes.parts)
    known = [(i, p.baseline) for i, p in parts if isinstance(p, HazardRatio) and p.baseline is not None]
    return {name: a for i, one in known for name, a in baselines.arrays_of(one, _prefix(i)).items()}


def expected(records: Sequence[OutcomeRecord]) -> dict[str, Expected]:
    """Return the arrays that outcomes must have."""
    found: dict[str, Expected] = {}
    for i, record in enumerate(records):
        if isinstance(record, HazardRatioRecord) and record.rows is not None:
            found |= baselines.expected(BaselineRecord(record.rows), _prefix(i))
    return found


def outcomes_from(
    records: Sequence[OutcomeRecord], offset: OffsetRecord | None, arrays: Arrays
) -> Outcomes | None:
    """Return the outcomes of records and their arrays; None of none.

    Raises
    ------
    HassenetError
        If they break a rule of outcomes.
    """
    if not records:
        return None
    added = None if offset is None else OffsetColumn(offset.column, offset.is_exposure)
    return Outcomes(tuple(_outcome(record, arrays, i) for i, record in enumerate(records)), added)


def _outcome(record: OutcomeRecord, arrays: Arrays, i: int) -> Outcome:
    match record:
        case AmountRecord(name, noise, mean, scale):
            return Amount(name, noise, mean, scale)
        case ClassesRecord(name, classes):
            return Classes(name, tuple(classes))
        case OrderedRecord(name, classes):
            return OrderedClasses(name, tuple(classes))
        case CountRecord(name, dispersion):
            return Count(name, dispersion)
        case QuantilesRecord(name, shares, mean, scale):
            return Quantiles(name, tuple(shares), mean, scale)
        case HazardRatioRecord(name, event, seen, stratum, labels, rows):
            baseline = None if rows is None else baselines.baseline_from(arrays, _prefix(i))
            return HazardRatio(name, event, seen, stratum, tuple(labels), baseline)
        case IntervalHazardsRecord(name, event, seen, intervals, cuts):
            return IntervalHazards(name, event, seen, intervals, tuple(cuts))


def _prefix(i: int) -> str:
    return f"outcomes.{i}."
