"""Whether times say anything of who has the event first."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import TargetError

Array = NDArray[Any]


def check_comparable(time: Array, event: Array, stratum: Array) -> None:
    """Refuse times of which in no stratum an event comes while another example is observed: any risks fit them.

    Times without any event are refused by the loss.

    Parameters
    ----------
    time : (m,) array
        NaN where nothing is known.
    event : (m,) array of bool
        Whether the event was seen then.
    stratum : (m,) array

    Raises
    ------
    TargetError

    Examples
    --------
    >>> times, events = np.array([1.0, 2.0, 3.0]), np.array([True, True, True])
    >>> check_comparable(
    ...     times, events, np.array([0, 0, 1])
    ... )  # the first event, while the second example is there
    """
    known = ~np.isnan(time)
    strata, place = np.unique(stratum[known], return_inverse=True)
    if event[known].any() and not _outlasts(time[known], event[known], place, len(strata)).any():
        raise TargetError(_message(len(strata)))


def _outlasts(time: Array, event: Array, place: Array, n: int) -> Array:
    """Return which examples are observed for longer than the first event of their stratum, or as long without one."""
    first = np.full(n, np.inf)
    np.minimum.at(first, place[event], time[event])
    return np.asarray((time > first[place]) | (~event & (time == first[place])))


def _message(n: int) -> str:
    if n == 1:
        return "an event is compared with rows observed for longer; there is no such pair; give rows with later times"
    return (
        f"an event is compared with rows of its stratum observed for longer; in none of {n:,} strata is there such a "
        "pair; take fewer and larger strata, or none"
    )
