"""What a method is called, and its remedy for scores that overflow."""

from __future__ import annotations

from typing import NamedTuple, final


@final
class Kind(NamedTuple):
    """What a method is called, what helps it, beside what helps all, where its scores overflow, and its sums.

    Attributes
    ----------
    name : str
    if_scores_overflow : str
    adds_up : bool
        Whether the scores of a rank add up to what is explained.
    """

    name: str
    if_scores_overflow: str = ""
    adds_up: bool = True
