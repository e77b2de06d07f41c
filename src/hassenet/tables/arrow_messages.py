"""What the messages of a file of Arrow say of themselves: rows and bytes, before anything is decoded.

pyarrow tells neither how many rows a batch has nor how far it unfolds without unfolding it. A message is a table of
FlatBuffers [1]_ with its body behind it [2]_; a few of its fields say both.

References
----------
.. [1] https://flatbuffers.dev/internals/
.. [2] https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc and
   format/Message.fbs of Apache Arrow.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple, final

import numpy as np

from hassenet.files.optional import pyarrow

FILE, STREAM, FIRST_FEATHER = b"ARROW1\0\0", b"\xff\xff\xff\xff", b"FEA1"
"""How a file begins, a stream, and what was called Feather before it was Arrow."""
_MAGIC = FILE[:6]
_WORD, _COUNT, _BLOCK = 4, 8, 3  # bytes, bytes, numbers of 64 bits
_DICTIONARY, _BATCH = 2, 3
_NONE = np.empty(0, np.int64)


@final
class Message(NamedTuple):
    """A message but for what it holds.

    Attributes
    ----------
    is_batch : bool
        Whether it has rows of the table; else it is a schema, or the values of categories.
    rows : int
    unfolded : int
        How many bytes its body has once it is not compressed.
    """

    is_batch: bool
    rows: int
    unfolded: int


def messages(source: Any) -> Iterator[Message]:
    """Yield the messages of a file with dictionaries and rows, or all of a stream up to the mark behind the last one.

    Raises
    ------
    pyarrow.ArrowInvalid
        If one is cut off or damaged, or that mark is not there.
    """
    is_file = source.read_at(len(FILE), 0) == FILE
    try:
        if is_file:
            yield from (_message(source, place)[0] for place in _blocks(source))
        else:
            yield from _one_after_the_other(source)
    except (struct.error, ValueError, IndexError):
        lacking = "its end" if is_file else "the mark behind its last record batch"
        raise pyarrow().ArrowInvalid(f"it is damaged, or {lacking} is not there as it was cut off") from None


def _blocks(source: Any) -> list[int]:
    """Return where messages begin, as stands at the end of a file."""
    size = source.size()
    tail = source.read_at(_WORD + len(_MAGIC), size - _WORD - len(_MAGIC))
    length = _int(tail, "<i", 0)
    if tail[_WORD:] != _MAGIC or not 0 < length < size:
        raise ValueError
    data = source.read_at(length, size - len(tail) - length)
    footer = _Table(data, _int(data, "<I", 0))
    parts = [footer.numbers(k, _BLOCK).reshape(-1, _BLOCK)[:, 0].tolist() for k in (2, 3)]
    return [place for part in parts for place in part]


def _one_after_the_other(source: Any) -> Iterator[Message]:
    place = 0
    while _head(source, place) is not None:
        found, place = _message(source, place)
        yield found


def _head(source: Any, place: int) -> tuple[int, int] | None:
    """Return where what a message says begins, and its size; None at the mark that it is behind the last one."""
    words = source.read_at(2 * _WORD, place)
    if words[:_WORD] == STREAM:
        place, words = place + _WORD, words[_WORD:]
    size = _int(words, "<i", 0)
    if size < 0:
        raise ValueError
    return (place + _WORD, size) if size else None


def _message(source: Any, place: int) -> tuple[Message, int]:
    """Return what a message says, and where the next one begins."""
    start, size = _head(source, place) or (place, 0)
    data, body = source.read_at(size, start), start + size
    message = _Table(data, _int(data, "<I", 0))
    kind, end = message.scalar("<B", 1), body + message.scalar("<q", 3)
    table = message.table(2)
    if not body <= end <= source.size():
        raise ValueError
    batch = table.table(1) if table and kind == _DICTIONARY else table
    if kind not in (_DICTIONARY, _BATCH) or batch is None:
        return Message(False, 0, 0), end
    is_compressed = batch.table(3) is not None
    buffers = batch.numbers(2, 2).reshape(-1, 2)
    unfolded = _unfolded(source, body, buffers) if is_compressed else end - body
    return Message(kind == _BATCH, max(batch.scalar("<q", 0), 0), unfolded), end


def _unfolded(source: Any, body: int, buffers: Any) -> int:
    """Return how many bytes compressed buffers become: each begins with that, or with −1 where it is as it stands."""
    total = 0
    for offset, length in buffers.tolist():
        told = _int(source.read_at(_COUNT, body + offset), "<q", 0) if length else 0
        total += length if told < 0 else told
    return total


def _int(data: bytes, kind: str, place: int) -> int:
    if place < 0:
        raise ValueError
    return int(struct.unpack_from(kind, data, place)[0])


class _Table(NamedTuple):
    """A table of FlatBuffers: a list of where its fields are stands at a distance that its first bytes say."""

    data: bytes
    place: int

    def _field(self, k: int) -> int:
        """Return where a field is; 0 where it is left out."""
        fields = self.place - _int(self.data, "<i", self.place)
        size, at = _int(self.data, "<H", fields), 4 + 2 * k
        offset = _int(self.data, "<H", fields + at) if at < size else 0
        return self.place + offset if offset else 0

    def scalar(self, kind: str, k: int) -> int:
        """Return a number; 0 where it is left out."""
        field = self._field(k)
        return _int(self.data, kind, field) if field else 0

    def table(self, k: int) -> _Table | None:
        """Return a table, None where it is left out."""
        field = self._field(k)
        return _Table(self.data, field + _int(self.data, "<I", field)) if field else None

    def numbers(self, k: int, n: int) -> Any:
        """Return the numbers of a list of structures, each of n numbers of 64 bits."""
        field = self._field(k)
        start = field + _int(self.data, "<I", field) if field else 0
        return (
            np.frombuffer(self.data, "<i8", n * _int(self.data, "<I", start), start + 4) if field else _NONE
        )
