"""Blocks of a stream kept on disk as they are learned from, so that a later epoch decodes nothing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, final
from zipfile import BadZipFile

import numpy as np
from scipy.sparse import csr_array, issparse

from hassenet import __version__
from hassenet.checkpoints import digest
from hassenet.data.keeping import Make
from hassenet.data.noting import collected
from hassenet.data.source import Read
from hassenet.data.stream import taken
from hassenet.errors import DataError, HassenetError, ParameterError
from hassenet.files.atomic import naming, write_atomically
from hassenet.files.state import FileState
from hassenet.files.temporary import UNFINISHED, file_beside, leftovers, remove

_MARK, _FILES, _UNFINISHED = "blocks-of-a-stream.txt", "files.json", "unfinished"
_SAYS = (
    b"Blocks of a stream as a network learns from them, kept by hassenet. They are made again where they are missing: "
    b"the folder may be removed whenever nothing learns from it.\n"
)
_SPARSE = ("data", "indices", "indptr")
_OF_EXAMPLES = "of examples"
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

    def reading(self, stream: Any, made: Make) -> Read:
        """Return what reads the examples of a block from the folder, or makes it and keeps it there.

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
        return Kept(Shelf(self.folder, folder, int(stream.source.sizes.sum())), stream, made).block

    def _begin(self, folder: Path, files: Sequence[FileState]) -> None:
        """Make a folder for the blocks of a stream; those of files that were changed are removed."""
        for other in _outdated(self.folder):
            _remove(other)
        (folder / _UNFINISHED).mkdir(parents=True, exist_ok=True)
        write_atomically(folder / _FILES, _told(files))


def _is_cache(path: Path) -> bool:
    """Return whether blocks may be kept in a folder: another run may be marking it, or was killed as it did."""
    mark = path / _MARK
    return path.is_dir() and (set(path.iterdir()) <= set(leftovers(mark, UNFINISHED)) or mark.is_file())


def name_of(stream: Any) -> str:
    """Return what tells the blocks of a stream, as its steps make them, from those of all others.

    The files with their sizes and the times of their last change, how they are read, the columns and the steps have a
    part in it, and the version; which rows are examples has none.
    """
    source, steps = stream.source, stream.steps[: stream.kept_after]
    own = (source.states, source.read_as, source.sizes, stream.features, steps)
    return _short(__version__, *own)


def _short(*values: Any) -> str:
    return digest(*values).partition(":")[2][:_LETTERS]


@final
@dataclass(frozen=True, eq=False)
class Kept:
    """The blocks of a stream, each kept with all of its rows, so that any split of these has its examples there.

    Where a row that is not an example cannot be taken, as one with a gap that was left out for it, the examples of its
    block are kept by themselves.

    Parameters
    ----------
    shelf : Shelf
        Of whole blocks.
    stream : Stream
    made : callable
        From a block, and which of its rows are wanted, to what is kept of these.
    """

    shelf: Shelf
    stream: Any
    made: Make

    def block(self, block: int) -> Any:
        """Return the examples of a block, from where they are kept, or else made and kept."""
        found = self.shelf.found(block)
        if found is None and (self.shelf.folder / _OF_EXAMPLES).is_dir():
            own = self._of_examples.found(block)
            if own is not None:
                return own
        return self._new(block) if found is None else taken(found, self.stream.picked(block))

    def _new(self, block: int) -> Any:
        picked = self.stream.picked(block)
        if isinstance(picked, slice) or len(picked) == self.stream.source.sizes[block]:
            return taken(self.shelf.kept(block, self.made(block, slice(None))), picked)
        return self._new_of_some(block, picked)

    def _new_of_some(self, block: int, picked: Any) -> Any:
        """Return some rows of a block that is made with all of them; what is noted is what these alone call for."""
        try:
            with collected() as notes:
                made = self.made(block, slice(None))
        except HassenetError:
            return self._of_examples.kept(block, self.made(block, picked))
        if notes:
            self.made(block, picked)  # and noted
        return taken(self.shelf.kept(block, made), picked)

    @cached_property
    def _of_examples(self) -> Shelf:
        """Where the examples of blocks are kept that cannot be kept whole."""
        return replace(
            self.shelf,
            folder=self.shelf.folder / _OF_EXAMPLES / _short(self.stream.rows),
            rows=len(self.stream),
        )


@final
@dataclass(frozen=True)
class Shelf:
    """Arrays by the numbers of blocks in a folder; each is there whole or not at all.

    Parameters
    ----------
    cache, folder : Path
        The folder that was given for all blocks, and the one of these in it.
    rows : int
        How many rows all blocks have together.
    """

    cache: Path
    folder: Path
    rows: int

    def found(self, block: int) -> Any:
        """Return a block, None where it is not kept, or not whole."""
        for kind, load in (("npy", np.load), ("npz", _sparse)):
            with suppress(OSError, ValueError, KeyError, EOFError, BadZipFile):
                return load(self._path(block, kind))
        return None

    def _path(self, block: int, kind: str) -> Path:
        return self.folder / f"{block}.{kind}"

    def kept(self, block: int, made: Any) -> Any:
        """Write a block beside its name, then give it the name; one that is neither dense nor sparse is not kept.

        Raises
        ------
        DataError
            If there is no room for it, or for all.
        """
        if issparse(made) or isinstance(made, np.ndarray):
            self._keep(block, made)
        return made

    def _keep(self, block: int, made: Any) -> None:
        path = self._path(block, "npz" if issparse(made) else "npy")
        unfinished = self.folder / _UNFINISHED / path.name
        try:
            unfinished.parent.mkdir(parents=True, exist_ok=True)
            if self._is_empty() and shutil.disk_usage(self.folder).free >> 20 < _megabytes(made, self.rows):
                raise self._no_room(made, "there is less")
            with naming(path), file_beside(unfinished) as new:
                _write(new, made)
                os.replace(new, path)
        except OSError as error:
            raise self._no_room(made, str(error.strerror or error)) from None

    def _is_empty(self) -> bool:
        """Return whether no block is kept yet: then there is only what a new folder has."""
        with os.scandir(self.folder) as there:
            return not any(entry.name.partition(".")[0].isdecimal() for entry in there)

    def _no_room(self, made: Any, why: str) -> DataError:
        return DataError(
            f"decoded blocks are kept in {self.cache}, about {_megabytes(made, self.rows):,} megabytes of "
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
    with suppress(FileNotFoundError):  # another thread, or run, has removed it
        for part in list(folder.iterdir()):
            if part.name != _FILES:
                remove(part)
    remove(folder)


def _is_changed(state: FileState) -> bool:
    try:
        state.check()
    except DataError:
        return True
    return False
