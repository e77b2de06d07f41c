"""The baseline of hazards as a record and arrays, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
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
    return {_named(name, prefix): Expected("float64", shape) for name, shape in _shapes(record).items()}


def _shapes(record: BaselineRecord) -> dict[str, tuple[int, ...]]:
    match (record.rows, record.times, record.strata):
        case (int(rows), None, None):
            return dict.fromkeys(_NAMES, (rows,))
        case (None, int(times), int(strata)):
            return {"times": (times,), "hazard": (strata, times), "strata": (strata,)}
    raise StorageError("a baseline has rows, or in older folders times and strata; it has something else")


def baseline_from(arrays: Arrays, prefix: str = "") -> Baseline:
    """Return the baseline in arrays.

    Raises
    ------
    HassenetError
        If they do not fit together.
    """
    if _named("strata", prefix) in arrays:
        return _of_table(*(arrays[_named(name, prefix)] for name in ("times", "hazard", "strata")))
    return Baseline(*(arrays[_named(name, prefix)] for name in _NAMES))


def _of_table(times: NDArray[Any], hazard: NDArray[Any], strata: NDArray[Any]) -> Baseline:
    """Return the baseline of an older folder, of which each stratum has the times of all."""
    s, q = hazard.shape
    if not q:  # no event was seen
        return Baseline(np.zeros(s), np.zeros(s), strata)
    return Baseline(np.tile(times, s), hazard.ravel(), np.repeat(strata, q))


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
