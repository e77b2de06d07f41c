"""Words that stand for a missing number or date: "-", "unknown" among what else is numbers."""

from __future__ import annotations

import numpy as np

from hassenet.data.levels import Levels
from hassenet.errors import counted
from hassenet.files.optional import pyarrow
from hassenet.hierarchy.placeholders import is_placeholder

_MOST = 20  # different words, of which each is looked at
_BEGIN = "^[-+\u2212(]?[.,$€£¥]?[0-9]"


def without_stand_ins(levels: Levels) -> Levels:
    """Return levels of numbers or dates without the words among them that stand for none: their rows miss a value.

    Where another word stands among them all are returned as they are.

    Examples
    --------
    >>> levels = Levels.of(pyarrow().array(["31", "-", "64", "unknown"]), "age")
    >>> without_stand_ins(levels).texts, without_stand_ins(levels).codes.tolist()
    (['31', '64'], [0, -1, 1, -1])
    """
    compute, arrow = pyarrow("compute"), pyarrow()
    begins = compute.match_substring_regex(levels.values, _BEGIN)
    others = levels.values.filter(compute.invert(begins))
    if not 0 < len(others) <= _MOST or not all(map(is_placeholder, others.to_pylist())):
        return levels
    kept = np.asarray(begins.to_numpy(zero_copy_only=False), bool)
    place = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
    return Levels(levels.values.take(arrow.array(np.flatnonzero(kept))), place[levels.codes])


def stand_ins(levels: Levels, known: Levels) -> list[str]:
    """Return the words that were taken out of levels, and in how many rows each stands.

    >>> levels = Levels.of(pyarrow().array(["31", "-", "64", "-"]), "age")
    >>> stand_ins(levels, without_stand_ins(levels))
    ["'-' in 2 rows"]
    """
    there, counts = set(known.texts), levels.counts().tolist()
    return [
        f"{text!r} in {counted(n, 'row')}"
        for text, n in zip(levels.texts, counts, strict=True)
        if text not in there
    ]
