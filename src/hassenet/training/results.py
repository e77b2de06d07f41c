"""What jobs gave before, so that it need not be computed again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, final

import numpy as np
from numpy.typing import NDArray

from hassenet.checkpoints import (
    CheckpointFolder,
    Codec,
    Identity,
    Interval,
    Place,
    Record,
    digest,
    opened,
    together,
)
from hassenet.engines import get_engine
from hassenet.training.checkpoints import check_every
from hassenet.training.identity import of_machine
from hassenet.training.interrupt import signals_as_ctrl_c
from hassenet.training.under_way import place_of

R = TypeVar("R")
_WHOSE, _RESULT = "whose these are", "result"


class Results(ABC, Generic[R]):
    """The results of the jobs of one run, by their numbers."""

    @abstractmethod
    def get(self, job: int) -> R | None:
        """Return what a job gave; None where it is to be computed."""

    @abstractmethod
    def put(self, job: int, result: R) -> None:
        """Keep what a job gave."""

    @abstractmethod
    def place(self, job: int) -> CheckpointFolder | None:
        """Return where the trainings of a job are kept while it is under way; None where they are not."""


@final
class NotKept(Results[Any]):
    """Nothing is there, and nothing is kept."""

    def get(self, job: int) -> None:
        """Return None."""

    def put(self, job: int, result: Any) -> None:
        """Do nothing."""

    def place(self, job: int) -> None:
        """Return None."""


NOT_KEPT: Results[Any] = NotKept()


@final
@dataclass(frozen=True, eq=False)
class InFolder(Results[R]):
    """Records of a checkpoint folder, one a job, written together when it is time.

    Parameters
    ----------
    folder : CheckpointFolder
    keys : sequence of str
        The name of each job's record: what a job computes follows from it and from whose the folder is.
    codec : Codec
    """

    folder: CheckpointFolder
    keys: Sequence[str]
    codec: Codec[R]

    def get(self, job: int) -> R | None:
        """Return what a job gave, once; None where there is no whole record of it."""
        return self._of(job).taken(_RESULT, self.codec)

    def put(self, job: int, result: R) -> None:
        """Let a result wait to be written; what the job had under way goes when it is, and stays on a full disk."""
        self._of(job).put(_RESULT, self.codec.encode(result))

    def place(self, job: int) -> CheckpointFolder:
        """Return the folder of a job, for another process maybe; of one that is a part of another job, its part."""
        return self._of(job) if self.folder.job else replace(self._of(job), waiting=None)

    def _of(self, job: int) -> CheckpointFolder:
        return self.folder.of_job(self.keys[job])


def of_shape(record: Record, name: str, shape: tuple[int, ...], dtype: Any = np.float64) -> NDArray[Any]:
    """Return an array of a record.

    Raises
    ------
    ValueError, KeyError
        If there is none of that name, shape and type: then the record is not that of a job, and is left out.

    Examples
    --------
    >>> of_shape(Record(None, {"x": np.ones(2)}), "x", (2,))
    array([1., 1.])
    """
    array = record.arrays[name]
    if array.shape != shape or array.dtype != np.dtype(dtype):
        raise ValueError(f"{name} is {dtype} of shape {shape}; got {array.dtype} of {array.shape}")
    return array


@contextmanager
def folder_for(
    checkpoint: Place | None, parts: Callable[[], Mapping[str, str]], every: float | None = None
) -> Iterator[CheckpointFolder | None]:
    """Hold the checkpoint folder of a run, or its part in that of the job that it belongs to; None without either.

    Parameters
    ----------
    checkpoint : path-like or CheckpointFolder, optional
    parts : callable
        Returns all that the result of a job follows from, beside its key.
    every : float, optional
        Seconds from one checkpoint to the next, of results that wait and of trainings under way together. Writing takes
        no more than a fifth of the time, so 0 is as often as that.

    Raises
    ------
    CheckpointError
        If the folder is of another run, of another version, or in use.
    ParameterError
        If ``every`` is not an interval, or has no folder.
    """
    check_every(checkpoint, every)
    if checkpoint is None:
        yield place_of(lambda: digest(dict(parts())))
        return
    identity = Identity({**parts(), **of_machine(get_engine())})
    with signals_as_ctrl_c(), _held(checkpoint, identity) as folder:
        interval = folder.interval if every is None else Interval.of(every)
        with together(replace(folder, interval=interval.sparing)) as begun:
            if isinstance(checkpoint, CheckpointFolder):
                _admit(begun, identity)
            yield begun


@contextmanager
def _held(checkpoint: Place, identity: Identity) -> Iterator[CheckpointFolder]:
    if isinstance(checkpoint, CheckpointFolder):
        yield checkpoint
    else:
        with opened(checkpoint, identity) as folder:
            yield folder


def results_in(folder: CheckpointFolder | None, keys: Sequence[str], codec: Codec[R]) -> Results[R]:
    """Return the results that a folder keeps, by the names of their jobs; nothing where there is no folder."""
    return NOT_KEPT if folder is None else InFolder(folder, keys, codec)


def _admit(folder: CheckpointFolder, identity: Identity) -> None:
    """Check whose the records of a part are; one without any is given to this run, with the first that it writes."""
    found = folder.taken(_WHOSE, Codec(Record, Identity.of_record))
    if found is None:
        folder.put(_WHOSE, Record(dict(identity.parts)))
    else:
        found.check(identity, folder.path)
