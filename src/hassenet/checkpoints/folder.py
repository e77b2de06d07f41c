"""A folder of checkpoints: records by name, of one run."""

from __future__ import annotations

import errno
import os
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import Any, TypeVar, final

from hassenet.checkpoints import lock
from hassenet.checkpoints.identity import Identity
from hassenet.checkpoints.interval import Interval
from hassenet.checkpoints.later import Later
from hassenet.checkpoints.ours import HEAD, SUFFIX, is_ours, is_unfinished, last_of_all
from hassenet.checkpoints.record import Codec, Record, of_bytes, to_bytes
from hassenet.checkpoints.waiting import One, Waiting
from hassenet.errors import CheckpointError, HassenetWarning, ParameterError, listing
from hassenet.files.atomic import make_folders, naming, write_atomically
from hassenet.files.paths import path_of

R = TypeVar("R")

UNDER_WAY = "under-way-"
_REMEDIES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "make room on the disk"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "allow the folder to be written"),
    errno.EFBIG: "allow larger files (ulimit -f)",
}
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


@final
@dataclass(frozen=True)
class CheckpointFolder:
    """The records of a run, or of a part of it, in a folder that is locked for it.

    It can be handed to other threads and processes of the run: names that differ are files that differ.

    Attributes
    ----------
    path : Path
    parts : tuple of str or Later
        The part of the run, and the part of that, and so on.
    job : str
        What the files of a job under way begin with, which is nobody's but its; of others nothing.
    interval : Interval
        From one checkpoint to the next.
    waiting : Waiting, optional
        Records that are to be written together; see :func:`hassenet.checkpoints.together`.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> import numpy as np
    >>> with opened(Path(mkdtemp()) / "run", Identity({"seed": "0"})) as folder:
    ...     folder.write("member 3", Record("done", {"theta": np.ones(2)}))
    ...     folder.read("member 3").value
    'done'
    """

    path: Path
    parts: tuple[str | Later, ...] = ()
    job: str = ""
    interval: Interval = field(default_factory=Interval)
    waiting: Waiting | None = field(default=None, compare=False, repr=False)

    @property
    def prefix(self) -> str:
        """What the names of a part begin with."""
        return "".join(f"{part}/" for part in self.parts)

    def part(self, name: str | Later) -> CheckpointFolder:
        """Return the records of a part of the run."""
        return replace(self, parts=(*self.parts, name))

    def of_job(self, name: str) -> CheckpointFolder:
        """Return the records of a job under way, which go when it is done."""
        whole = self.part(name)
        return replace(whole, job=self.job or job_of(whole.prefix))

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process takes: what waits is written by this one, and what is learned there at once."""
        return {**self.__dict__, "waiting": None}

    @property
    def is_new(self) -> bool:
        """Whether it is the folder of a job that has nothing there: then no name is needed to look for it."""
        return self.waiting is not None and self.waiting.is_new

    @property
    def is_there(self) -> bool:
        """Whether this machine sees the folder."""
        return CheckpointFolder(self.path).holds(HEAD)

    def clear(self) -> None:
        """Remove all records of a job."""
        for file in self.path.glob(f"{self.job}*{SUFFIX}") if self.job else ():
            file.unlink(missing_ok=True)

    def write(self, name: str, record: Record) -> None:
        """Write a record in the place of an earlier one of that name, whole or not at all.

        Raises
        ------
        OSError
            If the disk is full or may not be written; the earlier record is there still.
        """
        write_atomically(self._file(name), to_bytes(self.prefix + name, record))
        if self.waiting is not None:
            self.waiting.is_new = False

    def keep(self, name: str, record: Record) -> bool:
        """Write a record; where that cannot be, warn and return False: a run does not end for a full disk."""
        try:
            self.write(name, record)
        except OSError as error:
            remedy = _REMEDIES.get(error.errno or 0, "see that the folder is there")
            warnings.warn(
                f"a checkpoint could not be written ({error.strerror}, {self.path}); the run goes on, with the one "
                f"before as the last, and tries again; {remedy}",
                HassenetWarning,
                stacklevel=2,
            )
            return False
        return True

    def read(self, name: str) -> Record | None:
        """Return the record of a name; None where there is none, or where it is broken, which is warned of."""
        return self._taken(name, lambda record: record)

    def kept(self, name: str, make: Callable[[], R], codec: Codec[R]) -> R:
        """Return the result of a job: the one that was kept, or else a new one, which is kept from now on."""
        found = self.found(name, codec)
        if found is not None:
            return found
        result = make()
        self.keep(name, codec.encode(result))
        return result

    def found(self, name: str, codec: Codec[R]) -> R | None:
        """Return the result of a job that was kept; None where there is none."""
        return self._taken(name, codec.decode)

    def put(self, name: str, record: Record) -> None:
        """Write a record together with others, when it is time; with the end of a job what it had under way goes."""
        if self.waiting is None:
            self.keep(name, record)
        else:
            job = self.job if self.job != self.waiting.job else ""
            self.waiting.put(One(Later(lambda: self.prefix + name), record, job))

    def taken(self, name: str, codec: Codec[R]) -> R | None:
        """Return the result of a record that was written together with others, once; None where there is none."""
        if self.waiting is None:
            return self.found(name, codec)
        if not self.waiting.found:
            return None
        record = self.waiting.found.pop(self.prefix + name, None)
        return None if record is None else self._understood(name, lambda: codec.decode(record))

    def holds(self, name: str) -> bool:
        """Return whether there is a record of a name, whole or not."""
        return not self.is_new and self._file(name).exists()

    def remove(self, name: str) -> None:
        """Remove a record, if it is there."""
        self._file(name).unlink(missing_ok=True)

    def _taken(self, name: str, taken: Callable[[Record], R]) -> R | None:
        if self.is_new:
            return None
        try:
            data = _content(self._file(name))
        except FileNotFoundError:
            return None
        return self._understood(name, lambda: taken(of_bytes(self.prefix + name, data)))

    def _understood(self, name: str, read: Callable[[], R]) -> R | None:
        try:
            return read()
        except Exception as error:  # a decoder may stumble over whatever a record holds
            warnings.warn(
                f"a record of {self.path} is left out, and what it held is computed again: {self.prefix}{name}, "
                f"{error}; check the disk",
                HassenetWarning,
                stacklevel=4,
            )
            return None

    def _file(self, name: str) -> Path:
        whole = self.prefix + name
        shown = _UNSAFE.sub("-", whole)[:40].strip("-")
        return self.path / f"{self.job}{shown}-{sha256(whole.encode()).hexdigest()[:16]}{SUFFIX}"


def job_of(prefix: str) -> str:
    """Return what the files of a job under way begin with, by what its names do."""
    return f"{UNDER_WAY}{sha256(prefix.encode()).hexdigest()[:16]}-"


Place = str | os.PathLike[str] | CheckpointFolder
"""Where checkpoints are kept: a folder, or the part of one that is open already."""


@contextmanager
def opened(place: Place, identity: Identity) -> Iterator[CheckpointFolder]:
    """Open the folder of a run, to go on where it was killed, or make it.

    While it is open it is locked against a second run. What a killed run was writing is removed.

    Parameters
    ----------
    place : path-like or CheckpointFolder
        A folder that is not there, an empty one, or that of an earlier run of the same identity; or a part of one that
        is open, which is then of this identity too.
    identity : Identity

    Raises
    ------
    CheckpointError
        If it is that of another run, in use, or holds anything else.
    ParameterError
        If it is not a path.
    OSError
        If it cannot be made or written; it names the path.
    """
    if isinstance(place, CheckpointFolder):
        if not place.job:  # what a job follows from its name says, and whose the folder is
            _admit(place, identity, place.keep)
        yield place
    else:
        with _held(_resolved(place), identity) as folder:
            yield folder


def _resolved(place: object) -> Path:
    """Return where a folder lies; an empty text would be the one that the run was begun in."""
    path = path_of(place)
    if path is None:
        raise ParameterError(f"checkpoint is the path of a folder, or None; got {place!r}")
    return Path(os.path.realpath(path))


@contextmanager
def _held(path: Path, identity: Identity) -> Iterator[CheckpointFolder]:
    _check_free(path)
    with naming(path):
        make_folders(path)
    with lock.locked(path):
        _sweep(path)
        _check_free(path)
        _begin(CheckpointFolder(path), identity)
        yield CheckpointFolder(path)


def _begin(folder: CheckpointFolder, identity: Identity) -> None:
    if folder.holds(HEAD):
        _admit(folder, identity, folder.write)
        return
    _check_without_records(folder.path)
    try:
        _admit(folder, identity, folder.write)
    except OSError:  # nothing was there, so that nothing is lost
        _take_away(folder.path)
        raise


def discard(path: Path) -> None:
    """Remove a folder of checkpoints whose run is over; anything else in it stays."""
    with lock.locked(path):
        _take_away(path)


def _take_away(path: Path) -> None:
    with suppress(OSError):  # another run may have come, and with it a lock of its own
        for entry in sorted(filter(is_ours, path.iterdir()), key=last_of_all):
            entry.unlink()
        path.rmdir()


def holds_a_run(path: Path) -> bool:
    """Return whether a folder has checkpoints to go on from."""
    return CheckpointFolder(Path(os.path.realpath(path))).holds(HEAD)


def _admit(folder: CheckpointFolder, identity: Identity, write: Callable[[str, Record], object]) -> None:
    """Check whose folder it is, or whose part; a new one is given to this run."""
    if folder.holds(HEAD):
        _identity(folder).check(identity, folder.path)
    else:
        write(HEAD, identity.record)


def _identity(folder: CheckpointFolder) -> Identity:
    file = folder._file(HEAD)
    try:
        return Identity.of_record(of_bytes(folder.prefix + HEAD, _content(file)))
    except (CheckpointError, AttributeError) as error:
        raise CheckpointError(
            f"a folder of checkpoints says whose they are; {file} does not: {error}; choose another folder"
        ) from None


def _content(file: Path) -> bytes:
    """Return what is in a file; nothing where something else has its name, as a pipe, of which there is no end."""
    return file.read_bytes() if S_ISREG(file.stat().st_mode) else b""


def _check_without_records(path: Path) -> None:
    if records := sorted(entry.name for entry in path.iterdir() if entry.suffix == SUFFIX):
        raise CheckpointError(
            f"a folder of checkpoints says whose they are; {path} has {listing(records, 1)} and does not; choose "
            "another folder"
        )


def _check_free(path: Path) -> None:
    """Refuse to begin a run where anything else is; one that is there goes on beside what has come since."""
    if path.exists() and not path.is_dir():
        raise CheckpointError(f"checkpoints are kept in a folder; {path} is a file; choose another path")
    if not path.exists() or CheckpointFolder(path).holds(HEAD):
        return
    if others := sorted(entry.name for entry in path.iterdir() if not is_ours(entry)):
        raise CheckpointError(
            f"a folder of checkpoints holds nothing else; {path} has {listing(others, 1)}; choose another folder"
        )


def _sweep(path: Path) -> None:
    """Remove what a killed run was writing: who writes here holds the lock."""
    for entry in filter(is_unfinished, path.iterdir()):
        entry.unlink()
