"""Levels and classes that differ in capitals alone."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping

from hassenet.errors import HassenetWarning

_SHOWN = 3


def differ_in_capitals(texts: Iterable[object]) -> list[list[str]]:
    """Return the texts that are others but for capitals, those that are alike together.

    >>> differ_in_capitals(["Yes", "no", "yes", 7])
    [['Yes', 'yes']]
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for text in filter(lambda one: isinstance(one, str), texts):
        groups[str(text).casefold()].append(str(text))
    return [sorted(group) for group in groups.values() if len(group) > 1]


def note_capitals(what: str, columns: Mapping[Hashable, Iterable[object]]) -> None:
    """Warn of columns of which some levels, or classes, differ in capitals alone: they stay apart.

    Parameters
    ----------
    what : str
        What they are.
    columns : mapping from the name of a column to its levels

    Warns
    -----
    HassenetWarning
        If there are such.
    """
    found = [(name, alike) for name, texts in columns.items() for alike in differ_in_capitals(texts)]
    if found:
        shown = "; ".join(f"{' and '.join(map(repr, alike))} of {name!r}" for name, alike in found[:_SHOWN])
        more = f"; and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        warnings.warn(
            f"{what} are told apart as they are spelled, and some differ in capitals alone: {shown}{more}; spell each "
            "in one way if these are one",
            HassenetWarning,
            stacklevel=4,
        )
