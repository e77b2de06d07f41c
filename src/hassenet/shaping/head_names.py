"""What the outputs of auxiliary heads are called: by the main output, and by what they look at."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True)
class RankHead:
    """An output that looks at the elements of one rank.

    Examples
    --------
    >>> print(RankHead("ill", 2))
    ill @ rank 2
    """

    output: Hashable
    rank: int

    def __str__(self) -> str:
        return f"{self.output} @ rank {self.rank}"


@final
@dataclass(frozen=True, slots=True)
class ElementHead:
    """An output that looks at one element.

    Examples
    --------
    >>> print(ElementHead("ill", "GO:0008150"))
    ill @ GO:0008150
    """

    output: Hashable
    element: Hashable

    def __str__(self) -> str:
        return f"{self.output} @ {self.element}"
