"""A record: a value of JSON and arrays, as bytes that are whole or not taken."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Generic, NamedTuple, TypeVar, final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from hassenet.errors import CheckpointError

R = TypeVar("R")
Arrays = Mapping[str, NDArray[Any]]

VERSION = 1
_DIGEST = 64  # characters of a SHA-256
_ILL_FORMED = (SafetensorError, KeyError, TypeError, ValueError, OverflowError, RecursionError, MemoryError)


@final
@dataclass(frozen=True, eq=False)
class Record:
    """What is kept under a name.

    Attributes
    ----------
    value : Any
        Whatever JSON holds; numbers may be NaN or infinite.
    arrays : mapping from str to array
        Of numbers or truth values.
    """

    value: Any
    arrays: Arrays = field(default_factory=dict)


@final
class Codec(NamedTuple, Generic[R]):
    """How a result becomes a record, and a record a result again; bits do not change on the way.

    Attributes
    ----------
    encode, decode : callable
        ``decode`` may raise what it likes on a record that it does not understand: that one is left out.
    """

    encode: Callable[[R], Record]
    decode: Callable[[Record], R]


def to_bytes(name: str, record: Record) -> bytes:
    """Return the bytes of a record: their digest, a line of JSON, the arrays.

    >>> record = of_bytes("a", to_bytes("a", Record([1.5], {"x": np.arange(2)})))
    >>> record.value, record.arrays["x"]
    ([1.5], array([0, 1]))
    """
    head = json.dumps({"version": VERSION, "name": name, "value": record.value})
    body = head.encode() + b"\n" + save({key: _as_written(array) for key, array in record.arrays.items()})
    return sha256(body).hexdigest().encode() + b"\n" + body


def _as_written(array: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(array).reshape(np.shape(array))  # which makes of a number an array of one


def of_bytes(name: str, data: bytes) -> Record:
    """Return the record in bytes, of that name.

    Raises
    ------
    CheckpointError
        If not a bit may have changed and one has, or it is that of another name or of a later version.
    """
    digest, body = data[:_DIGEST], data[_DIGEST + 1 :]
    if sha256(body).hexdigest().encode() != digest:
        raise CheckpointError("a record is whole, as its digest says; this one is not")
    head, _, arrays = body.partition(b"\n")
    try:
        found, read = json.loads(head), load(arrays)
        is_its_own = (found["version"], found["name"]) == (VERSION, name)
        record = Record(found["value"], read)
    except _ILL_FORMED as error:
        raise CheckpointError(f"a record is JSON and arrays; this one is not: {error}") from None
    if not is_its_own:
        raise CheckpointError(f"a record has its own name and version {VERSION}; this one has others")
    return record
