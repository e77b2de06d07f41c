"""A network as a record and arrays, and back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import HassenetError, StorageError
from hassenet.hierarchy import Constant, Hierarchy
from hassenet.hierarchy.covers import Covers
from hassenet.hierarchy.relay import Relay
from hassenet.network import Network
from hassenet.storage import layers, names
from hassenet.storage.relays import check_relays
from hassenet.storage.schema import NetworkRecord
from hassenet.storage.tensors import Arrays, Expected


def record_of(net: Network) -> NetworkRecord:
    """Return what ``model.json`` says of a network.

    Raises
    ------
    StorageError
        If a name cannot be written, or is that of a relay of something else.
    """
    check_relays(net.hierarchy)
    return NetworkRecord(
        ranks=[[names.to_json(element) for element in rank] for rank in net.hierarchy.ranks],
        layers=layers.kinds(net.hierarchy.layers),
        activations=[G.uniform or list(G.names) for G in net.activations],
        dtype="float64" if net.dtype == np.dtype("float64") else "float32",
        signed=layers.signed(net.hierarchy.layers),
    )


def arrays_of(net: Network) -> dict[str, NDArray[Any]]:
    """Return θ, the index arrays of the sparse layers, and signs of covers."""
    return {"theta": np.ascontiguousarray(net.theta), **layers.arrays_of(net.hierarchy.layers)}


def expected(record: NetworkRecord) -> dict[str, Expected]:
    """Return the arrays that a network must have.

    Raises
    ------
    StorageError
        If the parts of the record are not those of one network.
    """
    sizes = _sizes(record)
    _check_lengths(record, sizes)
    return {"theta": Expected(record.dtype, (None,)), **layers.expected(record.layers, sizes, record.signed)}


def network_from(record: NetworkRecord, arrays: Arrays) -> Network:
    """Return the network of a record and of its arrays, which are the expected ones.

    Raises
    ------
    StorageError
        If the two do not fit together, or break a rule of hierarchies or networks.
    """
    try:
        return _build(_hierarchy(record, arrays, _sizes(record)), record, arrays["theta"])
    except HassenetError as error:
        raise StorageError(f"not a network: {error}") from None


def _sizes(record: NetworkRecord) -> list[int]:
    return [len(rank) for rank in record.ranks]


def _check_lengths(record: NetworkRecord, sizes: Sequence[int]) -> None:
    if len(sizes) < 2 or 0 in sizes:
        raise StorageError(
            f"a network has at least two ranks, none of them empty; got the shape {tuple(sizes)}"
        )
    for what, given in (("layers", record.layers), ("activations", record.activations)):
        if len(given) != len(sizes) - 1:
            raise StorageError(
                f"{what} must have one entry a layer, {len(sizes) - 1} of them; got {len(given)}"
            )
    for i, names_or_name in enumerate(record.activations, 1):
        if isinstance(names_or_name, list) and len(names_or_name) != sizes[i]:
            raise StorageError(f"rank {i} has {sizes[i]} elements; activations names {len(names_or_name)}")


def _hierarchy(record: NetworkRecord, arrays: Arrays, sizes: Sequence[int]) -> Hierarchy:
    ranks = tuple(tuple(map(names.from_json, rank)) for rank in record.ranks)
    names.check_hashes(chain(*ranks))
    shapes = zip(sizes[1:], sizes, strict=False)
    covers = [
        layers.covers_from(arrays, i, *both) for i, both in enumerate(zip(record.layers, shapes, strict=True))
    ]
    return Hierarchy(ranks, tuple(covers))


def _build(H: Hierarchy, record: NetworkRecord, theta: NDArray[Any]) -> Network:
    n = sum(_parameters(layer, H.ranks[i + 1]) for i, layer in enumerate(H.layers))
    check_relays(H)
    # Before anything as large as the covers is made: a few names can stand for any number of them.
    if theta.size != n:
        raise StorageError(f"theta must have {n:,} entries, one a cover and a bias; it has {theta.size:,}")
    if not np.isfinite(theta).all():
        raise StorageError(f"theta must be finite; entry {int(np.argmin(np.isfinite(theta)))} is not")
    *hidden, output = record.activations
    return Network(H, hidden=hidden, output=output, dtype=record.dtype, theta=theta)


def _parameters(layer: Covers, upper: Sequence[Any]) -> int:
    relay = np.fromiter((isinstance(e, Relay) for e in upper), bool, len(upper))
    below = layer.below_counts
    if (below[relay] != 1).any():
        culprit = upper[int(np.argmax(relay & (below != 1)))]
        raise StorageError(f"a relay covers one element; {culprit} covers another number")
    constant = np.fromiter((isinstance(e, Constant) for e in upper), bool, len(upper))
    lonely = (below == 0) & ~constant
    if lonely.any():
        culprit = upper[int(np.argmax(lonely))]
        raise StorageError(f"an element above rank 0 covers one or more; {culprit!r} covers none")
    return int(below[~relay].sum()) + int((~relay).sum())
