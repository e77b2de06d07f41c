"""The errors about columns that hold text where numbers are meant."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping

from hassenet.data.objects import Other, shown_others
from hassenet.errors import FeatureError, listing

_COMMAS = (
    (
        re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?"),
        "take out commas between thousands, or, if they are decimal, read them so (--decimal ,); ",
    ),
    (re.compile(r"[+-]?\d+,\d+"), "read numbers with decimal commas (--decimal ,), "),
)
"""How numbers with commas look, and what to do."""


def text_among_numbers(others: Mapping[Hashable, Other | None]) -> FeatureError:
    """Return the error that columns of a table hold text, each with a value that is not a number."""
    text = list(map(str, others))
    found = [str(other.value) for other in others.values() if other is not None]
    remedy = next((words for pattern, words in _COMMAS if any(map(pattern.fullmatch, found))), "")
    there = "there is 1 column" if len(text) == 1 else f"there are {len(text):,} columns"
    return FeatureError(
        f"features are numbers; {there} with text: {listing(text)}{shown_others(others)}; {remedy}"
        "correct the values, encode them as numbers, or leave out: " + left_out(text)
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
    return " ".join(f"--drop {quoted(name)}" for name in names[:5]) + (" …" if len(names) > 5 else "")


def quoted(name: str) -> str:
    """Return a name as a shell takes it."""
    return name if name.isidentifier() else f'"{name}"'
