"""Which decimal mark the numbers of a whole text table have, however late the first of them begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice, starmap
from typing import NamedTuple, final

_FIRST = 1000  # points that are looked at, unless commas put the others in doubt
_LONGEST = 40  # letters of a number before its mark
_BELOW_A_THOUSAND = re.compile(rb"[1-9]\d{0,2}")


@final
class Decimals(NamedTuple):
    r"""What is seen of numbers with a decimal mark in rows of text.

    Attributes
    ----------
    points : bool
        Whether a number has a point; where one does not part thousands it is not looked for commas.
    commas : bool
        Whether one has a comma that may be a decimal one.
    surely : bool
        Whether one of these does not stand between thousands.
    plainly : bool
        Whether a point does not stand between thousands.

    Examples
    --------
    >>> Decimals.of(b"31;1\n64;2,25\n", ";").mark(";"), Decimals.of(b"31;1.5\n64;2,25\n", ";").mark(";")
    (',', '.')
    >>> Decimals.of(b"1.250;1\n80;2,25\n", ";").are_doubtful
    True
    >>> Decimals.of(b"31\t1,234\n", "\t").mark("\t"), Decimals.of(b'31,"1,25"\n', ",").mark(",")
    ('.', ',')
    """

    points: bool = False
    commas: bool = False
    surely: bool = False
    plainly: bool = False

    @staticmethod
    def of(rows: bytes, delimiter: str) -> Decimals:
        """Return what is seen of rows, in an encoding whose marks are those of ASCII."""
        points = _numbers_with(b".", rows, delimiter)
        first = list(islice(points, _FIRST))
        if not all(starmap(_are_thousands, first)):
            return Decimals(points=True, plainly=True)
        found = _of_commas(rows, delimiter, Decimals(points=bool(first)))
        return found._replace(plainly=found.surely and not all(starmap(_are_thousands, points)))

    def beside(self, other: Decimals) -> Decimals:
        """Return what is seen of two parts of a text."""
        return Decimals(*(one or another for one, another in zip(self, other, strict=True)))

    @property
    def are_doubtful(self) -> bool:
        """Whether each point may part thousands, since other numbers have decimal commas."""
        return self.points and self.surely and not self.plainly

    def mark(self, delimiter: str) -> str:
        """Return the comma if numbers have one and none has a point; commas may also part thousands."""
        return "," if not self.points and (self.surely or (self.commas and delimiter == ";")) else "."


def _of_commas(rows: bytes, delimiter: str, found: Decimals) -> Decimals:
    """Return what is seen, with what commas show, as far as it takes to be sure."""
    if delimiter == "," and b'"' not in rows:
        return found
    for whole, decimals in _numbers_with(b",", rows, delimiter):
        found = found._replace(commas=True, surely=not _are_thousands(whole, decimals))
        if found.surely or found.mark(delimiter) == ",":
            break
    return found


def _are_thousands(whole: bytes, decimals: bytes) -> bool:
    return len(decimals) == 3 and _BELOW_A_THOUSAND.fullmatch(whole) is not None


def _numbers_with(mark: bytes, text: bytes, delimiter: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield the digits before and after a mark of each cell that is a number with it."""
    before, after = _around(delimiter.encode(), mark)
    place = text.find(mark)
    while place >= 0:
        decimals = after.match(text, place + 1)
        whole = decimals and before.search(text, max(place - _LONGEST, 0), place)
        if decimals and whole:
            yield whole[1], decimals[1]
        place = text.find(mark, place + 1)


@cache
def _around(delimiter: bytes, mark: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Return how a cell goes on to both sides of a mark; what parts columns is quoted in a cell."""
    border, quoted = re.escape(delimiter) + rb"|[\r\n]", rb'"' if mark == delimiter else rb'"?'
    digits = rb"\d+" if mark == b"," else rb"\d*"
    before = rb"(?:\A|" + border + rb") *" + quoted + rb" *[+-]?(" + digits + rb")\Z"
    after = rb"(\d+)(?:[eE][+-]?\d+)? *" + quoted + rb" *(?=" + border + rb"|\Z)"
    return re.compile(before), re.compile(after)
