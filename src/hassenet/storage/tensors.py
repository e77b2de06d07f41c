"""Reading ``model.safetensors`` without trusting it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from hassenet.errors import StorageError, listing

Arrays = Mapping[str, NDArray[Any]]

# The format's own limit; a header of ours has some hundred bytes a layer.
_LARGEST_HEADER = 100_000_000


class Expected(NamedTuple):
    """The number type of an array, and its shape (None: any length)."""

    dtype: str
    shape: tuple[int | None, ...]


def parse(data: bytes) -> Arrays:
    """Return the arrays in the bytes of a safetensors file.

    Raises
    ------
    StorageError
        If the bytes are not a whole, consistent file.
    """
    _check_header(data)
    try:
        return dict(load(data))
    except (SafetensorError, KeyError, ValueError, TypeError, OverflowError, MemoryError) as error:
        raise StorageError(f"not a whole safetensors file: {error}") from None


def _check_header(data: bytes) -> None:
    if len(data) < 8:
        raise StorageError(f"a safetensors file has at least 8 bytes; this one has {len(data)}")
    length = int.from_bytes(data[:8], "little")
    if length > min(len(data) - 8, _LARGEST_HEADER):
        raise StorageError(f"the header claims {length:,} bytes; the file has {len(data):,}")


def check(arrays: Arrays, expected: Mapping[str, Expected]) -> None:
    """Raise StorageError unless the arrays are the expected ones, in type and shape."""
    missing, extra = expected.keys() - arrays.keys(), arrays.keys() - expected.keys()
    if missing or extra:
        both = (("missing", missing), ("not expected", extra))
        wrong = [f"{listing(sorted(names))} {what}" for what, names in both if names]
        raise StorageError(f"arrays must be those that model.json asks for: {', '.join(wrong)}")
    for name, (dtype, shape) in expected.items():
        array = arrays[name]
        fits = array.ndim == len(shape) and all(
            n in (None, m) for n, m in zip(shape, array.shape, strict=True)
        )
        if array.dtype != np.dtype(dtype) or not fits:
            raise StorageError(
                f"{name} must be {dtype} of shape {shape}; it is {array.dtype} of shape {array.shape}"
            )
