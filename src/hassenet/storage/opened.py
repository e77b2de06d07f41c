"""A model folder that is read while others may replace it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import final

from hassenet.errors import StorageError
from hassenet.storage.folder import found_beside

_BY_HANDLE = os.open in os.supports_dir_fd and os.stat in os.supports_dir_fd
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0)


@final
@dataclass(frozen=True)
class OpenFolder:
    """A folder, its identity, and a handle of it where the system has such: files are read of this one and no other.

    Attributes
    ----------
    path : Path
        The path that was asked for.
    place : Path
        Where the folder stood when it was opened.
    identity : (int, int)
        Device and number of the folder.
    handle : int, optional
        The open folder.
    """

    path: Path
    place: Path
    identity: tuple[int, int]
    handle: int | None = None

    def read(self, name: str) -> bytes:
        """Return the bytes of a file.

        Raises
        ------
        OSError, StorageError
            If there is none, or it is something else than a file.
        """
        where = name if self.handle is not None else self.place / name
        if not S_ISREG(os.stat(where, dir_fd=self.handle).st_mode):  # a pipe would keep us waiting for ever
            raise StorageError("it is not a plain file")
        with open(os.open(where, _FLAGS, dir_fd=self.handle), "rb") as file:
            return file.read()

    def lacks(self, name: str) -> bool:
        """Return whether there is nothing of that name."""
        try:
            os.stat(name if self.handle is not None else self.place / name, dir_fd=self.handle)
        except OSError:
            return True
        return False

    def was_replaced(self) -> bool:
        """Return whether another folder, or none, stands at the path by now."""
        try:
            return _identity(_place(self.path)) != self.identity
        except (OSError, StorageError):
            return True


@contextmanager
def opened(path: Path) -> Iterator[OpenFolder]:
    """Open a model folder.

    Raises
    ------
    StorageError
        If there is none.
    """
    place, handle = _opened(path)
    try:
        yield OpenFolder(path, place, _identity(place if handle is None else handle), handle)
    finally:
        if handle is not None:
            os.close(handle)


def _opened(path: Path) -> tuple[Path, int | None]:
    while True:
        place = _place(path)
        try:
            return place, os.open(place, os.O_RDONLY) if _BY_HANDLE else None
        except FileNotFoundError:  # it was replaced just now, in two steps
            continue
        except PermissionError as error:
            raise StorageError(f"{path} may not be read: {error.strerror}; allow it: chmod u+rx") from None


def _place(path: Path) -> Path:
    """Return the folder at a path, or where it stands while it is replaced on a system that takes two steps."""
    if path.is_dir():
        return path
    found = None
    with suppress(OSError):
        found = found_beside(path)
    if found is None and not path.is_dir():  # if it is one now, the second step was taken in between
        raise StorageError(f"{path} is not a folder; check the path")
    return found or path


def _identity(place: Path | int) -> tuple[int, int]:
    found = os.stat(place)
    return found.st_dev, found.st_ino
