"""The baseline of hazards as a record and arrays, and back."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from hassenet.errors import HassenetError, StorageError
from hassenet.network import Ensemble, Network
from hassenet.storage.schema import BaselineRecord
from hassenet.storage.tensors import Arrays, Expected
from hassenet.survival import Baseline, SurvivalModel

_NAMES = ("times", "hazard", "strata")


def record_of(model: SurvivalModel) -> BaselineRecord:
    """Return what ``model.json`` says of a baseline."""
    return BaselineRecord(len(model.baseline.times), len(model.baseline.strata))


def arrays_of(model: SurvivalModel) -> dict[str, NDArray[Any]]:
    """Return its arrays."""
    return {_named(name): getattr(model.baseline, name) for name in _NAMES}


def expected(record: BaselineRecord | None) -> dict[str, Expected]:
    """Return the arrays that a baseline must have."""
    if record is None:
        return {}
    shapes = ((record.times,), (record.strata, record.times), (record.strata,))
    return {_named(name): Expected("float64", shape) for name, shape in zip(_NAMES, shapes, strict=True)}


def model_from(arrays: Arrays, net: Network | Ensemble) -> SurvivalModel:
    """Return the model of a network and the arrays of its baseline.

    Raises
    ------
    StorageError
        If they do not fit together.
    """
    try:
        return SurvivalModel(net, Baseline(*(arrays[_named(name)] for name in _NAMES)))
    except HassenetError as error:
        raise StorageError(f"not a survival model: {error}") from None


def _named(name: str) -> str:
    return f"baseline.{name}"
