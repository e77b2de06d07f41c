"""Words that stand for a missing number or date: "-", "unknown" among what else is numbers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np

from hassenet.data.levels import Levels
from hassenet.errors import counted, listing
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


def notes_of_words(name: Hashable, classes: Iterable[object]) -> list[str]:
    """Return what is to be noted of words that stand for nothing and are classes; "none" may be what was found.

    >>> notes_of_words("stage", ["-", "1", "2", "none"])[0].partition(";")[0]
    "words that stand for nothing are classes of 'stage' as others are: '-'"
    """
    words = [text for text in classes if is_placeholder(text) and str(text).casefold() != "none"]
    return [
        f"words that stand for nothing are classes of {name!r} as others are: {listing(words)}; if "
        "the class of these rows is missing, empty the cells or leave out the rows"
    ] * bool(words)
