"""Networks and models to folders."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from os import PathLike
from typing import Any

import msgspec
from numpy.typing import NDArray
from safetensors.numpy import save as to_safetensors

from hassenet.errors import ParameterError, StorageError
from hassenet.files.paths import require_path
from hassenet.model import Model
from hassenet.network import Ensemble, Network
from hassenet.network.remedies import remedy
from hassenet.storage import baselines, ensembles, models, networks
from hassenet.storage.folder import WHAT, write_folder
from hassenet.storage.schema import (
    ATTACHMENTS,
    FORMAT,
    JSON_NAME,
    TENSORS_NAME,
    VERSIONS,
    Document,
    EnsembleRecord,
    ModelRecord,
    NetworkRecord,
)
from hassenet.storage.seal import sealed
from hassenet.survival import SurvivalModel

Saved = Network | Ensemble | Model | SurvivalModel


def save(
    model: Any,
    path: str | PathLike[str],
    force: bool = False,
    *,
    attachments: Mapping[str, bytes] | None = None,
) -> None:
    """Write a network, an ensemble or a model as a folder, whole or not at all; :func:`load` gives the same bits back.

    Parameters
    ----------
    model : Network, Ensemble, Model, SurvivalModel, fitted estimator or pipeline of scalers and one
        What to write; an estimator is written as the model that ``Model.of`` makes of it.
    path : path-like
        The folder to make; folders above it are made too.
    force : bool
        Whether to replace a model folder that is there, in one step: one who reads it meanwhile finds the old model or
        the new one. Nothing else is ever replaced: no folder with a file that hassenet did not write, as a picture of
        one's own, and none that its owner made read-only.
    attachments : mapping from str to bytes, optional
        Pictures that go into the folder, by name: any of ``storage.ATTACHMENTS``.

    Raises
    ------
    OutputExistsError
        If the path is taken, and may not be replaced.
    ParameterError
        If it is not a path.
    StorageError
        If an element's name cannot be written; only text, whole numbers and tuples of these can. Or a step of a model's
        preparation is not one of the library's.
    OSError
        If the disk is full or may not be written; it names the path. What was there is there still.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> from hassenet import Hierarchy, Network, load
    >>> net = Network(Hierarchy.subsets(3), output="sigmoid")
    >>> folder = Path(mkdtemp()) / "model"
    >>> save(net, folder)
    >>> bool((load(folder).theta == net.theta).all())
    True
    """
    beside = dict(attachments or {})
    unknown = sorted(beside.keys() - set(ATTACHMENTS))
    if unknown:
        raise ParameterError(
            f"attachments are named {' or '.join(ATTACHMENTS)}; got {unknown[0]!r}; rename it"
        )
    write_folder(require_path(WHAT, path), {**beside, **_encoded(_as_saved(model), beside)}, force)


def _as_saved(given: Any) -> Saved:
    """Return what of something given is written.

    Raises
    ------
    StorageError
        If it is nothing that can be.
    """
    if any(hasattr(given, attribute) for attribute in ("as_model", "named_steps", "regressor_")):
        return Model.of(given)
    if not isinstance(given, Saved):
        raise StorageError(
            "a Network, an Ensemble, a Model, a SurvivalModel or a fitted estimator can be saved; got a "
            f"{type(given).__name__}; {remedy(given)}"
        )
    return given


def _encoded(model: Saved, beside: Mapping[str, bytes]) -> dict[str, bytes]:
    net = model if isinstance(model, Network | Ensemble) else model.network
    tensors = to_safetensors(_arrays(net) | _further(model))
    record = models.record_of(model) if isinstance(model, Model) else None
    baseline = baselines.record_of(model) if isinstance(model, SurvivalModel) else None
    digests: Any = {name: sha256(data).hexdigest() for name, data in beside.items()}
    digest = sha256(tensors).hexdigest()
    document = Document(FORMAT, VERSIONS[-1], digest, *_records(net, record), digests, baseline)
    return {TENSORS_NAME: tensors, JSON_NAME: sealed(_json(document))}


def _further(model: Saved) -> dict[str, NDArray[Any]]:
    """Return the arrays of a model beside those of its network."""
    if isinstance(model, SurvivalModel):
        return baselines.arrays_of(model.baseline)
    return models.arrays_of(model) if isinstance(model, Model) else {}


def _arrays(net: Network | Ensemble) -> dict[str, NDArray[Any]]:
    return ensembles.arrays_of(net) if isinstance(net, Ensemble) else networks.arrays_of(net)


def _records(
    net: Network | Ensemble, model: ModelRecord | None
) -> tuple[NetworkRecord, ModelRecord | None, EnsembleRecord | None]:
    """Return the records of a document, in its order."""
    try:
        first = networks.record_of(Ensemble.of(net).networks[0])
        return first, model, ensembles.record_of(net) if isinstance(net, Ensemble) else None
    except RecursionError:
        raise StorageError(
            "names are nested hundreds deep; build the network on hierarchy.rename(str)"
        ) from None


def _json(document: Document) -> bytes:
    try:
        return msgspec.json.encode(document)
    except (UnicodeEncodeError, TypeError, RecursionError) as error:
        raise StorageError(
            f"features, targets and classes are text or numbers: {error}; rename them"
        ) from None
