"""The steps of a preparation as records and arrays, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from hassenet.data.complete import Complete
from hassenet.data.fill import Fill
from hassenet.data.logarithm import Logarithm
from hassenet.data.scaling import Scaling
from hassenet.data.soft_clip import SoftClip
from hassenet.data.step import Step
from hassenet.errors import StorageError
from hassenet.storage.schema import (
    CompleteRecord,
    FillRecord,
    LogarithmRecord,
    ScalingRecord,
    SoftClipRecord,
    StepRecord,
)
from hassenet.storage.tensors import Arrays, Expected


def record_of(step: Step) -> StepRecord:
    """Return what ``model.json`` says of a step.

    Raises
    ------
    StorageError
        If it is not one of the library's.
    """
    match step:
        case Complete():
            return CompleteRecord()
        case Fill():
            return FillRecord()
        case Logarithm(offset=c, places=places):
            return LogarithmRecord(float(c), None if places is None else list(places))
        case Scaling():
            return ScalingRecord()
        case SoftClip(limit=c):
            return SoftClipRecord(float(c))
    raise StorageError(
        f"the steps that can be saved are those of the library; got a {type(step).__name__}; do its work before"
    )


def arrays_of(steps: Sequence[Step]) -> dict[str, NDArray[Any]]:
    """Return the numbers that steps have learned."""
    arrays: dict[str, NDArray[Any]] = {}
    for i, step in enumerate(steps):
        arrays |= {_name(i, field): getattr(step, field) for field in _fields(record_of(step))}
    return arrays


def expected(records: Sequence[StepRecord], n: int) -> dict[str, Expected]:
    """Return the arrays that the steps of n features must have."""
    names = [_name(i, field) for i, record in enumerate(records) for field in _fields(record)]
    return dict.fromkeys(names, Expected("float64", (n,)))


def steps_from(records: Sequence[StepRecord], arrays: Arrays) -> tuple[Step, ...]:
    """Return the steps of records and their arrays.

    Raises
    ------
    HassenetError
        If they break a rule of steps.
    """
    return tuple(_step(record, arrays, i) for i, record in enumerate(records))


def _step(record: StepRecord, arrays: Arrays, i: int) -> Step:
    numbers = [arrays[_name(i, field)] for field in _fields(record)]
    match record:
        case CompleteRecord():
            return Complete()
        case FillRecord():
            return Fill(*numbers)
        case LogarithmRecord(offset=c, places=places):
            return Logarithm(c, None if places is None else tuple(places))
        case ScalingRecord():
            return Scaling(*numbers)
        case SoftClipRecord(limit=c):
            return SoftClip(c)


def _fields(record: StepRecord) -> tuple[str, ...]:
    match record:
        case FillRecord():
            return ("values",)
        case ScalingRecord():
            return ("mean", "scale")
    return ()


def _name(i: int, field: str) -> str:
    return f"steps.{i}.{field}"
