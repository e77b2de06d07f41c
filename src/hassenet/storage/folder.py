"""Folders that are there whole or not at all, and that are replaced in one step."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from hassenet.errors import OutputExistsError, counted
from hassenet.files import temporary
from hassenet.files.atomic import (
    give_usual_permissions,
    make_folders,
    naming,
    write_through,
    write_through_names,
)
from hassenet.files.exchange import exchange
from hassenet.files.paths import require_path
from hassenet.files.temporary import folder_beside, held
from hassenet.files.trial import nearest, try_below
from hassenet.storage import ours
from hassenet.storage.schema import JSON_NAME, TENSORS_NAME

WHAT = "the folder of a model"


def write_folder(path: Path, files: Mapping[str, bytes], force: bool) -> None:
    """Write the files, the description of the model last, into a folder at ``path``, all of them or nothing.

    They go into a folder beside it and reach the disk before it takes its name. A model that is replaced changes
    places with it, in one step; where the system cannot do that it stands under another name for that moment, where
    ``load`` finds it. It is deleted last.

    Raises
    ------
    OutputExistsError
        As :func:`check_replaceable` does.
    OSError
        If the disk is full or may not be written; it names the path.
    """
    _check_replaceable(path, force)
    path = Path(os.path.realpath(path))
    with naming(path), _folders_above(path), folder_beside(path, ours.delete) as new:
        _fill(new, files)
        _put_in_place(new, path, force)
    temporary.clear(path, ours.delete, temporary.REPLACED)


def check_replaceable(path: Path, force: bool, size: int = 0) -> None:
    """Refuse a path that is taken, unless ``force`` and it is a model folder or an empty one; try to write there.

    What is tried is done: a folder of that name and a file in it are made beside the path, and removed again. So before
    hours of training it is known that the name is not too long, and that the disk may be written and is not full.

    Parameters
    ----------
    path : path-like
        The folder that is to be made, or replaced.
    force : bool
        Whether a model folder may be replaced.
    size : int
        Bytes that there should be room for.

    Raises
    ------
    OutputExistsError
        If something is there that must not be lost.
    OSError
        If the folder cannot be made there; it names the path.
    """
    path = require_path(WHAT, path)
    _check_replaceable(path, force)
    with naming(path):
        _try(Path(os.path.realpath(path)), size)


def found_beside(path: Path) -> Path | None:
    """Return where the model of a path stands while, or since, its replacement was broken off; None if nowhere."""
    path = Path(os.path.realpath(path))
    whole = [left for left in temporary.leftovers(path, temporary.REPLACED) if (left / JSON_NAME).exists()]
    return whole[0] if whole else None


# ---------------------------------------------------------------- before


def _check_replaceable(path: Path, force: bool) -> None:
    _put_back(Path(os.path.realpath(path)))
    if path.exists() and not force:
        raise OutputExistsError(
            f"an existing path is kept; {path} is there; choose another, or replace it with force=True (--force)"
        )
    if path.exists():
        _check_ours(path, path)
        _check_not_protected(path)
    _check_writable(Path(os.path.realpath(path)).parent)


def _put_back(path: Path) -> None:
    """Give a model its name again, where a run died while it was replaced."""
    left = None if path.exists() else found_beside(path)
    if left is not None:
        with held(left) as is_held, suppress(OSError):
            if is_held:
                os.rename(left, path)


def _check_writable(above: Path) -> None:
    above = nearest(above)
    if not above.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(above))
    if not os.access(above, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(above))


def _try(path: Path, size: int) -> None:
    above = nearest(path.parent)
    free = os.statvfs(above) if hasattr(os, "statvfs") else None
    if free is not None and free.f_bavail * free.f_frsize < size:
        reason = f"{os.strerror(errno.ENOSPC)}, {counted(size, 'byte')} are to be written"
        raise OSError(errno.ENOSPC, reason, str(path))
    try_below(above, path, TENSORS_NAME)


def _check_ours(place: Path, path: Path) -> None:
    """Refuse a folder that holds anything but a model; ``path`` is the one that messages name."""
    if not place.is_dir():
        raise OutputExistsError(
            f"only a model folder is replaced; {path} is not a folder; choose another path"
        )
    others = ours.strangers(place)
    if others:
        raise OutputExistsError(
            f"only what hassenet wrote is replaced; {path} also holds {others[0]!r}; move it, or choose another path"
        )
    if any(place.iterdir()) and not ours.is_of_hassenet(place):
        raise OutputExistsError(
            f"only a model folder is replaced; hassenet did not write {path}; delete it yourself"
        )


def _check_not_protected(path: Path) -> None:
    """Refuse what its owner made read-only, whatever the user who runs this may do."""
    for entry in (path, *path.iterdir()):
        if not entry.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
            raise OutputExistsError(
                f"what is read-only is not replaced; {entry} is; choose another path, or allow writing: chmod u+w"
            )


# ---------------------------------------------------------------- writing


@contextmanager
def _folders_above(path: Path) -> Iterator[None]:
    """Make the folders above a path; where nothing comes of it, take away those that were made."""
    made = make_folders(path.parent)
    try:
        yield
    except BaseException:
        with suppress(OSError):  # one with something else in it stays, and those above it
            for folder in made:
                folder.rmdir()
        raise


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    give_usual_permissions(folder, 0o777)
    for name, data in files.items():
        write_through(folder / name, data)
    write_through_names(folder)


def _put_in_place(new: Path, path: Path, force: bool) -> None:
    if path.exists():
        _check_replaceable(path, force)
        new.chmod(stat.S_IMODE(path.stat().st_mode))
        _replace(new, path)
    else:
        _rename(new, path)
    write_through_names(path.parent)


def _replace(new: Path, path: Path) -> None:
    if not exchange(new, path):
        _replace_in_turn(new, path)
        return
    try:
        _check_ours(
            new, path
        )  # what stood there until now: a file may have come into it since it was looked at
    except BaseException:
        exchange(new, path)
        raise


def _replace_in_turn(new: Path, path: Path) -> None:
    old = temporary.replaced_beside(path)
    with held(path):
        os.rename(path, old)
        try:
            os.rename(new, path)
        except BaseException:
            os.rename(old, path)
            raise
        ours.delete(old)


def _rename(new: Path, path: Path) -> None:
    try:
        os.rename(new, path)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise OutputExistsError(
                f"an existing path is kept; {path} came up meanwhile; choose another"
            ) from None
        raise
