"""The examples of an epoch in portions that are in memory: all at once, or window after window of a stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.compact import stacked
from hassenet.data.decoders import reading
from hassenet.data.examples import Examples
from hassenet.data.stream import Stream, is_stream
from hassenet.data.windows import Held, Window, all_blocks_of, at_random, held, in_order, left_of, parts

Array = NDArray[Any]
Rows = NDArray[np.int64]


@final
class Portion(NamedTuple):
    """The examples of some steps that follow one another.

    Attributes
    ----------
    start : int
        The first of its steps in the epoch.
    data : Examples
    order : (r,) array of int
        Rows of the data, batch after batch.
    ids : (r,) array of int, optional
        The numbers of the examples, where rows are others.
    """

    start: int
    data: Examples
    order: Rows
    ids: Rows | None = None

    def end(self, batch_size: int) -> int:
        """Return the step after its last."""
        return self.start - (-len(self.order) // batch_size)


def windows_of(stream: Stream, seed: int, epoch: int, *, shuffle: bool) -> list[Window]:
    """Return the windows of an epoch."""
    return at_random(stream, seed, epoch) if shuffle else in_order(stream)


def of_stream(
    data: Examples, windows: Sequence[Window], batch_size: int, step: int, *, and_first: bool
) -> Iterator[Portion]:
    """Yield the portions of an epoch from a step on, each of whole batches; what is left is in the next.

    Parameters
    ----------
    data : Examples
        Whose X is a stream.
    windows : sequence of Window
        Those of the epoch.
    batch_size, step : int
    and_first : bool
        Whether the epoch's first example comes once more at its end.
    """
    stream, rest = data.X, None
    left = list(left_of(list(windows), step * batch_size))
    to_read = [*(window for window, _ in left), *(windows[:1] if left and and_first else ())]
    with reading(stream, all_blocks_of(to_read)) as read:
        for k, (window, before) in enumerate(left):
            found = _from(held(stream, read, window, rest), before)
            is_last = k == len(left) - 1
            if is_last and and_first:
                found = _joined(found, _from(held(stream, read, windows[0]), 0), 1)
            n = len(found.ids) if is_last else len(found.ids) // batch_size * batch_size
            if n:
                yield Portion(step, _examples(data, found, n), np.arange(n), found.ids[:n])
            step += n // batch_size
            rest = Held(found.X[n:].copy(), found.ids[n:])


def _from(found: Held, before: int) -> Held:
    return Held(found.X[before:], found.ids[before:]) if before else found


def _joined(found: Held, more: Held, n: int) -> Held:
    return Held(stacked(found.X, more.X[:n]), np.append(found.ids, more.ids[:n]))


def _examples(data: Examples, found: Held, n: int) -> Examples:
    """Return examples of which the features are in memory."""
    return with_features(data, found.X[:n], found.ids[:n])


def with_features(data: Examples, X: Any, ids: Rows | slice) -> Examples:
    """Return some examples with these features."""
    others = (None if part is None else part[ids] for part in (data.weight, data.class_weight, data.offset))
    return Examples(X, data.Y[ids], *others)


def settled(data: Examples) -> Examples:
    """Return examples in memory where one window of their stream has them all; others as they are."""
    if not is_stream(data.X) or len(in_order(data.X)) > 1:
        return data
    (whole,) = in_memory(data)
    return whole


def in_memory(data: Examples) -> Iterator[Examples]:
    """Yield the examples in their order, in parts that are in memory: all, or windows of a stream."""
    if not is_stream(data.X):
        yield data
        return
    for found in parts(data.X):
        yield with_features(data, found.X, found.ids)
