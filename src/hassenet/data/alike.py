"""Levels and classes that may be one: they differ in capitals or blanks alone, or are one truth value or number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import islice

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
    return _grouped(texts, str.casefold)


def differ_in_blanks(texts: Iterable[object]) -> list[list[str]]:
    """Return the texts that are others but for blanks around words, those that are alike together.

    >>> differ_in_blanks(["ill", " ill", "stage I", "stage  I", "well"])
    [[' ill', 'ill'], ['stage  I', 'stage I']]
    """
    return _grouped(texts, lambda text: " ".join(text.split()))


def are_one_number(texts: Iterable[object]) -> list[list[str]]:
    """Return the texts that spell one number in several ways, where all texts spell numbers.

    >>> are_one_number(["01", "1", "2"]), are_one_number(["01", "1", "two"])
    ([['01', '1']], [])
    """
    try:
        return _grouped(texts, lambda text: repr(float(text)))
    except ValueError:
        return []


def _grouped(texts: Iterable[object], plain: Callable[[str], str]) -> list[list[str]]:
    """Return the texts that are the same in a plain form, those that are together."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for text in filter(lambda one: isinstance(one, str), texts):
        groups[plain(str(text))].append(str(text))
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


_WAYS = (
    (differ_in_capitals, "differ in capitals alone"),
    (differ_in_blanks, "differ in blanks alone"),
    (are_one_truth, "are one truth value"),
    (are_one_number, "are one number"),
)


def notes_of_alike(what: str, columns: Mapping[Hashable, Iterable[object]]) -> list[str]:
    """Return what is to be noted of columns of which some levels, or classes, may be one: they stay apart.

    Parameters
    ----------
    what : str
        What they are.
    columns : mapping from the name of a column to its levels

    Examples
    --------
    >>> print(*notes_of_alike("classes", {"ill": ["Yes", "no", "yes"]}))
    classes are told apart as they are spelled, and some differ in capitals alone: 'Yes' and 'yes' of 'ill'; spell each
    in one way if these are one
    """
    each = {name: list(texts) for name, texts in columns.items()}
    notes = []
    for find, how in _WAYS:
        found = [(name, alike) for name, texts in each.items() for alike in find(texts)]
        if found:
            shown = "; ".join(f"{' and '.join(map(repr, one))} of {name!r}" for name, one in found[:_SHOWN])
            more = f"; and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
            notes.append(
                f"{what} are told apart as they are spelled, and some {how}: {shown}{more}; spell each in one way if "
                "these are one"
            )
    return notes
