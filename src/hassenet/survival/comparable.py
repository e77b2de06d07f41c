"""Whether times say anything of who has the event first."""

from __future__ import annotations

from typing import Any

import numpy as np

from hassenet.errors import TargetError
from hassenet.survival.targets import Observed, observed


def check_comparable(Y: Any) -> None:
    """Refuse times of which in no stratum an event comes while another example is observed: any risks fit them.

    Times without any event are refused by the loss.

    Parameters
    ----------
    Y : (m, 2) or (m, 3) array
        Time, event and stratum; see :func:`survival_targets`.

    Raises
    ------
    TargetError

    Examples
    --------
    >>> check_comparable(
    ...     [[1, 1, 0], [2, 1, 0], [3, 1, 1]]
    ... )  # the first event, while the second example is there
    """
    data = observed(Y)
    data = data.of(data.is_known)
    strata, place = np.unique(data.stratum, return_inverse=True)
    if data.event.any() and not _outlasts(data, place, len(strata)).any():
        raise TargetError(_message(len(strata)))


def _outlasts(data: Observed, place: Any, n: int) -> Any:
    """Return which examples are observed for longer than the first event of their stratum, or as long without one."""
    first = np.full(n, np.inf)
    np.minimum.at(first, place[data.event], data.time[data.event])
    return (data.time > first[place]) | (~data.event & (data.time == first[place]))


def _message(n: int) -> str:
    if n == 1:
        return "an event is compared with rows observed for longer; there is no such pair; give rows with later times"
    return (
        f"an event is compared with rows of its stratum observed for longer; in none of {n:,} strata is there such a "
        "pair; take fewer and larger strata, or none"
    )
