"""Whether a folder can be made and filled, found out before hours of work."""

from __future__ import annotations

from pathlib import Path

from hassenet.files.atomic import write_through
from hassenet.files.temporary import folder_beside

_SIZE = 1 << 16


def nearest(folder: Path) -> Path:
    """Return the folder, or the lowest one above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def try_below(above: Path, folder: Path, name: str) -> None:
    """Make what a folder needs below one that is there, and a file of that name in it, and remove them again.

    Raises
    ------
    OSError
        If it cannot be made: for want of room or permission, or as a name is too long.
    """
    with folder_beside(above / "trial") as trial:
        made = trial.joinpath(*folder.relative_to(above).parts)
        made.mkdir(parents=True, exist_ok=True)
        write_through(made / name, bytes(_SIZE))
