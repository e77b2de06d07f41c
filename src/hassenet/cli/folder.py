"""A folder of results: made before the work begins, filled when all is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hassenet.cli.guard import uninterrupted
from hassenet.cli.rescue import written_or_rescued
from hassenet.errors import OutputExistsError
from hassenet.files.atomic import naming, write_through
from hassenet.files.temporary import folder_beside

Write = Callable[[Path], Any]


@contextmanager
def folder_for(names: Sequence[str], out: Path, force: bool) -> Iterator[Path]:
    """Make the folder before hours of training, and try to write there; take it away again where nothing comes of them.

    Raises
    ------
    OutputExistsError
        If it is a file, or holds one of these names and nothing is to be replaced.
    """
    there = [out] if out.is_file() else [out / name for name in names if (out / name).exists()]
    taken = [path for path in there if not force or path == out or not path.is_file()]
    if taken:
        raise OutputExistsError(
            f"an existing file is kept; {taken[0]} is there; choose another folder, or --force"
        )
    made = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        with naming(out):
            out.mkdir(parents=True, exist_ok=True)
            _try(out)
        yield out
    except BaseException:
        with suppress(OSError):  # a folder with something else in it stays, and the error is the first one
            for folder in made:
                folder.rmdir()
        raise


def _try(folder: Path) -> None:
    with folder_beside(folder / "trial") as trial:
        write_through(trial / "trial", bytes(1 << 16))


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
    folder.mkdir(exist_ok=True)
    with naming(folder), folder_beside(folder / "results") as new:
        for made, write in files.items():
            write(new / made)
        for made in names:
            if (new / made).exists():
                (new / made).replace(folder / made)
            else:
                (folder / made).unlink(missing_ok=True)
