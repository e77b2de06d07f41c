"""What a message says of a column that is not there: the nearest that are, and why there may be no such names."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from difflib import get_close_matches

from hassenet.errors import listing
from hassenet.hierarchy.labels import as_text

_NUMBER = re.compile(r"[-+]?\d*[.,]?\d+(?:[eE][-+]?\d+)?")
_SEVERAL = re.compile(r"\S[ ;:|\t]+\S")


def nearest(name: str, there: Iterable[Hashable]) -> str:
    """Return the names that are most like one that is not there, capitals or not; all where none is.

    Names that are numbers, or one that may be several, come with what may be wrong with them.

    Examples
    --------
    >>> nearest("Age", ["age", "sex"])
    "did you mean 'age'?"
    >>> nearest("y", ["-0.436", "1.25", "b"])
    "there are '-0.436', '1.25', 'b'; if the first row is not one of names, put a row of names above it"
    >>> nearest("y", ["a   y"])
    "there are 'a   y'; if these are several columns, name what stands between them (--sep), one character or blanks"
    """
    names = [as_text(one) for one in there]
    alike = {one.casefold(): one for one in reversed(names)}
    near = [alike[one] for one in get_close_matches(name.casefold(), alike, n=3, cutoff=0.5)]
    of_marks = len(names) == 1 and _SEVERAL.search(names[0]) is not None
    if near and not of_marks:
        return f"did you mean {listing(near)}?"
    return f"there are {listing(names)}{_SEPARATE if of_marks else _of_values(names)}"


_SEPARATE = "; if these are several columns, name what stands between them (--sep), one character or blanks"


def _of_values(names: list[str]) -> str:
    are_numbers = sum(_NUMBER.fullmatch(name) is not None for name in names)
    return (
        "; if the first row is not one of names, put a row of names above it"
        if 2 * are_numbers > len(names)
        else ""
    )
