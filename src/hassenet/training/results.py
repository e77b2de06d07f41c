"""What jobs gave before, so that it need not be computed again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, final

from hassenet.checkpoints import CheckpointFolder, Codec, Identity, Place, Record, opened
from hassenet.engines import get_engine
from hassenet.training.identity import of_machine

R = TypeVar("R")
_WHOSE = "whose these are"


class Results(ABC, Generic[R]):
    """The results of the jobs of one run, by their numbers."""

    @abstractmethod
    def get(self, job: int) -> R | None:
        """Return what a job gave; None where it is to be computed."""

    @abstractmethod
    def put(self, job: int, result: R) -> None:
        """Keep what a job gave."""


@final
class NotKept(Results[Any]):
    """Nothing is there, and nothing is kept."""

    def get(self, job: int) -> None:
        """Return None."""

    def put(self, job: int, result: Any) -> None:
        """Do nothing."""


NOT_KEPT: Results[Any] = NotKept()


@final
@dataclass(frozen=True, eq=False)
class InFolder(Results[R]):
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
def folder_for(
    checkpoint: Place | None, parts: Callable[[], Mapping[str, str]]
) -> Iterator[CheckpointFolder | None]:
    """Hold the checkpoint folder of a run; None where there is to be none.

    Parameters
    ----------
    checkpoint : path-like or CheckpointFolder, optional
    parts : callable
        Returns all that the result of a job follows from, beside its key.

    Raises
    ------
    CheckpointError
        If the folder is of another run, of another version, or in use.
    """
    if checkpoint is None:
        yield None
        return
    identity = Identity({**parts(), **of_machine(get_engine())})
    if isinstance(checkpoint, CheckpointFolder):
        _admit(checkpoint, identity)
        yield checkpoint
    else:
        with opened(checkpoint, identity) as folder:
            yield folder


def results_in(folder: CheckpointFolder | None, keys: Sequence[str], codec: Codec[R]) -> Results[R]:
    """Return the results that a folder keeps, by the names of their jobs; nothing where there is no folder."""
    return NOT_KEPT if folder is None else InFolder(folder, keys, codec)


def _admit(folder: CheckpointFolder, identity: Identity) -> None:
    """Check whose the records of a part are; one without any is given to this run."""
    found = folder.read(_WHOSE)
    if found is None:
        folder.write(_WHOSE, Record(dict(identity.parts)))
    else:
        Identity(found.value).check(identity, folder.path)
