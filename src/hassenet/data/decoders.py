"""Blocks of a stream decoded on several threads, and handed over in their order."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain, groupby, repeat
from typing import Any

from hassenet.data.ahead import Ahead
from hassenet.data.noting import each_noted_once
from hassenet.data.source import Read
from hassenet.data.stream import Stream
from hassenet.data.threads import default_threads

Run = Sequence[int]
_MOST = 4  # threads where no number is given: each holds two blocks


@contextmanager
def reading(stream: Stream, blocks: Sequence[int]) -> Iterator[Read]:
    """Open a stream; inside, blocks can be read in the order given, each once.

    A thread decodes every n-th run of blocks, and has one decoded that waits. What is read does not depend on n. What
    is noted of blocks is told once, at the end, of all.

    Examples
    --------
    >>> import numpy as np
    >>> from hassenet.streams import open
    >>> stream = open(np.arange(6.0).reshape(6, 1), block=2, threads=2)
    >>> with reading(stream, [2, 0, 1]) as read:
    ...     [read(block).ravel().tolist() for block in (2, 0, 1)]
    [[4.0, 5.0], [0.0, 1.0], [2.0, 3.0]]
    """
    with _reading(stream, blocks) as read, each_noted_once(read) as noted:
        yield noted


@contextmanager
def _reading(stream: Stream, blocks: Sequence[int]) -> Iterator[Read]:
    runs = _runs(stream, blocks)
    n = min(_threads(stream), len(runs))
    if n < 2:
        with stream.reading() as read:
            yield read
        return
    with ExitStack() as stack:
        decoders = [stack.enter_context(Ahead(_decoded(stream, runs[k::n]), 1)) for k in range(n)]
        turns = chain.from_iterable(repeat(decoders[k % n], len(run)) for k, run in enumerate(runs))
        yield lambda _: next(next(turns))


def _threads(stream: Stream) -> int:
    """Return how many threads decode; one, or none, where nothing is read ahead."""
    if not stream.ahead:
        return 1
    return stream.threads or min(default_threads(), _MOST)


def _runs(stream: Stream, blocks: Sequence[int]) -> list[Run]:
    """Return blocks in groups of those of a run that follow one another."""
    return [list(group) for _, group in groupby(blocks, lambda block: stream.source.runs[block])]


def _decoded(stream: Stream, runs: Sequence[Run]) -> Generator[Any, None, None]:
    with stream.reading() as read:
        for block in chain.from_iterable(runs):
            yield read(block)
