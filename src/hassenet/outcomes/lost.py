"""Rows that were lost before the end of the first interval: they say nothing of hazards."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import HassenetWarning, TargetError
from hassenet.outcomes.interval_hazards import IntervalHazards
from hassenet.outcomes.outcome import Outcome


def reaching(parts: Sequence[Outcome], says: NDArray[np.bool_], lost: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the rows that say something, of (m,) truth values; a warning counts those that were lost too early.

    Raises
    ------
    TargetError
        If all were.
    """
    if lost.any() and not says.any():
        raise TargetError(f"{_rule(parts)}; all rows were lost before; divide time into more intervals")
    if lost.any():
        note_lost(parts, int(lost.sum()), len(lost))
    return np.flatnonzero(says)


def note_lost(parts: Sequence[Outcome], n: int, m: int) -> None:
    """Warn that n of m rows were lost too early."""
    warnings.warn(
        f"{_rule(parts)}; {n:,} of {m:,} rows were lost before, say nothing, and are left out; more intervals, of "
        "which the first ends sooner, keep more of them",
        HassenetWarning,
        stacklevel=5,
    )


def _rule(parts: Sequence[Outcome]) -> str:
    ends = [f"{part.name!r} = {part.cuts[0]:g}" for part in parts if isinstance(part, IntervalHazards)]
    return f"hazards are learned from rows that reached the end of the first interval, {', '.join(ends)}, or the event"
