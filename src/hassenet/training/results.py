"""What jobs gave before, so that it need not be computed again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from typing import Any, Generic, TypeVar, final

from hassenet.checkpoints import CheckpointFolder, Codec, Identity, Record, opened
from hassenet.training.environment import environment

R = TypeVar("R")
Checkpoint = str | PathLike[str] | CheckpointFolder | None
"""A folder for what is computed, or a part of one that is open; None for none."""

_WHOSE = "whose these are"


class Kept(ABC, Generic[R]):
    """The results of the jobs of one run, by their numbers."""

    @abstractmethod
    def get(self, job: int) -> R | None:
        """Return what a job gave; None where it is to be computed."""

    @abstractmethod
    def put(self, job: int, result: R) -> None:
        """Keep what a job gave."""


@final
class NotKept(Kept[Any]):
    """Nothing is there, and nothing is kept."""

    def get(self, job: int) -> None:
        """Return None."""

    def put(self, job: int, result: Any) -> None:
        """Do nothing."""


NOT_KEPT = NotKept()


@final
@dataclass(frozen=True, eq=False)
class InFolder(Kept[R]):
    """Records of a checkpoint folder, one a job, written when the job is done.

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
        """Return what a job gave; None where there is no whole record of it."""
        return self.folder.found(self.keys[job], self.codec)

    def put(self, job: int, result: R) -> None:
        """Write what a job gave; where the disk is full the run goes on, and warns."""
        self.folder.keep(self.keys[job], self.codec.encode(result))


@contextmanager
def folder_for(checkpoint: Checkpoint, parts: Mapping[str, str]) -> Iterator[CheckpointFolder | None]:
    """Hold the checkpoint folder of a run; None where there is to be none.

    Parameters
    ----------
    checkpoint : path-like or CheckpointFolder, optional
    parts : mapping
        All that the result of a job follows from, beside its key.

    Raises
    ------
    CheckpointError
        If the folder is of another run, of another version, or in use.
    """
    identity = Identity({**parts, **environment()})
    if checkpoint is None:
        yield None
    elif isinstance(checkpoint, CheckpointFolder):
        _admit(checkpoint, identity)
        yield checkpoint
    else:
        with opened(checkpoint, identity) as folder:
            yield folder


def kept_in(folder: CheckpointFolder | None, keys: Sequence[str], codec: Codec[R]) -> Kept[R]:
    """Return the results that a folder keeps, by the names of their jobs; nothing where there is no folder."""
    return NOT_KEPT if folder is None else InFolder(folder, keys, codec)


def _admit(folder: CheckpointFolder, identity: Identity) -> None:
    """Check whose the records of a part are; one without any is given to this run."""
    found = folder.read(_WHOSE)
    if found is None:
        folder.write(_WHOSE, Record(dict(identity.parts)))
    else:
        Identity(found.value).check(identity, folder.path)
