"""Records of many jobs in one file: what costs is to let a file reach the disk, hardly how much is in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, final

from numpy.typing import NDArray

from hassenet.checkpoints.folder import CheckpointFolder, job_of
from hassenet.checkpoints.pace import Pace
from hassenet.checkpoints.record import Codec, Record
from hassenet.checkpoints.waiting import One, Waiting

NAME = "together"


@contextmanager
def together(folder: CheckpointFolder) -> Iterator[CheckpointFolder]:
    """Let records of a folder wait in memory, to be written together when it is time, and in the end at the latest.

    The end is Ctrl-C or an error too. Half of the folder's interval is theirs, the other half that of the jobs in it.

    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> here = CheckpointFolder(Path(mkdtemp()))
    >>> with together(here) as folder:
    ...     for k in range(3):
    ...         folder.put(f"run {k}", Record(k))
    >>> with together(here) as folder:
    ...     folder.taken("run 2", Codec(Record, lambda record: record.value))
    2
    """
    begun = beginning(folder)
    try:
        yield begun
    finally:
        flush(begun)


def beginning(folder: CheckpointFolder) -> CheckpointFolder:
    """Return a folder with records that wait, beside those that an earlier run wrote together."""
    packs = _Packs(folder)
    found = packs.found()
    if not folder.job:  # a run may have been killed before it could
        _clear(folder, {job_of(f"{name.rpartition('/')[0]}/") for name in found})
    pace = Pace(folder.interval.of_results)
    waiting = Waiting(packs.write, pace, folder.job, found, is_new=not found and not _has_begun(folder))
    return replace(folder, interval=folder.interval.of_jobs, waiting=waiting)


def flush(folder: CheckpointFolder) -> None:
    """Write what waits."""
    if folder.waiting is not None:
        folder.waiting.flush()


def _has_begun(folder: CheckpointFolder) -> bool:
    """Return whether there are records of a job; those of a run are always looked for."""
    return not folder.job or any(name.startswith(folder.job) for name in os.listdir(folder.path))


@final
@dataclass
class _Packs:
    """The files of a folder with records of many jobs, by numbers; those that are broken are written anew."""

    folder: CheckpointFolder
    free: list[int] = field(default_factory=list)

    def found(self) -> dict[str, Record]:
        """Return the records that are there, by name."""
        records: dict[str, Record] = {}
        n = 0
        while self.folder.holds(_name(n)):
            pack = self.folder.found(_name(n), _CODEC)
            records |= pack or {}
            self.free += [n] if pack is None else []
            n += 1
        self.free.append(n)
        return records

    def write(self, ones: Sequence[One]) -> bool:
        """Write records together, and remove what jobs under way had that came to their end with them."""
        n = self.free[0]
        if not self.folder.keep(_name(n), _CODEC.encode({str(one.name): one.record for one in ones})):
            return False
        self.free = self.free[1:] or [n + 1]
        _clear(self.folder, {one.job for one in ones} - {""})
        return True


def _clear(folder: CheckpointFolder, jobs: set[str]) -> None:
    """Remove what jobs had under way, after one look at the names that are there."""
    there = {name[: len(job_of(""))] for name in os.listdir(folder.path)}
    for job in jobs & there:
        replace(folder, job=job).clear()


def _name(n: int) -> str:
    return f"{NAME} {n}"


def _joined(records: dict[str, Record]) -> Record:
    arrays = {f"{k} {key}": a for k, one in enumerate(records.values()) for key, a in one.arrays.items()}
    return Record([[name, one.value] for name, one in records.items()], arrays)


def _parted(record: Record) -> dict[str, Record]:
    arrays: list[dict[str, NDArray[Any]]] = [{} for _ in record.value]
    for key, array in record.arrays.items():
        k, _, own = key.partition(" ")
        arrays[int(k)][own] = array
    return {str(name): Record(value, a) for (name, value), a in zip(record.value, arrays, strict=True)}


_CODEC = Codec(_joined, _parted)
