"""Columns of results as a table that can be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hassenet.tables import Table


def as_table(columns: Mapping[str, Any]) -> Table:
    """Return columns as a table; names, which stand in lists, as text."""
    text = {
        name: np.array(list(map(str, of)), object) for name, of in columns.items() if isinstance(of, list)
    }
    return Table({**columns, **text})
