"""Numbers in parentheses, as accountants write what is negative: they are read so, and a note counts them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from hassenet.data.levels import Levels
from hassenet.errors import counted
from hassenet.files.optional import pyarrow

_TOLD = 5  # columns


def negated(levels: Levels) -> int:
    """Return in how many rows a number of a column stands in parentheses.

    >>> negated(Levels.of(pyarrow().array(["(81.5)", "3", "(81.5)"]), "score"))
    2
    """
    found = pyarrow("compute").starts_with(levels.values, "(")
    return int(levels.counts()[np.asarray(found.to_numpy(zero_copy_only=False), bool)].sum())


def of_parentheses(columns: Sequence[tuple[Hashable, int]]) -> str:
    """Return the note about columns with numbers in parentheses, and in how many rows of each.

    >>> of_parentheses([("score", 2)])
    "numbers in parentheses count as negative: 'score' in 2 rows; if that is wrong, write them without parentheses"
    """
    more = f" and {len(columns) - _TOLD:,} more" if len(columns) > _TOLD else ""
    told = ", ".join(f"{name!r} in {counted(n, 'row')}" for name, n in columns[:_TOLD])
    return f"numbers in parentheses count as negative: {told}{more}; if that is wrong, write them without parentheses"
