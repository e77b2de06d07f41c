"""What a class can be called, and which class a cell names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Label = str | int | float | bool
"""The label of a class, as a table holds it and a model folder keeps it."""


_CODE = re.compile(r"[+-]?0\d+(\.\d*)?")
"""A number with zeros before it: a code, which is spelled so for a reason."""


def codes_of(values: Iterable[Any], classes: Sequence[Label]) -> NDArray[np.int64]:
    """Return the place of each value among the classes, −1 for none.

    A value is the class that is spelled as it is, but for blanks around it, or else the only one that is the same
    number: 1.0, 1 and "1", also where the class is "01" and no other is one; but "01" is not the class 1.

    Examples
    --------
    >>> codes_of(["01", "1", 2.0, "ill", None], ["01", "1", "2"])
    array([ 0,  1,  2, -1, -1])
    >>> codes_of(["1.0", "01", " 0"], [0, 1])
    array([ 1, -1,  0])
    """
    spelled = {str(label): k for k, label in enumerate(classes)}
    numbers = _by_number(classes)
    found: dict[Any, int] = {}
    return np.array([_code(value, spelled, numbers, found) for value in values], np.int64)


def _code(value: Any, spelled: Mapping[str, int], numbers: Mapping[float, int], found: dict[Any, int]) -> int:
    key = str(value)
    if key not in found:
        bare = key.strip()
        number = None if _CODE.fullmatch(bare) else _number(bare)
        as_number = -1 if number is None else numbers.get(number, -1)
        found[key] = spelled.get(key, spelled.get(bare, as_number))
    return found[key]


def _by_number(classes: Sequence[Label]) -> dict[float, int]:
    """Return the places of classes that are numbers, of those that no other equals."""
    each = [(_number(str(label)), k) for k, label in enumerate(classes)]
    times = Counter(number for number, _ in each)
    return {number: k for number, k in each if number is not None and times[number] == 1}


def _number(text: str) -> float | None:
    """Return the number that a text spells; truth values are 1 and 0."""
    if text.lower() in ("true", "false"):
        return float(text.lower() == "true")
    try:
        return float(text)
    except ValueError:
        return None
