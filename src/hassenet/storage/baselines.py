"""The baseline of hazards as a record and arrays, and back."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from hassenet.errors import HassenetError, StorageError
from hassenet.network import Ensemble, Network
from hassenet.storage.schema import BaselineRecord
from hassenet.storage.tensors import Arrays, Expected
from hassenet.survival import Baseline, SurvivalModel

_NAMES = ("times", "hazard", "stratum")


def record_of(model: SurvivalModel) -> BaselineRecord:
    """Return what ``model.json`` says of a baseline."""
    return BaselineRecord(len(model.baseline.times))


def arrays_of(baseline: Baseline, prefix: str = "") -> dict[str, NDArray[Any]]:
    """Return its arrays."""
    return {_named(name, prefix): getattr(baseline, name) for name in _NAMES}


def expected(record: BaselineRecord | None, prefix: str = "") -> dict[str, Expected]:
    """Return the arrays that a baseline must have."""
    if record is None:
        return {}
    return {_named(name, prefix): Expected("float64", (record.rows,)) for name in _NAMES}


def baseline_from(arrays: Arrays, prefix: str = "") -> Baseline:
    """Return the baseline in arrays.

    Raises
    ------
    HassenetError
        If they do not fit together.
    """
    return Baseline(*(arrays[_named(name, prefix)] for name in _NAMES))


def model_from(arrays: Arrays, net: Network | Ensemble) -> SurvivalModel:
    """Return the model of a network and the arrays of its baseline.

    Raises
    ------
    StorageError
        If they do not fit together.
    """
    try:
        return SurvivalModel(net, baseline_from(arrays))
    except HassenetError as error:
        raise StorageError(f"not a survival model: {error}") from None


def _named(name: str, prefix: str = "") -> str:
    return f"{prefix}baseline.{name}"
