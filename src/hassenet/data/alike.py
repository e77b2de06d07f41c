"""Levels and classes that may be one: they differ in capitals alone, or are words for the same truth value."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from itertools import islice

from hassenet.errors import HassenetWarning
from hassenet.hierarchy.placeholders import is_placeholder

_SHOWN = 3
_MOST = 50  # levels of which some may be truth values
_WORDS = frozenset({"true", "false", "yes", "no"})
_TRUTHS = tuple(
    map(frozenset, ({"1", "1.0", "true", "t", "yes", "y"}, {"0", "0.0", "false", "f", "no", "n"}))
)


def differ_in_capitals(texts: Iterable[object]) -> list[list[str]]:
    """Return the texts that are others but for capitals, those that are alike together.

    >>> differ_in_capitals(["Yes", "no", "yes", 7])
    [['Yes', 'yes']]
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for text in filter(lambda one: isinstance(one, str), texts):
        groups[str(text).casefold()].append(str(text))
    return [sorted(group) for group in groups.values() if len(group) > 1]


def are_one_truth(texts: Iterable[object]) -> list[list[str]]:
    """Return the texts that spell one truth value in several ways, where all texts spell one or stand for nothing.

    >>> are_one_truth([True, "1", "yes", "no", "-"])
    [['1', 'True', 'yes']]
    >>> are_one_truth(["t", "y"]), are_one_truth(["no", "n", "may be"])
    ([], [])
    """
    first = list(islice(texts, _MOST + 1))
    if len(first) > _MOST:
        return []
    folded = {str(text): str(text).casefold() for text in first if not is_placeholder(text)}
    there = set(folded.values())
    if not there & _WORDS or not there <= frozenset.union(*_TRUTHS):
        return []
    return [
        sorted(text for text, plain in folded.items() if plain in truth)
        for truth in _TRUTHS
        if len(truth & there) > 1
    ]


def note_alike(what: str, columns: Mapping[Hashable, Iterable[object]]) -> None:
    """Warn of columns of which some levels, or classes, may be one: they stay apart.

    Parameters
    ----------
    what : str
        What they are.
    columns : mapping from the name of a column to its levels

    Warns
    -----
    HassenetWarning
        If some differ in capitals alone, or are words for the same truth value.
    """
    each = {name: list(texts) for name, texts in columns.items()}
    for find, how in (
        (differ_in_capitals, "differ in capitals alone"),
        (are_one_truth, "are one truth value"),
    ):
        found = [(name, alike) for name, texts in each.items() for alike in find(texts)]
        if found:
            shown = "; ".join(f"{' and '.join(map(repr, one))} of {name!r}" for name, one in found[:_SHOWN])
            more = f"; and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
            warnings.warn(
                f"{what} are told apart as they are spelled, and some {how}: {shown}{more}; spell each in one way if "
                "these are one",
                HassenetWarning,
                stacklevel=4,
            )
