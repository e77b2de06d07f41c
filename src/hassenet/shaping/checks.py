"""What the steps ask of their numbers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from hassenet.errors import ParameterError
from hassenet.hierarchy.relation import check_names


def listed(what: str, value: object) -> list[Hashable]:
    """Return what is in a sequence of names, or refuse what is not one.

    >>> listed("kinds", ["mutation", "deletion"])
    ['mutation', 'deletion']
    """
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ParameterError(f"{what} are given in a list; got {value!r}; put it into one")
    names = list(value)
    check_names(names)
    return names
