"""Numbers that a target may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.scaling import check_squares
from hassenet.errors import NotFiniteError


def check_finite_targets(Y: NDArray[Any], names: Sequence[str], rows: NDArray[Any] | None = None) -> None:
    """Refuse infinite numbers, (m, k), by their column and the first row, of ``rows`` where these are some of all.

    Raises
    ------
    NotFiniteError

    Examples
    --------
    >>> check_finite_targets(np.array([[1.0], [np.inf]]), ["dose"])
    Traceback (most recent call last):
    hassenet.errors.NotFiniteError: a target that is a number is finite; 'dose' is infinite in row 2; correct it, or
    leave out such rows
    """
    where, which = np.nonzero(np.isinf(Y))
    if len(where):
        row = int(where[0] if rows is None else rows[where[0]])
        raise NotFiniteError(
            f"a target that is a number is finite; {names[which[0]]!r} is infinite in row {row + 1:,}; correct it, or "
            "leave out such rows"
        )


def check_amounts(Y: NDArray[Any], names: Sequence[str], rows: NDArray[Any] | None = None) -> None:
    """Refuse numbers of which there are no means or deviations, (m, k), NaN where one is missing.

    Raises
    ------
    NotFiniteError
        If one is infinite, or so large that squares have no finite sum.
    """
    check_finite_targets(Y, names, rows)
    check_squares(Y, names)
