"""The errors about columns that hold text where numbers are meant."""

from __future__ import annotations

import re
import shlex
from collections.abc import Hashable, Mapping

from hassenet.data.objects import Other, shown_others
from hassenet.errors import FeatureError, listing

_COMMAS = (
    (
        re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?"),
        "take out commas between thousands, or, if they are decimal, read them so (--decimal ,); ",
    ),
    (re.compile(r"[+-]?\d+,\d+"), "read numbers with decimal commas (--decimal ,), "),
    (
        re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+,\d+"),
        "take out points between thousands, and read the commas as decimal (--decimal ,); ",
    ),
)
"""How numbers with commas look, and what to do."""

_TO_A_SHELL = frozenset('"$`!\\')
"""What has a meaning to a shell inside of quotation marks."""


def text_among_numbers(others: Mapping[Hashable, Other | None]) -> FeatureError:
    """Return the error that columns of a table hold text, each with a value that is not a number."""
    text = list(map(str, others))
    found = [str(other.value) for other in others.values() if other is not None]
    remedy = next((words for pattern, words in _COMMAS if any(map(pattern.fullmatch, found))), "")
    there = "there is 1 column" if len(text) == 1 else f"there are {len(text):,} columns"
    return FeatureError(
        f"features are numbers; {there} with text: {listing(text)}{shown_others(others)}; {remedy}"
        f"correct the values, encode them as numbers, say that they are categories: {_each('categorical', text)}, or "
        f"leave out: {left_out(text)}"
    )


def not_numbers(others: Mapping[Hashable, Other | None]) -> FeatureError:
    """Return the error that columns hold something else than numbers."""
    return FeatureError(
        f"features are numbers; not so in {listing(others)}{shown_others(others)}; "
        "encode them as they were for training"
    )


def left_out(names: list[str]) -> str:
    """Return the options that leave out columns.

    >>> left_out(["age", "blood group"])
    '--drop age --drop "blood group"'
    """
    return _each("drop", names)


def _each(option: str, names: list[str]) -> str:
    """Return an option with each of the names, or with the first of many."""
    return " ".join(f"--{option} {quoted(name)}" for name in names[:5]) + (" …" if len(names) > 5 else "")


def quoted(name: str) -> str:
    """Return a name as it is given to a shell.

    >>> print(quoted("age"), quoted("body mass"), quoted("$x"))
    age "body mass" '$x'
    """
    if name.isidentifier():
        return name
    return shlex.quote(name) if _TO_A_SHELL.intersection(name) else f'"{name}"'
