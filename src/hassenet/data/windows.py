"""In which order a stream is read: blocks at random, then the rows of a window of blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse, vstack

from hassenet.data.decoders import reading
from hassenet.data.packed import Packed, joined
from hassenet.data.source import Read, Rows
from hassenet.data.stream import MEGABYTE, Stream

Array = NDArray[Any]


@final
class Window(NamedTuple):
    """Blocks that are in memory together.

    Attributes
    ----------
    blocks : tuple of int
        In the order in which they are read.
    size : int
        How many examples they have.
    seed : tuple of int, optional
        Of the order of the examples; None leaves them as they are read.
    """

    blocks: tuple[int, ...]
    size: int
    seed: tuple[int, ...] | None


@final
class Held(NamedTuple):
    """Features in memory, and of which examples of the stream they are."""

    X: Any
    ids: Rows


def in_order(stream: Stream) -> list[Window]:
    """Return the windows of a stream, all in the order of its rows.

    >>> from hassenet.streams import open
    >>> [window.size for window in in_order(open(np.ones((5, 2)), window=1e-5, block=2))]
    [2, 2, 1]
    """
    return [Window(blocks, size, None) for blocks, size in _grouped(stream, _filled(stream))]


def spans(stream: Stream) -> Iterator[slice]:
    """Yield which examples of a stream each of its windows has, in the order of its rows.

    >>> from hassenet.streams import open
    >>> list(spans(open(np.ones((5, 2)), window=1e-5, block=2)))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    for window in in_order(stream):
        first, *_, last = stream.examples_before[window.blocks[0] : window.blocks[-1] + 2].tolist()
        yield slice(first, last)


def at_random(stream: Stream, seed: int, epoch: int) -> list[Window]:
    """Return the windows of a stream in a random order, a function of seed and epoch.

    Runs of blocks are in random order, and so are the examples of each window.

    >>> from hassenet.streams import open
    >>> stream = open(np.ones((5, 2)), window=1e-5, block=2)
    >>> at_random(stream, 0, 0) == at_random(stream, 0, 0) != at_random(stream, 0, 1)
    True
    """
    groups = _grouped(stream, _shuffled(stream, _filled(stream), seed, epoch))
    return [Window(blocks, size, (seed, epoch, k)) for k, (blocks, size) in enumerate(groups)]


def _filled(stream: Stream) -> tuple[int, ...]:
    """Return the blocks that have examples."""
    return tuple(np.flatnonzero(np.diff(stream.examples_before)).tolist())


def _shuffled(stream: Stream, blocks: tuple[int, ...], seed: int, epoch: int) -> tuple[int, ...]:
    """Return blocks run by run, the runs in random order; those of a run stay one after the other."""
    runs = stream.source.runs[list(blocks)]
    place = np.random.default_rng([seed, epoch]).permutation(int(runs.max()) + 1)
    return tuple(np.array(blocks)[np.argsort(place[runs], kind="stable")].tolist())


def _grouped(stream: Stream, blocks: tuple[int, ...]) -> list[tuple[tuple[int, ...], int]]:
    """Return blocks cut into windows, each with its size: one block at least, and no more bytes than allowed."""
    most = stream.window * MEGABYTE / stream.row_bytes
    sizes = np.diff(stream.examples_before)
    groups: list[tuple[tuple[int, ...], int]] = []
    begun: list[int] = []
    size = 0
    for block in blocks:
        if begun and size + sizes[block] > most:
            groups.append((tuple(begun), size))
            begun, size = [], 0
        begun.append(block)
        size += int(sizes[block])
    return [*groups, (tuple(begun), size)] if begun else groups


def left_of(windows: list[Window], first: int) -> Iterator[tuple[Window, int]]:
    """Yield the windows that have examples from the ``first`` of an epoch on, and how many of each are before it.

    >>> some = [Window((0,), 4, None), Window((1,), 3, None)]
    >>> [(window.size, before) for window, before in left_of(some, 5)]
    [(3, 1)]
    """
    ends = np.concatenate([[0], np.cumsum([window.size for window in windows])]).tolist()
    for window, (start, end) in zip(windows, pairwise(ends), strict=True):
        if end > first:
            yield window, max(first - start, 0)


def held(stream: Stream, read: Read, window: Window, before: Held | None = None) -> Held:
    """Return the examples of a window in their order, after those that were left of the window before."""
    ids = np.concatenate([np.arange(*stream.examples_before[k : k + 2]) for k in window.blocks])
    order = np.arange(window.size) if window.seed is None else _order(window.seed, window.size)
    blocks = (read(block) for block in window.blocks)
    X = _placed(blocks, order, None if before is None else before.X)
    ids = ids[order]
    return Held(X, ids if before is None else np.concatenate([before.ids, ids]))


def _order(seed: tuple[int, ...], size: int) -> Rows:
    return np.random.default_rng(list(seed)).permutation(size)


def _placed(blocks: Iterator[Any], order: Rows, before: Any) -> Any:
    """Return the rows of blocks in an order, below others; each block is let go of before the next is read."""
    first = next(blocks)
    if isinstance(first, Packed):
        return joined([first, *blocks], before)[_placing(order, before)]
    if issparse(first):
        return _stacked([first, *blocks], order, before)
    place = np.empty_like(order)
    start = 0 if before is None else len(before)
    place[order] = np.arange(start, start + len(order))
    X = np.empty(
        (start + len(order), first.shape[1]), first.dtype if before is None else _both(before, first)
    )
    if before is not None:
        X[:start] = before
    return _filled_in(X, first, blocks, place)


def _placing(order: Rows, before: Any) -> Rows:
    """Return the rows of what was left, and below them others in an order."""
    kept = 0 if before is None else len(before)
    return np.concatenate([np.arange(kept), kept + order])


def _filled_in(X: Array, first: Array, blocks: Iterator[Array], place: Rows) -> Array:
    done = 0
    block: Array | None = first
    while block is not None:
        X = X if np.can_cast(block.dtype, X.dtype) else X.astype(_both(X, block))
        X[place[done : done + len(block)]] = block
        done += len(block)
        block = next(blocks, None)
    return X


def _both(X: Array, Z: Array) -> np.dtype[Any]:
    return np.result_type(X.dtype, Z.dtype)


def stacked(blocks: Sequence[Any]) -> Any:
    """Return arrays, one below the other: what is sparse stays so, and whole numbers of one byte.

    >>> stacked([np.zeros((1, 2)), np.ones((1, 2))])
    array([[0., 0.],
           [1., 1.]])
    """
    return _placed(iter(blocks), np.arange(sum(block.shape[0] for block in blocks)), None)


def _stacked(blocks: list[Any], order: Rows, before: Any) -> Any:
    X = csr_array(vstack(blocks, "csr"))[order]
    return X if before is None else csr_array(vstack([before, X], "csr"))


def parts(stream: Stream) -> Iterator[Held]:
    """Yield the features of a stream window by window, in the order of its rows."""
    windows = in_order(stream)
    with reading(stream, all_blocks_of(windows)) as read:
        for window in windows:
            yield held(stream, read, window)


def all_blocks_of(windows: Iterable[Window]) -> list[int]:
    """Return the blocks of windows, one after the other."""
    return [block for window in windows for block in window.blocks]
