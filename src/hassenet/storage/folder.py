"""Folders that are there whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

from hassenet.errors import OutputExistsError
from hassenet.files.atomic import give_usual_permissions, write_through, write_through_names
from hassenet.storage.schema import FORMAT, JSON_NAME, TENSORS_NAME

ATTACHMENTS = ("costs.png", "hierarchy.png")
"""What may stand in a model folder beside the model."""

_OURS = frozenset({JSON_NAME, TENSORS_NAME, *ATTACHMENTS})


def write_folder(path: Path, files: Mapping[str, bytes], force: bool) -> None:
    """Write the files into a folder at ``path``, all of them or nothing.

    They go into a folder beside it and reach the disk before it takes its name. What is replaced keeps its
    content until then, under another name at the last, and comes back if the last step fails.

    Raises
    ------
    OutputExistsError
        As :func:`check_replaceable` does.
    """
    check_replaceable(path, force)
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    new = Path(mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
    try:
        _fill(new, files)
        _put_in_place(new, path, force)
    except BaseException:
        _delete(new)
        raise


def check_replaceable(path: Path, force: bool) -> None:
    """Refuse a path that is taken, unless ``force`` and it is a model folder or an empty one.

    Raises
    ------
    OutputExistsError
        If something is there that must not be lost.
    OSError
        If the folder cannot be made there.
    """
    if path.exists() and not force:
        raise OutputExistsError(
            f"an existing path is kept; {path} is there; choose another, or replace it with force=True (--force)"
        )
    if path.exists():
        _check_ours(path)
    _check_writable(Path(os.path.realpath(path)).parent)


def _check_writable(above: Path) -> None:
    """Find out before hours of training whether the folder can be made afterwards."""
    while not above.exists():
        above = above.parent
    if not above.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(above))
    if not os.access(above, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(above))


def _check_ours(path: Path) -> None:
    if not path.is_dir():
        raise OutputExistsError(
            f"only a model folder is replaced; {path} is not a folder; choose another path"
        )
    held = {entry.name for entry in path.iterdir()}
    strangers = sorted(held - _OURS)
    if strangers:
        raise OutputExistsError(
            f"only what hassenet wrote is replaced; {path} also holds {strangers[0]!r}; move it, or choose another path"
        )
    if held and not _says_hassenet(path / JSON_NAME):
        raise OutputExistsError(
            f"only a model folder is replaced; hassenet did not write {path}; delete it yourself"
        )


def _says_hassenet(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        start = b"".join(file.read(100).split())
    return start.startswith(f'{{"format":"{FORMAT}"'.encode())


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    give_usual_permissions(folder, 0o777)
    for name, data in files.items():
        write_through(folder / name, data)
    write_through_names(folder)


def _put_in_place(new: Path, path: Path, force: bool) -> None:
    if path.exists():
        check_replaceable(path, force)
        _exchange(new, path)
    else:
        _rename(new, path)
    write_through_names(path.parent)


def _exchange(new: Path, path: Path) -> None:
    old = path.parent / f".{path.name}.{uuid4().hex[:8]}.old"
    os.rename(path, old)
    try:
        os.rename(new, path)
    except BaseException:
        os.rename(old, path)
        raise
    _delete(old)


def _rename(new: Path, path: Path) -> None:
    try:
        os.rename(new, path)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise OutputExistsError(
                f"an existing path is kept; {path} came up meanwhile; choose another"
            ) from None
        raise


def _delete(folder: Path) -> None:
    """Delete a folder of ours, file by file: what else may have come into it stays."""
    with suppress(OSError):
        for name in _OURS:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()
