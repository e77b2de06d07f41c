"""A folder of results: looked at before the work begins, made and filled when all is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hassenet.cli.guard import uninterrupted
from hassenet.cli.rescue import written_or_rescued
from hassenet.errors import DataError, OutputExistsError
from hassenet.files.atomic import give_usual_permissions, naming, write_through
from hassenet.files.temporary import folder_beside

Write = Callable[[Path], Any]


@contextmanager
def folder_for(names: Sequence[str], out: Path, force: bool) -> Iterator[Path]:
    """Find out before hours of training whether the folder can be filled afterwards; nothing is made until then.

    Raises
    ------
    OutputExistsError
        If it is a file, or holds one of these names and nothing is to be replaced.
    DataError
        If it may not be written.
    """
    there = [out] if out.is_file() else [out / name for name in names if (out / name).exists()]
    taken = [path for path in there if not force or path == out or not path.is_file()]
    if taken:
        raise OutputExistsError(
            f"an existing file is kept; {taken[0]} is there; choose another folder, or --force"
        )
    _check_writable(out)
    with naming(out), folder_beside(_first_made(out)) as trial:  # space, and names that are not too long
        write_through(trial / "trial", bytes(1 << 16))
    yield out


def fill(folder: Path, names: Sequence[str], files: Mapping[str, Write]) -> None:
    """Write all files, then give them their places: those of an earlier run stay until then, and none stays longer.

    Raises
    ------
    HassenetError
        If they cannot be written there, and are kept elsewhere; the message says where.
    """
    with uninterrupted():
        written_or_rescued(lambda place: _fill(place, names, files), Path(os.path.realpath(folder)))


def _fill(place: Path, names: Sequence[str], files: Mapping[str, Write]) -> None:
    with naming(place), _folders_above(place), folder_beside(_first_made(place)) as new:
        for made, write in files.items():
            write(new / made)
        if place.exists():
            _move(new, place, names)
        else:
            give_usual_permissions(new, 0o777)
            new.rename(place)


@contextmanager
def _folders_above(folder: Path) -> Iterator[None]:
    """Make the folders above, and take them away again if nothing comes into them."""
    made = [above for above in folder.parents if not above.exists()]
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        with suppress(OSError):  # a folder with something else in it stays, and the error is the first one
            for above in made:
                above.rmdir()
        raise


def _move(new: Path, folder: Path, names: Sequence[str]) -> None:
    for made in names:
        if (new / made).exists():
            (new / made).replace(folder / made)
        else:
            (folder / made).unlink(missing_ok=True)


def _first_made(folder: Path) -> Path:
    """Return what is made first where results come into a folder: something in it, it, or the first folder above."""
    if folder.is_dir():
        return folder / "results"
    return next(path for path in (folder, *folder.parents) if path.parent.is_dir())


def _check_writable(folder: Path) -> None:
    """Refuse a place that may not be written, before hours of work; folders that are not there can be made."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        reason = "may not be written" if there.is_dir() else "is not a folder"
        raise DataError(f"results are written into a folder; {there} {reason}; choose another for {folder}")
