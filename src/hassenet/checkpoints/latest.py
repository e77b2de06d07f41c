"""The last two states of something that changes, so that one is whole whatever happens to the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, final

from hassenet.checkpoints.folder import CheckpointFolder
from hassenet.checkpoints.record import Codec, Record

R = TypeVar("R")
_PLACES = 2


@final
@dataclass
class Latest:
    """The records of a state, each numbered; a new one takes the place of the one before the last.

    Attributes
    ----------
    folder : CheckpointFolder
    name : str
    number : int
        Of the next record.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> states = Latest(CheckpointFolder(Path(mkdtemp())), "state")
    >>> [states.keep(Record(epoch)) for epoch in range(3)]
    [True, True, True]
    >>> Latest(states.folder, "state").found(Codec(Record, lambda record: record.value))
    2
    """

    folder: CheckpointFolder
    name: str = "state"
    number: int = 0

    def found(self, codec: Codec[R]) -> R | None:
        """Return the last state that is whole and understood; None where there is none."""
        both = [self.folder.found(self._place(k), _numbered(codec)) for k in range(_PLACES)]
        last = max((one for one in both if one is not None), key=lambda one: one[0], default=None)
        if last is None:
            return None
        self.number = last[0] + 1
        return last[1]

    def keep(self, record: Record) -> bool:
        """Write a state; return whether it could be written."""
        is_kept = self.folder.keep(self._place(self.number), _with_number(self.number, record))
        # Where it could not be, the same place is tried again: the other one has the last state.
        self.number += is_kept
        return is_kept

    def _place(self, number: int) -> str:
        return f"{self.name} {number % _PLACES}"


def _numbered(codec: Codec[R]) -> Codec[tuple[int, R]]:
    """Return the codec of states with their numbers."""
    return Codec(
        lambda one: _with_number(one[0], codec.encode(one[1])),
        lambda record: (int(record.value[0]), codec.decode(Record(record.value[1], record.arrays))),
    )


def _with_number(number: int, record: Record) -> Record:
    return Record([number, record.value], record.arrays)
