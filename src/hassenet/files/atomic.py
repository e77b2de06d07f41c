"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from hassenet.errors import DataError, OutputExistsError


def write_whole(path: Path, data: bytes) -> None:
    """Write beside the path, then give the file its name."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            _give_usual_permissions(file.name)
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def check_free(path: Path, force: bool, what: str) -> None:
    """Refuse a path whose file would be lost, or that has no folder.

    Raises
    ------
    OutputExistsError, DataError
        As said; ``what`` is the kind of file, for the message.
    """
    if path.is_dir() or (path.exists() and not force):
        raise OutputExistsError(
            f"an existing file is kept; {path} is there; choose another name or pass --force"
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        reason = "may not be written" if path.parent.is_dir() else "is no folder"
        raise DataError(f"{what} is written into a folder; {path.parent} {reason}; choose another for {path}")


def _give_usual_permissions(name: str) -> None:
    """Temporary files are private; a result has the permissions of any new file."""
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(name, 0o666 & ~mask)
