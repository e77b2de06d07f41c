"""A Model as a record and arrays, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.scaling import Scaling
from hassenet.errors import HassenetError, StorageError
from hassenet.model import Model
from hassenet.network import Network
from hassenet.storage.schema import ModelRecord
from hassenet.storage.tensors import Arrays, Expected
from hassenet.training.history import Epoch


def record_of(model: Model) -> ModelRecord:
    """Return what ``model.json`` says of a model beside its network."""
    return ModelRecord(
        features=list(model.features),
        task=model.task,
        targets=list(model.targets),
        classes=None if model.classes is None else list(model.classes),
        scaled=model.scaling is not None,
        log10=model.log10,
        metrics={name: dict(row) for name, row in model.metrics.items()},
        stopped=model.stopped,
        epochs=len(model.history),
    )


def arrays_of(model: Model) -> dict[str, NDArray[Any]]:
    """Return the arrays of the scaling and of the history, if there are such."""
    arrays: dict[str, NDArray[Any]] = {}
    if model.scaling is not None:
        arrays |= {"scaling.mean": model.scaling.mean, "scaling.scale": model.scaling.scale}
    if model.history:
        arrays["history"] = np.array(model.history, np.float64)
    return arrays


def expected(record: ModelRecord | None) -> dict[str, Expected]:
    """Return the arrays that a model must have beside its network's."""
    arrays: dict[str, Expected] = {}
    if record is not None and record.scaled:
        arrays |= dict.fromkeys(
            ("scaling.mean", "scaling.scale"), Expected("float64", (len(record.features),))
        )
    if record is not None and record.epochs:
        arrays["history"] = Expected("float64", (record.epochs, len(Epoch._fields)))
    return arrays


def model_from(record: ModelRecord, arrays: Arrays, net: Network) -> Model:
    """Return the model of a record, its arrays and its network.

    Raises
    ------
    StorageError
        If they do not fit together.
    """
    try:
        return Model(
            network=net,
            features=tuple(record.features),
            task=record.task,
            targets=tuple(record.targets),
            classes=None if record.classes is None else tuple(record.classes),
            scaling=Scaling(arrays["scaling.mean"], arrays["scaling.scale"]) if record.scaled else None,
            log10=record.log10,
            metrics=record.metrics,
            stopped=record.stopped,
            history=_history(arrays["history"]) if record.epochs else (),
        )
    except HassenetError as error:
        raise StorageError(f"not a model: {error}") from None


def _history(rows: NDArray[Any]) -> tuple[Epoch, ...]:
    numbers = rows[:, 0]
    if not (np.isfinite(numbers) & (numbers == np.round(numbers))).all():
        raise StorageError("the first column of history must be the whole numbers of the epochs")
    return tuple(Epoch(int(number), *others) for number, *others in rows.tolist())
