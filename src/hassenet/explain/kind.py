"""What a method is called, and its remedy for scores that overflow."""

from __future__ import annotations

from typing import NamedTuple, final


@final
class Kind(NamedTuple):
    """What a method is called, and what helps it, beside what helps all, where its scores overflow."""

    name: str
    if_scores_overflow: str = ""
