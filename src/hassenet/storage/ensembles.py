"""An ensemble as records and arrays, and back: its first member is written as a network by itself is.

Members that differ in their numbers alone, the usual case, have one record and one set of index arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import HassenetError, StorageError
from hassenet.network import Ensemble, Network
from hassenet.storage import networks
from hassenet.storage.schema import EnsembleRecord, NetworkRecord
from hassenet.storage.tensors import Arrays, Expected

_WEIGHTS = "ensemble.weights"


def record_of(ensemble: Ensemble) -> EnsembleRecord:
    """Return what ``model.json`` says of the members after the first."""
    kinds, which = _kinds(ensemble)
    return EnsembleRecord([networks.record_of(net) for net in kinds[1:]], which[1:])


def arrays_of(ensemble: Ensemble) -> dict[str, NDArray[Any]]:
    """Return the arrays of the first member, those that the others add, and the weights."""
    kinds, _ = _kinds(ensemble)
    arrays = networks.arrays_of(ensemble.networks[0]) | {_WEIGHTS: np.array(ensemble.weights)}
    for j, net in enumerate(kinds[1:], start=1):
        arrays |= {_of_kind(j, name): array for name, array in _indices(networks.arrays_of(net)).items()}
    for i, net in enumerate(ensemble.networks[1:], start=1):
        arrays[_theta(i)] = np.ascontiguousarray(net.theta)
    return arrays


def expected(record: EnsembleRecord, first: NetworkRecord) -> dict[str, Expected]:
    """Return the arrays that the members after the first must add, and the weights.

    Raises
    ------
    StorageError
        If a member is of a kind that is not there.
    """
    kinds = [first, *record.networks]
    if max(record.members, default=0) >= len(kinds):
        raise StorageError(f"members must be of one of {len(kinds)} kinds; got {max(record.members)}")
    arrays = {_WEIGHTS: Expected("float64", (len(record.members) + 1,))}
    for j, kind in enumerate(record.networks, start=1):
        arrays |= {_of_kind(j, name): one for name, one in _indices(networks.expected(kind)).items()}
    return arrays | {
        _theta(i): Expected(kinds[j].dtype, (None,)) for i, j in enumerate(record.members, start=1)
    }


def ensemble_from(record: EnsembleRecord, arrays: Arrays, first: Network) -> Ensemble:
    """Return the ensemble of a record, of its arrays, which are the expected ones, and of its first member.

    Raises
    ------
    StorageError
        If they do not fit together, or break a rule of networks or ensembles.
    """
    models = {0: first}
    members = [first]
    for i, j in enumerate(record.members, start=1):
        net = _member(record, arrays, models.get(j), i, j)
        models.setdefault(j, net)
        members.append(net)
    if set(models) != set(range(len(record.networks) + 1)):
        raise StorageError("each further kind of network must be that of a member; leave out the others")
    try:
        return Ensemble(members, arrays[_WEIGHTS])
    except HassenetError as error:
        raise StorageError(f"not an ensemble: {error}") from None


def _member(record: EnsembleRecord, arrays: Arrays, like: Network | None, i: int, j: int) -> Network:
    """Return member i, of kind j: like another one but for its numbers, where there is one."""
    theta = arrays[_theta(i)]
    if like is None:
        return networks.network_from(record.networks[j - 1], _of_network(arrays, j) | {"theta": theta})
    try:
        return like.with_theta(theta)
    except HassenetError as error:
        raise StorageError(f"{_theta(i)} is not that of a network: {error}") from None


def _kinds(ensemble: Ensemble) -> tuple[list[Network], list[int]]:
    """Return the first of each kind of members, and for each member which kind it is."""
    kinds: list[Network] = []
    which = []
    for net in ensemble:
        found = next((j for j, kind in enumerate(kinds) if _alike(kind, net)), len(kinds))
        kinds += [net] if found == len(kinds) else []
        which.append(found)
    return kinds, which


def _alike(one: Network, other: Network) -> bool:
    return one.hierarchy == other.hierarchy and one.activations == other.activations


def _indices(arrays: dict[str, Any]) -> dict[str, Any]:
    """Return what belongs to the hierarchy."""
    return {name: value for name, value in arrays.items() if name != "theta"}


def _of_network(arrays: Arrays, j: int) -> dict[str, NDArray[Any]]:
    """Return the arrays of kind j, named as those of a network by itself."""
    start = _of_kind(j, "")
    return {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}


def _of_kind(j: int, name: str) -> str:
    return f"ensemble.network.{j}.{name}"


def _theta(i: int) -> str:
    return f"ensemble.theta.{i}"
