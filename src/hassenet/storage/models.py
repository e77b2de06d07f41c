"""A Model as a record and arrays, and back."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from hassenet._scaling import Scaling
from hassenet.errors import HassenetError, StorageError
from hassenet.model import Model
from hassenet.network import Network
from hassenet.storage.schema import ModelRecord
from hassenet.storage.tensors import Arrays, Expected


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
    )


def arrays_of(model: Model) -> dict[str, NDArray[Any]]:
    """Return the arrays of the scaling, if there is one."""
    if model.scaling is None:
        return {}
    return {"scaling.mean": model.scaling.mean, "scaling.scale": model.scaling.scale}


def expected(record: ModelRecord | None) -> dict[str, Expected]:
    """Return the arrays that a model must have beside its network's."""
    if record is None or not record.scaled:
        return {}
    vector = Expected("float64", (len(record.features),))
    return {"scaling.mean": vector, "scaling.scale": vector}


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
        )
    except HassenetError as error:
        raise StorageError(f"not a model: {error}") from None
