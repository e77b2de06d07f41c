"""Elements that other rows of a table have, and a model has not: what its own rows did not show of a column."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence

from hassenet.data.variable import missing_of
from hassenet.errors import HassenetWarning, listing

_LEVEL, _PART, _POOLED = "=", ": ", ", others"


def places_known(
    elements: Sequence[str], names: Collection[str], columns: Collection[str], what: str
) -> list[int]:
    """Return the places of elements but for those of a column that the rows of the model did not show.

    As whether a value is missing, or a level: a study learns from all rows, a model from those that are not held out.
    What belongs to no column stays, and is refused where it is looked up.

    Warns
    -----
    HassenetWarning
        If some are left out.

    Examples
    --------
    >>> places_known(["age", "lipids"], {"age"}, {"age"}, "the study")
    [0, 1]
    """
    known, there = set(names), set(columns)
    left_out = {one for one in elements if one not in known and _is_of_a_column(one, there)}
    if left_out:
        warnings.warn(
            f"of {what} the page leaves out what the rows that the model learned from did not show: "
            f"{listing(sorted(left_out), 5)}",
            HassenetWarning,
            stacklevel=4,
        )
    return [k for k, one in enumerate(elements) if one not in left_out]


def _is_of_a_column(element: str, columns: set[str]) -> bool:
    """Return whether an element is a column of the table, or one of the features that are made of it."""
    ends = (missing_of(""), _POOLED)
    bases = [element, *(element.removesuffix(end) for end in ends)]
    bases += [
        base for mark in (_LEVEL, _PART) for base in (element.partition(mark)[0], element.rpartition(mark)[0])
    ]
    return any(base in columns for base in bases)
