"""Numbers that are spelled with marks between thousands, or with another decimal mark."""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.files.optional import pyarrow

Array = NDArray[Any]
Decimal = Literal[".", ","]
Thousands = Literal["", ",", ".", " ", "'"]

_FIRST = 100
_CURRENCIES = "$€£¥"
_UNIT = re.compile(
    rf"([{_CURRENCIES}])?\s*[<>~≤≥]?\s*[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?(\s*)([^\d\s.,+-][^\d]*)?"
)
_NUMBERED = r"^\d+[.] +\D"  # as "2. Middle Atlantic", which is an item of a list
_BEGIN = "^[-+\u2212(]?[.,]?[0-9]"
_SHORT_UNITS = frozenset("%°glmhsdyk" + _CURRENCIES)


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

    @property
    def pattern(self) -> str:
        """The regular expression of a number."""
        point, mark = re.escape(self.decimal), re.escape(self.thousands)
        whole = rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})+|\d+" if mark else r"\d+"
        return rf"^[+-]?(?:(?:{whole})(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?$"


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


def marks_of(texts: Any) -> Marks | None:
    """Return how all texts are numbers, thousands before decimal commas where both could be; None where they are not.

    Parameters
    ----------
    texts : array of Arrow

    Examples
    --------
    >>> [marks_of(pyarrow().array(texts)) for texts in (["1,234", "56"], ["1,5", "56"], ["1.5", "ill"])]
    [Marks(decimal='.', thousands=','), Marks(decimal=',', thousands=''), None]
    """
    if (
        not len(texts) or not all_match(texts, _BEGIN) or all_match(texts, r"^\(")
    ):  # as (1), (2), which are labels
        return None
    plain = _plainly_spelled(texts)
    return next((marks for marks in _KNOWN if all_match(plain, marks.pattern)), None)


def as_numbers(texts: Any, marks: Marks) -> Array:
    """Return the number of each text, NaN for one that does not spell any.

    Parameters
    ----------
    texts : array of Arrow
    marks : Marks

    Examples
    --------
    >>> as_numbers(pyarrow().array(["1.234,5", "\u22122,5", "12 mg"]), Marks(",", "."))
    array([1234.5,   -2.5,    nan])
    >>> as_numbers(pyarrow().array(["(1.20)", "3"]), PLAIN)
    array([-1.2,  3. ])
    """
    arrow, compute = pyarrow(), pyarrow("compute")
    plain = _plainly_spelled(texts)
    known = compute.match_substring_regex(plain, marks.pattern)
    plain = compute.if_else(known, plain, arrow.scalar(None, plain.type))
    if marks.thousands:
        plain = compute.replace_substring(plain, marks.thousands, "")
    if marks.decimal != ".":
        plain = compute.replace_substring(plain, marks.decimal, ".")
    return np.asarray(plain.cast("float64").to_numpy(zero_copy_only=False), np.float64)


def begin_as_numbers(texts: Any) -> int:
    """Return how many texts begin as a number does; to look for that is far cheaper than to read them.

    >>> begin_as_numbers(pyarrow().array(["\u22121.5", "12 mg", ".5", "mg", "x7"]))
    3
    """
    compute = pyarrow("compute")
    return int(compute.sum(compute.match_substring_regex(texts, _BEGIN)).as_py() or 0)


def all_match(texts: Any, pattern: str) -> bool:
    """Return whether a regular expression is found in all texts; the first of many tell most that it is not."""
    compute = pyarrow("compute")
    parts = (texts[:_FIRST], texts)
    return all(
        compute.all(compute.match_substring_regex(part, pattern)).as_py() is not False for part in parts
    )


def _plainly_spelled(texts: Any) -> Any:
    """Return texts with plain blanks, and a hyphen for the minus of print, or for the brackets of accountants."""
    compute = pyarrow("compute")
    if not compute.all(compute.string_is_ascii(texts)).as_py():
        blanks = compute.replace_substring_regex(texts, "[\u00a0\u2009\u202f]", " ")
        texts = compute.replace_substring(blanks, "\u2212", "-")
    if not compute.any(compute.starts_with(texts, "(")).as_py():
        return texts
    return compute.replace_substring_regex(texts, r"^\(([0-9.,' ]*[0-9])\)$", r"-\1")


def units_of(texts: Any) -> tuple[str, ...]:
    """Return the units that stand beside numbers, each once; "" is that of a number without any.

    Nothing is returned where a text is something else, or where units are as many as the texts: then these are words.

    Examples
    --------
    >>> [
    ...     units_of(pyarrow().array(t))
    ...     for t in (
    ...         ["12 mg", "3.5 mg"],
    ...         ["$12", "$1,300"],
    ...         ["12 mg", "3 g", "5 g", "1"],
    ...         ["1A", "2A"],
    ...         ["1 low", "2 high"],
    ...     )
    ... ]
    [('mg',), ('$',), ('mg', 'g', ''), (), ()]
    """
    if not all_match(_plainly_spelled(texts[:_FIRST]), rf"^{_UNIT.pattern}$"):
        return ()
    plain = _plainly_spelled(texts)
    if all_match(plain, _NUMBERED) or not all_match(plain, rf"^{_UNIT.pattern}$"):
        return ()
    found = tuple(dict.fromkeys(map(_unit, plain.to_pylist())))
    are_words = None in found or not any(found) or 1 < len(found) >= len(plain)
    return () if are_words else tuple(map(str, found))


def _unit(text: str) -> str | None:
    """Return the unit of a number; None for a letter that may be a part of a code."""
    match = _UNIT.fullmatch(text)
    if match is None:
        return None
    before, blank, after = match.groups(default="")
    unit = (before or after).strip()
    return unit if not unit or blank or before or len(unit) > 1 or unit in _SHORT_UNITS else None
