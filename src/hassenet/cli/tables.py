"""Columns of results as a table that can be written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
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


def writer(is_safe: bool | None, copied: Collection[str] = ()) -> Callable[..., None]:
    """Return what writes a table: so that no spreadsheet takes text for a formula, or as it stands.

    By default (None) names are guarded, and what is copied from another table is not.
    """
    if is_safe is False:
        return write_table
    return partial(_write_guarded, () if is_safe else copied)


def as_written(table: Table, path: Path, is_safe: bool | None, copied: Collection[str] = ()) -> Table:
    """Return a table as :func:`writer` writes it into a file."""
    if is_safe is False or format_of(path).delimiter is None:
        return table
    return guarded(table, () if is_safe else copied)


def _write_guarded(copied: Collection[str], table: Table, path: Path, force: bool = False) -> None:
    is_text = format_of(path).delimiter is not None
    write_table(guarded(table, copied) if is_text else table, path, force)
