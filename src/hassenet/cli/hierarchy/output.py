"""The output of ``hassenet hierarchy``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import final

from hassenet.errors import DataError
from hassenet.files.atomic import check_free
from hassenet.hierarchy import Hierarchy
from hassenet.readers import write_edges, write_graphml, write_json
from hassenet.tables import read_columns
from hassenet.tables.guarding import guarded_text

_WRITERS = {
    ".csv": write_edges,
    ".tsv": write_edges,
    ".json": write_json,
    ".graphml": write_graphml,
}


_TABLES = (".csv", ".tsv")


def _write_guarded(H: Hierarchy, path: Path) -> None:
    write_edges(H.rename(lambda name: guarded_text(name) if isinstance(name, str) else name), path)


def columns_of(table: Path) -> list[str]:
    """Return the names of a table's columns, but for those that are empty, as that of an index."""
    return [name for name in read_columns(table) if name]


@final
@dataclass(frozen=True)
class Output:
    """A file to write to, and how."""

    path: Path
    writer: Callable[[Hierarchy, Path], None]

    @staticmethod
    def of(path: Path, force: bool, is_safe: bool = False) -> Output:
        """Return the output, before anything is read; a safe table has an apostrophe before names like formulas.

        Raises
        ------
        DataError
            If the suffix names no format, or there is no such folder.
        OutputExistsError
            If the file is there, and no ``force``.
        """
        suffix = (path.with_suffix("") if path.suffix == ".gz" else path).suffix
        if suffix not in _WRITERS:
            raise DataError(
                f"a hierarchy is written as {', '.join(_WRITERS)}, each also with .gz; {path.name!r} ends otherwise; "
                "choose one of these"
            )
        check_free(path, force, "a hierarchy")
        return Output(path, _write_guarded if is_safe and suffix in _TABLES else _WRITERS[suffix])

    def write(self, H: Hierarchy) -> None:
        """Write a hierarchy whole or not at all."""
        self.writer(H, self.path)
