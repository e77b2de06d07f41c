"""A folder of results: made before the work begins, filled when all is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hassenet.cli.guard import uninterrupted
from hassenet.errors import OutputExistsError

Write = Callable[[Path], Any]


@contextmanager
def folder_for(names: Sequence[str], out: Path, force: bool) -> Iterator[Path]:
    """Make the folder before hours of training; take it away again where nothing comes of them.

    Raises
    ------
    OutputExistsError
        If it is a file, or holds one of these names and nothing is to be replaced.
    """
    taken = [out] if out.is_file() else [out / name for name in names if (out / name).exists()]
    if taken and (out.is_file() or not force):
        raise OutputExistsError(
            f"an existing file is kept; {taken[0]} is there; choose another folder, or --force"
        )
    made = [folder for folder in (out, *out.parents) if not folder.exists()]
    out.mkdir(parents=True, exist_ok=True)
    try:
        yield out
    except BaseException:
        with suppress(OSError):  # a folder with something else in it stays, and the error is the first one
            for folder in made:
                folder.rmdir()
        raise


def fill(folder: Path, names: Sequence[str], files: Mapping[str, Write]) -> None:
    """Write all files, then give them their places: those of an earlier run stay until then, and none stays longer."""
    with uninterrupted(), TemporaryDirectory(dir=folder, prefix=".") as name:
        new = Path(name)
        for made, write in files.items():
            write(new / made)
        for made in names:
            if (new / made).exists():
                (new / made).replace(folder / made)
            else:
                (folder / made).unlink(missing_ok=True)
