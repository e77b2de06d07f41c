"""A Model as a record and arrays, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.scaling import Scaling
from hassenet.errors import HassenetError, StorageError
from hassenet.model import Model, Residuals
from hassenet.network import Ensemble, Network
from hassenet.storage import encodings, outcomes, steps
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
        steps=None if model.steps is None else list(map(steps.record_of, model.steps)),
        targets_scaled=model.target_scaling is not None,
        temperature=None if model.temperature == 1 else float(model.temperature),
        residuals=0 if model.residuals is None else len(Residuals.of(model.residuals)),
        settings=dict(model.settings),
        encoding=encodings.record_of(model.encoding),
        outcomes=outcomes.records_of(model.outcomes),
        offset=outcomes.offset_of(model.outcomes),
    )


def arrays_of(model: Model) -> dict[str, NDArray[Any]]:
    """Return the arrays of the preparation, of the targets, of the residuals and of the history, if there are such."""
    arrays = steps.arrays_of(model.steps or ()) | encodings.arrays_of(model.encoding)
    arrays |= outcomes.arrays_of(model.outcomes)
    if model.scaling is not None:
        arrays |= {"scaling.mean": model.scaling.mean, "scaling.scale": model.scaling.scale}
    if model.target_scaling is not None:
        arrays |= {"targets.mean": model.target_scaling.mean, "targets.scale": model.target_scaling.scale}
    if model.residuals is not None:
        arrays["residuals"] = Residuals.of(model.residuals).values
    if model.history:
        arrays["history"] = np.array(model.history, np.float64)
    return arrays


def expected(record: ModelRecord | None) -> dict[str, Expected]:
    """Return the arrays that a model must have beside its network's."""
    if record is None:
        return {}
    n, k = len(record.features), len(record.targets)
    arrays = steps.expected(record.steps or (), n) | encodings.expected(record.encoding, n)
    arrays |= outcomes.expected(record.outcomes)
    if record.scaled:
        arrays |= dict.fromkeys(("scaling.mean", "scaling.scale"), Expected("float64", (n,)))
    if record.targets_scaled:
        arrays |= dict.fromkeys(("targets.mean", "targets.scale"), Expected("float64", (k,)))
    if record.residuals:
        arrays["residuals"] = Expected("float64", (record.residuals, k))
    if record.epochs:
        arrays["history"] = Expected("float64", (record.epochs, len(Epoch._fields)))
    return arrays


def model_from(record: ModelRecord, arrays: Arrays, net: Network | Ensemble) -> Model:
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
            steps=None if record.steps is None else steps.steps_from(record.steps, arrays),
            target_scaling=_target_scaling(arrays) if record.targets_scaled else None,
            temperature=1.0 if record.temperature is None else record.temperature,
            residuals=arrays["residuals"] if record.residuals else None,
            settings=record.settings,
            encoding=encodings.encoding_from(record.encoding, arrays, record.features),
            outcomes=outcomes.outcomes_from(record.outcomes, record.offset, arrays),
        )
    except HassenetError as error:
        raise StorageError(f"not a model: {error}") from None


def _target_scaling(arrays: Arrays) -> Scaling:
    return Scaling(arrays["targets.mean"], arrays["targets.scale"])


def _history(rows: NDArray[Any]) -> tuple[Epoch, ...]:
    numbers = rows[:, 0]
    if not (np.isfinite(numbers) & (numbers == np.round(numbers))).all():
        raise StorageError("the first column of history must be the whole numbers of the epochs")
    return tuple(Epoch(int(number), *others) for number, *others in rows.tolist())
