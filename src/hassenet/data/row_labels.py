"""Columns in which pandas and dask keep the labels of rows, where a table of theirs becomes one of Arrow."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from hassenet.files.optional import pyarrow

_UNNAMED = re.compile(r"__(index_level_\d+|null_dask_index)__")


def row_labels(names: Sequence[Any], metadata: Mapping[bytes, bytes] | None = None) -> tuple[Hashable, ...]:
    """Return the columns that are the index of a frame: those that its metadata names, and unnamed ones.

    A table that has no other columns has them as columns.

    Examples
    --------
    >>> row_labels(["age", "patient", "__index_level_1__"], {b"pandas": b'{"index_columns": ["patient"]}'})
    ('patient', '__index_level_1__')
    """
    told = _told((metadata or {}).get(b"pandas", b"{}"))
    found = tuple(name for name in names if name in told or _is_unnamed(name))
    return () if len(found) == len(names) else found


def row_labels_of(schema: Any) -> tuple[str, ...]:
    """Return the columns of a schema of Arrow that are the index of a frame of pandas."""
    return tuple(map(str, row_labels(schema.names, schema.metadata)))


def labels_first(schema: Any) -> list[str]:
    """Return the columns of a schema of Arrow, behind those that name rows: labels of text, and an index with a name.

    What else labels rows are numbers that were left over, as from a frame of which some rows were chosen.
    """
    is_text = pyarrow("types").is_string, pyarrow("types").is_large_string
    naming = [
        name
        for name in row_labels_of(schema)
        if not _is_unnamed(name) or any(test(schema.field(name).type) for test in is_text)
    ]
    return list(dict.fromkeys([*naming, *schema.names])) if naming else list(schema.names)


def _is_unnamed(name: Hashable) -> bool:
    return isinstance(name, str) and _UNNAMED.fullmatch(name) is not None


def _told(description: bytes) -> frozenset[str]:
    """Return the columns that pandas says are the index; of one that is counted it has no column."""
    try:
        given = json.loads(description).get("index_columns", [])
    except (ValueError, AttributeError):
        return frozenset()
    return (
        frozenset(name for name in given if isinstance(name, str)) if isinstance(given, list) else frozenset()
    )
