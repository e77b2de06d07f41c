"""Blocks of a stream kept on disk as they are learned from, so that a later epoch decodes nothing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, final
from zipfile import BadZipFile

import numpy as np
from scipy.sparse import csr_array, issparse

from hassenet import __version__
from hassenet.checkpoints import digest
from hassenet.data.source import Read
from hassenet.errors import DataError, ParameterError
from hassenet.files.atomic import naming, write_atomically
from hassenet.files.state import FileState
from hassenet.files.temporary import file_beside, remove

_MARK, _FILES, _UNFINISHED = "blocks-of-a-stream.txt", "files.json", "unfinished"
_SAYS = (
    b"Blocks of a stream as a network learns from them, kept by hassenet. They are made again where they are missing: "
    b"the folder may be removed whenever nothing learns from it.\n"
)
_SPARSE = ("data", "indices", "indptr")
_OF_A_NEW_FOLDER = 2
_LETTERS = 32  # of a digest


@final
@dataclass(frozen=True)
class Cache:
    """A folder for blocks of any streams.

    Parameters
    ----------
    folder : Path
    """

    folder: Path

    @staticmethod
    def at(path: Path) -> Cache:
        """Return a folder, which is made: it is new or empty, or has nothing but blocks already.

        Raises
        ------
        ParameterError
            If something else is there.
        """
        if path.exists() and not _is_cache(path):
            raise ParameterError(
                f"blocks are kept in a folder of their own; {path} holds others, or is not a folder; name a new one "
                "(--cache)"
            )
        path.mkdir(parents=True, exist_ok=True)
        if not (path / _MARK).is_file():
            write_atomically(path / _MARK, _SAYS)
        return Cache(path)

    def reading(self, stream: Any, made: Read) -> Read:
        """Return what reads a block from the folder, or makes it and keeps it there.

        Raises
        ------
        DataError
            If a file is gone, or was changed since the stream was opened.
        """
        for state in stream.source.states:
            state.check()
        folder = self.folder / name_of(stream)
        if not (folder / _FILES).is_file():
            self._begin(folder, stream.source.states)
        return Kept(folder, len(stream)).reading(made)

    def _begin(self, folder: Path, files: Sequence[FileState]) -> None:
        """Make a folder for the blocks of a stream; those of files that were changed are removed."""
        for other in _outdated(self.folder):
            _remove(other)
        (folder / _UNFINISHED).mkdir(parents=True, exist_ok=True)
        write_atomically(folder / _FILES, _told(files))


def _is_cache(path: Path) -> bool:
    return path.is_dir() and ((path / _MARK).is_file() or not any(path.iterdir()))


def name_of(stream: Any) -> str:
    """Return what tells the blocks of a stream, as its steps make them, from those of all others.

    The files with their sizes and the times of their last change, how they are read, the columns, the rows and the
    steps have a part in it, and the version.
    """
    source = stream.source
    own = (source.states, source.read_as, source.sizes, stream.rows, stream.features, stream.steps)
    return digest(__version__, *own).partition(":")[2][:_LETTERS]


@final
@dataclass(frozen=True)
class Kept:
    """The blocks of a stream in a folder of their own; each is there whole or not at all.

    Parameters
    ----------
    folder : Path
    rows : int
        How many examples all blocks have together.
    """

    folder: Path
    rows: int

    def reading(self, read: Read) -> Read:
        """Return what reads a block from the folder, or makes it and keeps it there."""
        return lambda block: self._block(block, read)

    def _block(self, block: int, read: Read) -> Any:
        found = self._loaded(block)
        if found is None:
            found = read(block)
            self._keep(block, found)
        return found

    def _loaded(self, block: int) -> Any:
        """Return a block, None where it is not kept, or not whole."""
        for kind, load in (("npy", np.load), ("npz", _sparse)):
            with suppress(OSError, ValueError, KeyError, EOFError, BadZipFile):
                return load(self._path(block, kind))
        return None

    def _path(self, block: int, kind: str) -> Path:
        return self.folder / f"{block}.{kind}"

    def _keep(self, block: int, made: Any) -> None:
        """Write a block beside its name, then give it the name; one that is neither dense nor sparse is not kept."""
        if not (issparse(made) or isinstance(made, np.ndarray)):
            return
        path = self._path(block, "npz" if issparse(made) else "npy")
        if self._is_empty() and shutil.disk_usage(self.folder).free >> 20 < _megabytes(made, self.rows):
            raise self._no_room(made, "there is less")
        unfinished = self.folder / _UNFINISHED / path.name
        try:
            with naming(path), file_beside(unfinished) as new:
                _write(new, made)
                os.replace(new, path)
        except OSError as error:
            raise self._no_room(made, str(error.strerror or error)) from None

    def _is_empty(self) -> bool:
        """Return whether no block is kept yet: then there is only what a new folder has."""
        with os.scandir(self.folder) as there:
            return len(list(islice(there, _OF_A_NEW_FOLDER + 1))) <= _OF_A_NEW_FOLDER

    def _no_room(self, made: Any, why: str) -> DataError:
        return DataError(
            f"decoded blocks are kept in {self.folder.parent}, about {_megabytes(made, self.rows):,} megabytes of "
            f"them; {why}; make room, or leave out cache (--cache)"
        )


def _sparse(path: Path) -> Any:
    with path.open("rb") as file, np.load(file) as parts:
        return csr_array(tuple(parts[name] for name in _SPARSE), shape=tuple(parts["shape"]))


def _write(path: Path, made: Any) -> None:
    with path.open("wb") as file:
        if issparse(made):
            np.savez(file, shape=made.shape, **{name: getattr(made, name) for name in _SPARSE})
        else:
            np.save(file, np.ascontiguousarray(made))
        file.flush()
        os.fsync(file.fileno())


def _megabytes(made: Any, rows: int) -> int:
    """Return how many megabytes so many rows take, as those of a block do."""
    size = sum(getattr(made, name).nbytes for name in _SPARSE) if issparse(made) else made.nbytes
    return -(-size * rows // max(made.shape[0], 1) >> 20)


def _told(files: Sequence[FileState]) -> bytes:
    known = [[str(state.path.absolute()), state.size, state.changed] for state in files]
    return json.dumps(known, indent=1).encode()


def _outdated(cache: Path) -> Iterator[Path]:
    """Yield the folders of blocks that were made of files that are gone, or were changed."""
    for told in sorted(cache.glob(f"*/{_FILES}")):
        with suppress(FileNotFoundError):  # another thread, or run, removes it too
            if any(map(_is_changed, _states(told))):
                yield told.parent


def _states(told: Path) -> list[FileState]:
    """Return the files that blocks were made of; of what cannot be read, one that is nowhere."""
    try:
        return [FileState(Path(path), size, changed) for path, size, changed in json.loads(told.read_bytes())]
    except (ValueError, TypeError):
        return [FileState(told.parent / "unreadable", 0, 0)]


def _remove(folder: Path) -> None:
    """Remove a folder of blocks, in the end what tells whose they were: a run that is killed meanwhile leaves it."""
    for part in folder.iterdir():
        if part.name != _FILES:
            remove(part)
    remove(folder)


def _is_changed(state: FileState) -> bool:
    try:
        state.check()
    except DataError:
        return True
    return False
