"""Whether times, as they are given, say anything of who has the event first."""

from __future__ import annotations

from typing import Any

from hassenet.likelihoods.comparable import check_comparable as check_times
from hassenet.survival.targets import observed


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
    check_times(*observed(Y))
