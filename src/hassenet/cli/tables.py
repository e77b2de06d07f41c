"""Columns of results as a table that can be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hassenet.tables import Table, write_table
from hassenet.tables.formats import format_of
from hassenet.tables.writing import guarded


def as_table(columns: Mapping[str, Any]) -> Table:
    """Return columns as a table; names, which stand in lists, as text."""
    text = {
        name: np.array(list(map(str, of)), object) for name, of in columns.items() if isinstance(of, list)
    }
    return Table({**columns, **text})


def writer(is_safe: bool) -> Callable[..., None]:
    """Return what writes a table: as it stands, or so that no spreadsheet takes text for a formula."""
    return _write_guarded if is_safe else write_table


def _write_guarded(table: Table, path: Path, force: bool = False) -> None:
    is_text = format_of(path).delimiter is not None
    write_table(guarded(table) if is_text else table, path, force)
