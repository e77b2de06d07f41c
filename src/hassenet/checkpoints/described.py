"""Values as text, the same in every process: what an identity is made of."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.checkpoints.code import ADDRESS, of_code, of_object

_PREFIX = "sha256:"
_AT_ONCE = 1 << 24  # numbers that are held as a copy


def described(value: Any) -> str:
    """Return a value as text: what it is made of, never where it lies in memory.

    Functions and classes of hassenet, which has versions, are told apart by their names, those of others by their code
    too: what it computes, its constants, defaults, the attributes of a class, and the values that it closes over or is
    bound to, as far as these are numbers, text, arrays, collections of such, or dataclasses; of other objects, tables
    and sparse arrays among them, it is the type, of functions that are closed over the name, and what is read from
    elsewhere has no part. Objects that are not dataclasses are told apart by their ``repr`` and by the functions that
    they hold.

    >>> from hassenet.optimizers import SGD
    >>> described({"optimizer": SGD(0.5), "score": described})
    "{'optimizer': SGD(rate=0.5), 'score': hassenet.checkpoints.described.described}"
    """
    if isinstance(value, np.ndarray) or issparse(value):
        return digest(value)
    if isinstance(value, np.generic):
        return described(value.item())
    own = getattr(value, "digest", None)
    if isinstance(own, np.ndarray):  # rows that lie elsewhere: numbers that stand for them
        return digest(own)
    if is_dataclass(value) and not isinstance(value, type):
        inside = ", ".join(f"{f.name}={described(getattr(value, f.name))}" for f in fields(value) if f.init)
        return f"{type(value).__name__}({inside}){of_code(type(value))}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {described(one)}" for key, one in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(described, value)) + ")"
    if isinstance(value, Set):
        return "{" + ", ".join(sorted(map(described, value))) + "}"
    return _of_function(value) if callable(value) else _of_object(value)


def _of_object(value: Any) -> str:
    return ADDRESS.sub("", repr(value)) + of_object(value)


def _of_function(value: Any) -> str:
    if isinstance(value, partial):
        return f"partial({described(value.func)}, {described(value.args)}, {described(value.keywords)})"
    name = getattr(value, "__qualname__", None)
    return _of_object(value) if name is None else f"{value.__module__}.{name}{of_code(value)}"


def digest(*values: Any) -> str:
    """Return a digest of arrays, with their types and shapes, and of other values as :func:`described` says.

    >>> one, other = np.eye(2), np.eye(2, dtype="float32")
    >>> digest(one) == digest(one.copy(order="F")), digest(one) == digest(other)
    (True, False)
    """
    whole = sha256()
    for value in values:
        if issparse(value):
            whole.update(f"{value.format} {value.shape}".encode())
            for array in (value.data, value.indices, value.indptr):
                _add(whole, array)
        elif isinstance(value, np.ndarray):
            _add(whole, value)
        else:
            whole.update(described(value).encode() + b"\0")
    return _PREFIX + whole.hexdigest()


def _add(whole: Any, array: NDArray[Any]) -> None:
    """Add an array a part at a time, so that one that is mapped or strided is never copied as a whole."""
    whole.update(f"{array.dtype.str} {array.shape}".encode())
    if array.dtype.hasobject:
        whole.update(described(array.tolist()).encode())
        return
    rows = array.reshape(1) if array.ndim == 0 else array
    at_once = max(1, _AT_ONCE // max(1, rows[:1].size))
    for start in range(0, len(rows), at_once):
        whole.update(np.ascontiguousarray(rows[start : start + at_once]).reshape(-1).view(np.uint8).data)


def is_digest(text: str) -> bool:
    """Return whether a text is a digest."""
    return text.startswith(_PREFIX)
