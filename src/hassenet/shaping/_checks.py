"""What the steps ask of their numbers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np

from hassenet._relation import check_names
from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy


def hierarchy(H: object) -> Hierarchy:
    """Return a hierarchy, or say that it is none.

    >>> hierarchy([("a", "b")])
    Traceback (most recent call last):
    hassenet.errors.ParameterError: a step of shaping takes a Hierarchy; got list; make one, as by Hierarchy.from_covers
    """
    if isinstance(H, Hierarchy):
        return H
    remedy = "give its .hierarchy" if hasattr(H, "hierarchy") else "make one, as by Hierarchy.from_covers"
    raise ParameterError(f"a step of shaping takes a Hierarchy; got {type(H).__name__}; {remedy}")


def whole(what: str, value: object, least: int) -> int:
    """Return a whole number that is not below the least one, or say that it is none."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ParameterError(f"{what} is a whole number ≥ {least}; got {value!r}")
    return int(value)


def listed(what: str, value: object) -> list[Hashable]:
    """Return what is in a sequence of names, or say that it is none.

    >>> listed("kinds", ["mutation", "deletion"])
    ['mutation', 'deletion']
    """
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ParameterError(f"{what} are given in a list; got {value!r}; put it into one")
    names = list(value)
    check_names(names)
    return names
