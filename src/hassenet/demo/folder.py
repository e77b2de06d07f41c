"""The folder that the demonstration writes: only its own files, and only into a folder of its own."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hassenet.errors import OutputExistsError
from hassenet.model import Model
from hassenet.storage import save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REPORT = "report.txt"
TITLE = "hassenet demo: cirrhosis of the liver from gut microbes"


def prepared(out: str | Path) -> Path:
    """Return the folder, which is made when there is something to write.

    Raises
    ------
    OutputExistsError
        If it is a file, or holds things but no report of an earlier run.
    """
    folder = Path(out)
    if folder.is_dir() and any(folder.iterdir()) and not _is_ours(folder):
        raise OutputExistsError(
            f"the demo writes into a new folder or that of an earlier run; {str(folder)!r} holds other files; "
            "give another with --out"
        )
    if folder.exists() and not folder.is_dir():
        raise OutputExistsError(
            f"the demo writes a folder; {str(folder)!r} is a file; give another with --out"
        )
    return folder


def begin(folder: Path) -> None:
    """Make the folder, and say at once whose it is: a run that is stopped from now on can be followed by another."""
    folder.mkdir(parents=True, exist_ok=True)
    write_report(folder, "(not finished)")


def _is_ours(folder: Path) -> bool:
    report = folder / REPORT
    return report.is_file() and report.read_text(encoding="utf-8", errors="replace").startswith(TITLE)


def write_report(folder: Path, text: str) -> None:
    """Write the report under its title."""
    (folder / REPORT).write_text(f"{TITLE}\n\n{text}\n", encoding="utf-8")


def write_table(folder: Path, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file."""
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_picture(folder: Path, name: str, figure: Figure) -> None:
    """Write a PNG file."""
    figure.savefig(folder / name, dpi=150)


def write_model(folder: Path, model: Model) -> None:
    """Write the model folder, in place of that of an earlier run."""
    save(model, folder / "model", force=True)
