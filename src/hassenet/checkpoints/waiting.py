"""Records that wait in memory until it is time to write, and are then written together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, NamedTuple, final

from hassenet.checkpoints.later import Later
from hassenet.checkpoints.pace import Pace
from hassenet.checkpoints.record import Record

_MOST_BYTES = 1 << 28  # that wait; more are written before it is time


@final
class One(NamedTuple):
    """A record that waits.

    Attributes
    ----------
    name : Later
    record : Record
    job : str
        The job that it is the end of, whose files go when it is written; of others nothing.
    """

    name: Later
    record: Record
    job: str


@final
@dataclass(eq=False)
class Waiting:
    """Records that wait, for threads of one process.

    Attributes
    ----------
    write : callable
        Writes those that it is given; returns whether it could.
    pace : Pace
    job : str
        The job that all of them belong to; of a run's own records nothing.
    found : dict
        What earlier runs have written, by name.
    is_new : bool
        Whether there can be nothing of an earlier run.

    Examples
    --------
    >>> written = []
    >>> waiting = Waiting(lambda ones: written.extend(str(one.name) for one in ones) or True, Pace())
    >>> waiting.put(One(Later(lambda: "a"), Record(1), "")), written
    (None, [])
    >>> waiting.flush(), written
    (None, ['a'])
    """

    write: Callable[[list[One]], bool]
    pace: Pace
    job: str = ""
    found: dict[str, Record] = field(default_factory=dict)
    is_new: bool = False
    ones: list[One] = field(default_factory=list)
    bytes: int = 0
    lock: Any = field(default_factory=Lock)

    def put(self, one: One) -> None:
        """Let a record wait; write it, and those that wait already, if it is time."""
        with self.lock:
            self.ones.append(one)
            self.bytes += _bytes(one.record.arrays)
            if self.pace.is_due or self.bytes > _MOST_BYTES:
                self._write()

    def flush(self) -> None:
        """Write what waits; where the disk is full it goes on waiting."""
        with self.lock:
            if self.ones:
                self._write()

    def _write(self) -> None:
        with self.pace.counted():
            if self.write(self.ones):
                self.ones, self.bytes = [], 0
        self.pace.begin()


def _bytes(arrays: Mapping[str, Any]) -> int:
    return sum(array.nbytes for array in arrays.values())
