"""Folders to networks and models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from os import PathLike
from pathlib import Path
from stat import S_ISREG

import msgspec

from hassenet.errors import StorageError
from hassenet.model import Model
from hassenet.network import Ensemble, Network
from hassenet.storage import ensembles, models, networks, tensors
from hassenet.storage.schema import FORMAT, JSON_NAME, TENSORS_NAME, VERSIONS, Document, Head

_REMEDY = "copy the folder again from where it was whole, or save the model anew"


def load(path: str | PathLike[str]) -> Network | Ensemble | Model:
    """Return what :func:`save` wrote: a Network, an Ensemble or a Model.

    Nothing in the folder is trusted, run or unpickled, and no more memory is taken than its files' sizes call for.

    Parameters
    ----------
    path : path-like
        The folder.

    Raises
    ------
    StorageError
        If it is not a model folder, or anything in it is damaged; the message names file, rule and remedy.

    Examples
    --------
    >>> load("no/such/folder")
    Traceback (most recent call last):
        ...
    hassenet.errors.StorageError: no/such/folder is not a folder; check the path
    """
    folder = Path(path)
    if not folder.is_dir():
        raise StorageError(f"{folder} is not a folder; check the path")
    document = _document(folder / JSON_NAME)
    with _about(folder / TENSORS_NAME):
        data = _bytes(folder / TENSORS_NAME)
        arrays = tensors.parse(data)
        tensors.check(arrays, _expected(document))
        net = _network(document, arrays)
        if sha256(data).hexdigest() != document.digest:
            raise StorageError("its digest is not the one in model.json: one of the two files was changed")
        return net if document.model is None else models.model_from(document.model, arrays, net)


def _expected(document: Document) -> dict[str, tensors.Expected]:
    """Return all arrays that the document asks for."""
    further = models.expected(document.model)
    if document.ensemble is not None:
        further |= ensembles.expected(document.ensemble, document.network)
    return networks.expected(document.network) | further


def _network(document: Document, arrays: tensors.Arrays) -> Network | Ensemble:
    first = networks.network_from(document.network, arrays)
    return first if document.ensemble is None else ensembles.ensemble_from(document.ensemble, arrays, first)


def _document(path: Path) -> Document:
    with _about(path):
        data = _bytes(path)
        _check_head(msgspec.json.decode(data, type=Head))
        return msgspec.json.decode(data, type=Document)


def _check_head(head: Head) -> None:
    if head.format != FORMAT:
        raise StorageError(f"the format must be {FORMAT!r}; it is {head.format[:40]!r}")
    if head.version not in VERSIONS:
        raise StorageError(
            f"this hassenet reads versions up to {VERSIONS[-1]}; the version is {head.version}; update hassenet"
        )


def _bytes(path: Path) -> bytes:
    if not S_ISREG(path.stat().st_mode):  # a pipe would keep us waiting for ever
        raise StorageError("it is not a plain file")
    return path.read_bytes()


@contextmanager
def _about(path: Path) -> Iterator[None]:
    """Turn whatever a damaged file brings about into one StorageError that names it."""
    try:
        yield
    except FileNotFoundError:
        raise StorageError(
            f"a model folder holds {path.name}; there is none in {path.parent}; {_REMEDY}"
        ) from None
    except (StorageError, OSError, msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise StorageError(f"{path}: {error}; {_REMEDY}") from None
