"""Numbers that are spelled with marks between thousands, or with another decimal mark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Decimal = Literal[".", ","]
Thousands = Literal["", ",", ".", " ", "'"]

_BLANKS = re.compile("[\u00a0\u2009\u202f]")
_UNIT = re.compile(
    r"([$\u20ac\u00a3\u00a5])?\s*[<>~\u2264\u2265]?\s*[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?(\s*)([^\d\s.,+-][^\d]*)?"
)
_SHORT_UNITS = frozenset("%glmhsdyk\u00b0$\u20ac\u00a3\u00a5")


@final
class Marks(NamedTuple):
    """How the numbers of a column are spelled.

    Attributes
    ----------
    decimal : "." or ","
    thousands : "", ",", ".", " " or "'"
        What may stand between thousands.
    """

    decimal: Decimal = "."
    thousands: Thousands = ""

    @property
    def words(self) -> str:
        """What is unusual about the numbers."""
        names = {",": "commas", ".": "points", " ": "blanks", "'": "apostrophes", "": ""}
        decimal = "decimal commas" if self.decimal == "," else ""
        thousands = f"{names[self.thousands]} between thousands" if self.thousands else ""
        return " and ".join(filter(None, (decimal, thousands)))

    def number(self, text: str) -> float:
        """Return the number that a text spells; NaN for none.

        Examples
        --------
        >>> Marks(",", ".").number("1.234,5"), Marks().number("12 mg")
        (1234.5, nan)
        """
        plain = _BLANKS.sub(" ", text)
        if not _pattern(self).fullmatch(plain):
            return float("nan")
        return float(plain.replace(self.thousands or "\0", "").replace(self.decimal, "."))


PLAIN = Marks()
_KNOWN = (
    PLAIN,
    Marks(".", ","),
    Marks(",", ""),
    Marks(",", "."),
    Marks(".", " "),
    Marks(",", " "),
    Marks(".", "'"),
)


@cache
def _pattern(marks: Marks) -> re.Pattern[str]:
    point, mark = re.escape(marks.decimal), re.escape(marks.thousands)
    whole = rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})+|\d+" if mark else r"\d+"
    return re.compile(rf"[+-]?(?:(?:{whole})(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?")


def marks_of(texts: Sequence[str]) -> Marks | None:
    """Return how all texts are numbers, thousands before decimal commas where both could be; None where they are not.

    Examples
    --------
    >>> marks_of(["1,234", "56"]), marks_of(["1,5", "56"]), marks_of(["1.5", "ill"])
    (Marks(decimal='.', thousands=','), Marks(decimal=',', thousands=''), None)
    """
    plain = [_BLANKS.sub(" ", text) for text in texts]
    fits = (marks for marks in _KNOWN if all(map(_pattern(marks).fullmatch, plain)))
    return next(fits, None) if plain else None


def as_numbers(texts: Sequence[str], marks: Marks) -> Array:
    """Return the number of each text, NaN for one that does not spell any."""
    return np.array([marks.number(text) for text in texts], np.float64)


def unit_of(texts: Sequence[str]) -> str:
    """Return the unit that stands beside all numbers; empty where there is none, or not one and the same.

    Examples
    --------
    >>> (
    ...     unit_of(["12 mg", "3.5 mg"]),
    ...     unit_of(["$12", "$1,300"]),
    ...     unit_of(["1A", "2A"]),
    ...     unit_of(["12", "3"]),
    ... )
    ('mg', '$', '', '')
    """
    found = {_unit(text) for text in texts}
    return found.pop() if len(found) == 1 else ""


def _unit(text: str) -> str:
    match = _UNIT.fullmatch(text)
    if match is None:
        return ""
    before, blank, after = match.groups(default="")
    unit = (before or after).strip()
    return unit if blank or before or len(unit) > 1 or unit in _SHORT_UNITS else ""
