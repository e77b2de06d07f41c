"""Files and folders that a run makes beside a path: held while it lives, removed by the next run where it died.

A name says for which path they are, and a lock on them, which ends with the process, whether their run lives. Where
there are no such locks (Windows, some network drives) nothing is taken for dead, and what a killed run left stays.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp, mkstemp
from typing import Any

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

Remove = Callable[[Path], None]

UNFINISHED, REPLACED = ".part", ".old"
"""What is being written, and what stood there before."""


def remove(path: Path) -> None:
    """Remove a file, or a folder and all that is in it."""
    with suppress(OSError):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


@contextmanager
def folder_beside(path: Path, removed: Remove = remove) -> Iterator[Path]:
    """Make an empty folder beside a path, private to its user; what is left of it in the end is removed.

    Those of earlier runs for the same path that died are removed first. ``removed`` removes one.
    """
    clear(path, removed)
    with _made(lambda: Path(mkdtemp(UNFINISHED, _prefix(path), path.parent)), removed) as new:
        yield new


@contextmanager
def file_beside(path: Path) -> Iterator[Path]:
    """Make an empty file beside a path, as :func:`folder_beside` makes a folder."""
    clear(path)
    with _made(lambda: _empty_file(path), remove) as new:
        yield new


def clear(path: Path, removed: Remove = remove, suffix: str = UNFINISHED) -> None:
    """Remove what runs that died left beside a path; what a run still holds stays."""
    for left in leftovers(path, suffix):
        with held(left) as is_held:
            if is_held:
                removed(left)


def leftovers(path: Path, suffix: str) -> list[Path]:
    """Return what was made beside a path and is there still, of runs that died and of others."""
    start, end = _prefix(path), suffix
    try:
        names = os.listdir(path.parent)
    except OSError:
        return []
    return [path.parent / name for name in sorted(names) if name.startswith(start) and name.endswith(end)]


def replaced_beside(path: Path) -> Path:
    """Return a free name for what stands at a path while something else takes its place."""
    return path.parent / f"{_prefix(path)}{os.urandom(4).hex()}{REPLACED}"


def _prefix(path: Path) -> str:
    """Return how the names begin: two names that are cut here are still told apart."""
    return f".{path.name[:40]}.hassenet-{sha256(os.fsencode(path.name)).hexdigest()[:8]}-"


def _empty_file(path: Path) -> Path:
    handle, name = mkstemp(UNFINISHED, _prefix(path), path.parent)
    os.close(handle)
    return Path(name)


@contextmanager
def _made(make: Callable[[], Path], removed: Remove) -> Iterator[Path]:
    """Make and hold: another run may have cleared it away in between, then it is made again."""
    while True:
        new = make()
        with held(new):
            if not new.exists():
                continue
            try:
                yield new
            finally:
                removed(new)
            return


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold a file or folder for as long as this run lives, if nobody else does; yield whether it is held now."""
    handle = _locked(path)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def _locked(path: Path) -> int | None:
    if fcntl is None:
        return None
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # another run holds it, or the file system has no locks
        os.close(handle)
        return None
    return handle
