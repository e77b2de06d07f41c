"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from hassenet.errors import DataError, HassenetError, OutputExistsError
from hassenet.files.temporary import file_beside


def write_atomically(path: Path, data: bytes) -> None:
    """Write beside the path, then give the file its name.

    Raises
    ------
    OSError
        If the disk is full or may not be written; it names the path. What was there is there still.
    """
    with naming(path), file_beside(path) as new:
        write_through(new, data)
        give_usual_permissions(new, 0o666)
        os.replace(new, path)
    write_through_names(path.parent)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let errors of the system name the path that was asked for: not a temporary one, and not none."""
    try:
        yield
    except HassenetError:
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from None


def write_through(path: Path, data: bytes) -> None:
    """Write a file of a folder that has no name yet: when this returns, the file has reached the disk."""
    with path.open("wb") as file:
        _fill(file, data)


def _fill(file: IO[bytes], data: bytes) -> None:
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


def write_through_names(folder: Path) -> None:
    """Let the names in a folder reach the disk."""
    # Where folders cannot be opened (Windows), the system itself orders renames.
    with suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def make_folders(path: Path) -> list[Path]:
    """Make a folder and those above it, and let their names reach the disk; return those that were not there."""
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in made:
        write_through_names(folder.parent)
    return made


def give_usual_permissions(path: Path, most: int) -> None:
    """Give a temporary file or folder, which is private, the permissions of any new one: ``most`` less the umask."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(most & ~mask)


def check_free(path: Path, force: bool, what: str) -> None:
    """Refuse a path whose file would be lost, or that has no folder.

    Raises
    ------
    OutputExistsError, DataError
        As above; ``what`` is the kind of file, for the message.
    """
    if path.is_dir() or (path.exists() and not force):
        raise OutputExistsError(
            f"an existing file is kept; {path} is there; choose another name or pass --force"
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        reason = "may not be written" if path.parent.is_dir() else "is not a folder"
        raise DataError(f"{what} is written into a folder; {path.parent} {reason}; choose another for {path}")
