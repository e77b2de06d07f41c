"""Folders to networks and models."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from os import PathLike
from pathlib import Path

import msgspec

from hassenet.errors import HassenetWarning, StorageError
from hassenet.files.paths import require_path
from hassenet.network import Ensemble, Network
from hassenet.storage import baselines, ensembles, models, networks, tensors
from hassenet.storage.folder import WHAT
from hassenet.storage.opened import OpenFolder, opened
from hassenet.storage.ours import is_as_written
from hassenet.storage.saving import Saved
from hassenet.storage.schema import FORMAT, JSON_NAME, SEALED, TENSORS_NAME, VERSIONS, Document, Head
from hassenet.storage.seal import check_keys, is_sealed

_TRIES = 1000
_REMEDY = "copy the folder again from where it was whole, or save the model anew"


def load(path: str | PathLike[str]) -> Saved:
    """Return what :func:`save` wrote: a Network, an Ensemble, a Model or a SurvivalModel.

    Nothing in the folder is trusted, run or unpickled, and no more memory is taken than its files' sizes call for. A
    change of any bit of its two files is noticed, and refused; a picture beside them that is another than the one that
    was saved is a warning, and so is a folder of version 0.1, whose ``model.json`` has no digest yet. While another run
    replaces the folder, it is the old model that is found, or the new one.

    Parameters
    ----------
    path : path-like
        The folder.

    Raises
    ------
    StorageError
        If it is not a model folder, or anything in it is damaged; the message names file, rule and remedy.
    ParameterError
        If it is not a path.

    Examples
    --------
    >>> load("no/such/folder")
    Traceback (most recent call last):
        ...
    hassenet.errors.StorageError: no/such/folder is not a folder; check the path
    """
    place = require_path(WHAT, path)
    for _ in range(_TRIES):
        with opened(place) as folder:
            try:
                return _loaded(folder)
            except StorageError:
                if not folder.was_replaced():
                    raise
    raise StorageError(f"{path} is replaced again and again while it is read; try later")


def _loaded(folder: OpenFolder) -> Saved:
    document = _document(folder)
    with _about(folder.path / TENSORS_NAME):
        data = folder.read(TENSORS_NAME)
        arrays = tensors.parse(data)
        tensors.check(arrays, _expected(document))
        if sha256(data).hexdigest() != document.digest:
            raise StorageError("its digest is not the one in model.json: one of the two files was changed")
    with _about(folder.path / JSON_NAME):
        net = _network(document, arrays)
        model = _model(document, arrays, net)
    _note_what_is_not_sealed(folder, document)
    return model


def _note_what_is_not_sealed(folder: OpenFolder, document: Document) -> None:
    if document.seal is None:
        warnings.warn(
            f"{folder.path} was written by an older hassenet: a change of its model.json would not be noticed; save "
            "the model again to seal it",
            HassenetWarning,
            stacklevel=4,
        )
    for name, digest in document.attachments.items():
        if not folder.lacks(name) and not is_as_written(folder.read(name), digest):
            warnings.warn(
                f"{folder.path / name} is not the picture that was saved with the model; save the model again, or "
                "delete it",
                HassenetWarning,
                stacklevel=4,
            )


def _expected(document: Document) -> dict[str, tensors.Expected]:
    """Return all arrays that the document asks for."""
    further = models.expected(document.model) | baselines.expected(document.baseline)
    if document.ensemble is not None:
        further |= ensembles.expected(document.ensemble, document.network)
    return networks.expected(document.network) | further


def _model(document: Document, arrays: tensors.Arrays, net: Network | Ensemble) -> Saved:
    if document.model is not None and document.baseline is not None:
        raise StorageError(
            "a folder holds one model, with the names of a table or with a baseline; it has both"
        )
    if document.baseline is not None:
        return baselines.model_from(arrays, net)
    return net if document.model is None else models.model_from(document.model, arrays, net)


def _network(document: Document, arrays: tensors.Arrays) -> Network | Ensemble:
    first = networks.network_from(document.network, arrays)
    return first if document.ensemble is None else ensembles.ensemble_from(document.ensemble, arrays, first)


def _document(folder: OpenFolder) -> Document:
    with _about(folder.path / JSON_NAME):
        data = folder.read(JSON_NAME)
        head = msgspec.json.decode(data, type=Head)
        _check_head(head)
        check_keys(data)
        document = msgspec.json.decode(data, type=Document)
        _check_seal(document, data)
        return document


def _check_seal(document: Document, data: bytes) -> None:
    if (document.version < SEALED) != (document.seal is None):
        raise StorageError(f"folders have a seal from version {SEALED} on, and none before")
    if document.seal is not None and not is_sealed(data):
        raise StorageError("its seal is not that of what stands before it: the file was changed")


def _check_head(head: Head) -> None:
    if head.format != FORMAT:
        raise StorageError(f"the format must be {FORMAT!r}; it is {head.format[:40]!r}")
    if head.version not in VERSIONS:
        raise StorageError(
            f"this hassenet reads versions up to {VERSIONS[-1]}; the version is {head.version}; update hassenet"
        )


@contextmanager
def _about(path: Path) -> Iterator[None]:
    """Turn whatever a damaged file brings about into one StorageError that names it."""
    try:
        yield
    except FileNotFoundError:
        raise StorageError(
            f"a model folder holds {path.name}; there is none in {path.parent}; {_REMEDY}"
        ) from None
    except PermissionError as error:
        raise StorageError(
            f"{path} may not be read: {error.strerror}; allow it: chmod u+r, or ask its owner"
        ) from None
    except (StorageError, OSError, msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise StorageError(f"{path}: {error}; {_REMEDY}") from None
