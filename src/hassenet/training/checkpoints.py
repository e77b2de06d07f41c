"""The checkpoints of a training: when one is due, and what is found to go on from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, final

import numpy as np

from hassenet.checkpoints import (
    CheckpointFolder,
    Codec,
    Identity,
    Interval,
    Latest,
    Pace,
    Place,
    Record,
    opened,
)
from hassenet.errors import ParameterError
from hassenet.training.callback_states import States, give_back, states_of
from hassenet.training.kept import Kept

__all__ = [
    "Checkpoints",
    "Place",
    "check_every",
    "checkpoints_in",
    "folder_at",
]

_A_WHILE = 1.0  # second
_END = "end"


@final
@dataclass
class Checkpoints:
    """Those of a training; without a folder none is ever due.

    Attributes
    ----------
    latest : Latest, optional
    codec : Codec, optional
        Of what is kept.
    callbacks : sequence
        Those among which some have a state.
    pace : Pace
    """

    latest: Latest | None = None
    codec: Codec[Kept] | None = None
    callbacks: Sequence[Any] = ()
    pace: Pace = field(default_factory=Pace)
    began: float = field(default_factory=perf_counter)

    @property
    def folder(self) -> CheckpointFolder | None:
        """Where they are kept."""
        return self.latest and self.latest.folder

    @property
    def are_kept(self) -> bool:
        """Whether there is a folder for them."""
        return self.latest is not None

    @property
    def end_with_a_job(self) -> bool:
        """Whether they go with the job that the training is, or is a part of."""
        return self.folder is not None and bool(self.folder.job)

    @property
    def end_is_kept(self) -> bool:
        """Whether the end is worth a record: of a job's trainings that of those that took a while."""
        if self.folder is None or self.folder.waiting is None or not self.folder.waiting.job:
            return self.folder is not None
        return perf_counter() - self.began >= _A_WHILE

    @property
    def are_due(self) -> bool:
        """Whether it is time for one."""
        return self.are_kept and self.pace.is_due

    def found(self) -> Kept | None:
        """Return the last one, its callbacks set to what they knew then; None where there is none."""
        if self.latest is None or self.codec is None:
            return None
        codec = _with_callbacks(self.codec)
        both = self.latest.folder.taken(_END, codec) if self._waits else None
        both = both or self.latest.found(codec)
        if both is None:
            return None
        kept, states = both
        give_back(self.callbacks, states)
        return kept

    def record(self, kept: Kept) -> Record | None:
        """Return what is to be written, of this moment."""
        if self.codec is None:
            return None
        with self.pace.counted():
            return _with_callbacks(self.codec).encode((kept, states_of(self.callbacks)))

    def keep(self, record: Record | None) -> bool:
        """Write a record, and count the time to the next from then on; return whether it could be written."""
        if self.latest is None or record is None:
            return False
        with self.pace.counted():
            is_kept = self.latest.keep(record)
        self.pace.begin()
        return is_kept

    def keep_the_end(self, kept: Kept) -> bool:
        """Write the last record: where a training is over, and the folder has several, together with others."""
        record = self.record(kept)
        if self._waits and self.folder is not None and record is not None and kept.stopped is not None:
            self.folder.put(_END, record)
            return True
        return self.keep(record)

    @property
    def _waits(self) -> bool:
        return self.folder is not None and self.folder.waiting is not None


@contextmanager
def checkpoints_in(
    place: Place | None,
    every: float | None,
    codec: Codec[Kept],
    callbacks: Sequence[Any],
    identity: Callable[[], Identity],
) -> Iterator[Checkpoints]:
    """Open the folder of a training, or its part of one.

    Raises
    ------
    CheckpointError, ParameterError
        If the folder is that of another run, ``every`` is not an interval, or has no folder.
    """
    check_every(place, every)
    states_of(callbacks)  # what could not be written is refused before there is anything to lose
    with folder_at(place, every, identity) as folder:
        if folder is None:
            yield Checkpoints()
        else:
            interval = folder.interval if every is None else Interval.of(every)
            yield Checkpoints(Latest(folder), codec, callbacks, Pace(interval))


@contextmanager
def folder_at(
    place: Place | None, every: float | None, identity: Callable[[], Identity]
) -> Iterator[CheckpointFolder | None]:
    """Open a folder, or its part of one that is open, unless there is to be none.

    Raises
    ------
    CheckpointError, ParameterError
        If it is that of another run, or an interval has no folder.
    """
    check_every(place, every)
    if place is None:
        yield None
    elif isinstance(place, CheckpointFolder) and place.job:
        yield place  # its name says whose it is: the data are not gone through for that again
    else:
        with opened(place, identity()) as folder:
            yield folder


def check_every(place: Place | None, every: float | None) -> None:
    """Refuse what is not an interval, and one that has no folder."""
    if place is not None:
        Interval.of(every)
    elif every is not None:
        raise ParameterError(
            f"every is the time from one checkpoint to the next; there is no folder for them; got {every!r}; give "
            "checkpoint='folder' too"
        )


def _with_callbacks(codec: Codec[Kept]) -> Codec[tuple[Kept, States]]:
    """Return the codec of a training and the states of its callbacks."""
    return Codec(
        lambda both: _joined(codec.encode(both[0]), both[1]),
        lambda record: (codec.decode(Record(record.value["training"], record.arrays)), _states(record)),
    )


def _joined(training: Record, states: States) -> Record:
    arrays = {
        f"callback {k} {name}": value
        for k, state in enumerate(states)
        for name, value in state.items()
        if isinstance(value, np.ndarray)
    }
    values = [{name: value for name, value in s.items() if not isinstance(value, np.ndarray)} for s in states]
    return Record({"training": training.value, "callbacks": values}, {**training.arrays, **arrays})


def _states(record: Record) -> States:
    def arrays(k: int) -> dict[str, Any]:
        start = f"callback {k} "
        return {
            name.removeprefix(start): np.array(array)
            for name, array in record.arrays.items()
            if name.startswith(start)
        }

    return [{**values, **arrays(k)} for k, values in enumerate(record.value["callbacks"])]
