"""By what other examples are told from those that an earlier training saw."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from math import prod
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.checkpoints import digest
from hassenet.data.class_numbers import ClassNumbers
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.examples import Examples
from hassenet.data.noting import collected
from hassenet.data.rows_of import RowsOf
from hassenet.data.stream import Stream, is_stream
from hassenet.data.table import columns_of, is_table
from hassenet.data.targets_elsewhere import TargetsElsewhere

Array = NDArray[Any]

# Of an array with more numbers than these, every other row (every third, …) is looked at.
_NUMBERS = 1 << 21
_BLOCKS = 64  # of a stream that has no files


@final
class Fingerprints(NamedTuple):
    """What stands for examples in a state, which does not keep them.

    Attributes
    ----------
    trained : str
        Of the examples that were learned from.
    monitored : str
        Of what was monitored, and the examples that it was measured on.
    """

    trained: str
    monitored: str

    @staticmethod
    def of(data: Examples, held: Examples | None, monitor: str) -> Fingerprints:
        """Return those of the examples to learn from, of those held out, and of what is monitored.

        >>> few = Examples(np.eye(2), np.ones((2, 1)))
        >>> Fingerprints.of(few, None, "training_cost") == Fingerprints.of(few, None, "training_cost")
        True
        """
        trained = fingerprint(data)
        measured = trained if monitor == "training_cost" or held is None else fingerprint(held)
        return Fingerprints(trained, f"{monitor} {measured}")


def fingerprint(data: Examples) -> str:
    """Return a digest of the numbers of examples, whatever their types.

    >>> one, other = (
    ...     Examples(np.eye(2), np.ones((2, 1))),
    ...     Examples(np.eye(2, dtype="int8"), np.ones((2, 1))),
    ... )
    >>> fingerprint(one) == fingerprint(other)
    True
    """
    whole = sha256()
    for part in data:
        for array in _arrays(part):
            whole.update(repr(array.shape).encode())
            whole.update(np.ascontiguousarray(_some_rows(array), np.float64).data)
    return whole.hexdigest()


def _arrays(part: Any) -> tuple[Any, ...]:
    if part is None:
        return ()
    if isinstance(part, ClassNumbers):
        return (part.numbers,)
    if is_stream(part):
        return of_stream(part)
    if isinstance(part, RowsOf):
        return (*_arrays(part.whole), part.rows) if issparse(part.whole) else (part,)
    if isinstance(part, Elsewhere | TargetsElsewhere):
        return (part.digest,)
    return (part.data, part.indices, part.indptr) if issparse(part) else (np.asarray(part),)


def of_stream(stream: Stream) -> tuple[Array, ...]:
    """Return what stands for a stream's features: blocks, their order, rows of the outer ones, and what it holds."""
    with stream.reading() as read, collected():  # of all rows it is told where they are learned from
        ends = [read(block) for block in sorted({0, len(stream.source.sizes) - 1})]
    order = (stream.source.sizes, stream.source.runs, np.array([stream.window, stream.row_bytes]))
    rows = () if stream.rows is None else (stream.rows,)
    held = np.frombuffer(_held(stream).encode(), np.uint8)
    return (*order, *rows, held, *(array for X in ends for array in _arrays(X)))


def _held(stream: Stream) -> str:
    """Return digests of the files of a stream; of one that has none, of blocks by a seed, as they are read."""
    if stream.source.states:
        return " ".join([*stream.source.contents.values(), stream.source.told_apart_by])
    b = len(stream.source.sizes)
    some = np.sort(np.random.default_rng(b).permutation(b)[:_BLOCKS])
    with stream.source.reading(stream.features) as read:
        return " ".join(digest(*_columns(read(int(block)))) for block in some)


def _columns(block: Any) -> Sequence[Any]:
    if not is_table(block):
        return (block,)
    columns = columns_of(block)
    return [columns.column(name) for name in columns.names]


def _some_rows(array: Any) -> Array:
    found: Array = array[:: -(-prod(array.shape) // _NUMBERS) or 1]
    return found
