"""A lock on a folder that ends with the process that holds it, however that ends."""

from __future__ import annotations

import errno
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hassenet.errors import CheckpointError, HassenetWarning

fcntl: Any
msvcrt: Any
try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

    fcntl = None

NAME = "lock"
_OPEN = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)  # a link would make a file elsewhere
_HANDLES: set[int] = set()
_ANOTHER = (errno.EISDIR, errno.ELOOP, errno.ENXIO)  # a folder, a link, a pipe without a reader
_TAKEN = (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder.

    Raises
    ------
    CheckpointError
        If another run holds it, and nothing is waited for; or if there is something else than a lock.
    """
    handle = _held(folder)
    _HANDLES.add(handle)
    try:
        yield
    finally:
        if handle in _HANDLES:
            _HANDLES.remove(handle)
            os.close(handle)


def _let_go() -> None:
    """Let go of the locks of the process that this one was forked from, which would outlive it here."""
    while _HANDLES:
        os.close(_HANDLES.pop())


def _held(folder: Path) -> int:
    """Return a lock's open file: the one that stands in the folder, and not one that a finished run has deleted."""
    while True:
        handle = _opened(folder / NAME)
        try:
            _lock(handle, folder)
            if _stands_in(folder, handle):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _opened(file: Path) -> int:
    try:
        return os.open(file, _OPEN, 0o666)
    except OSError as error:
        if error.errno in _ANOTHER:
            raise CheckpointError(
                f"a folder of checkpoints is locked by an empty file; {file} is something else; remove it"
            ) from None
        raise


def _lock(handle: int, folder: Path) -> None:
    try:
        _take(handle)
    except OSError as error:
        if error.errno in _TAKEN:
            raise CheckpointError(
                f"a folder of checkpoints is of one run at a time; another is at work in {folder}; wait for it, or "
                "choose another folder"
            ) from None
        warnings.warn(
            f"{folder} is on a file system without locks ({error.strerror}); take care that no second run uses it",
            HassenetWarning,
            stacklevel=2,
        )


def _take(handle: int) -> None:
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)


def _stands_in(folder: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), os.stat(folder / NAME))
    except FileNotFoundError:
        return False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
