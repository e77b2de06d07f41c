"""A folder of results: tried before the work begins, made and filled when all is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hassenet.cli.guard import uninterrupted
from hassenet.cli.rescue import written_or_rescued
from hassenet.errors import OutputExistsError
from hassenet.files.atomic import give_usual_permissions, naming
from hassenet.files.temporary import folder_beside
from hassenet.files.trial import nearest, try_below

Write = Callable[[Path], Any]


@contextmanager
def folder_for(names: Sequence[str], out: Path, force: bool) -> Iterator[Path]:
    """Find out before hours of training whether the folder can be filled afterwards; nothing stays there until then.

    Raises
    ------
    OutputExistsError
        If it is a file, or holds one of these names and nothing is to be replaced.
    OSError
        If nothing can be written there; it names the folder.
    """
    with naming(out):
        there = [out] if out.is_file() else [out / name for name in names if (out / name).exists()]
    taken = [path for path in there if not force or path == out or not path.is_file()]
    if taken:
        raise OutputExistsError(
            f"an existing file is kept; {taken[0]} is there; choose another folder, or --force"
        )
    _try(out)
    yield out


def _try(out: Path) -> None:
    """Make a folder of that name and a file in it, beside or inside of what is there, and remove them again."""
    place = Path(os.path.realpath(out))
    with naming(out):
        try_below(nearest(place), place, "trial")


def fill(folder: Path, names: Sequence[str], files: Mapping[str, Write]) -> None:
    """Write all files, then give them their places: those of an earlier run stay until then, and none stays longer.

    Raises
    ------
    HassenetError
        If they cannot be written there, and are kept elsewhere; the message says where.
    """
    with uninterrupted():
        written_or_rescued(lambda place: _fill(place, names, files), folder)


def _fill(folder: Path, names: Sequence[str], files: Mapping[str, Write]) -> None:
    place = Path(os.path.realpath(folder))
    with naming(folder), _folders_above(place), folder_beside(place) as new:
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
