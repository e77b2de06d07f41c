"""Strata of which a model knows no baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from hassenet.data.noting import Note
from hassenet.errors import counted, listing

_TOLD = 3


@final
@dataclass(frozen=True)
class UnknownStrata(Note):
    """Strata of some rows that were not learned from, or none.

    Attributes
    ----------
    labels : tuple of str
        Those learned from.
    others : frozenset of str
        Those of the rows.
    n, m : int
        How many rows have such a one, and how many there are.

    Examples
    --------
    >>> UnknownStrata(("north", "south"), frozenset({"'east'"}), 1, 9).messages[0][:66]
    "strata are those learned from, 'north', 'south'; another or none i"
    """

    labels: tuple[str, ...]
    others: frozenset[str]
    n: int
    m: int

    @property
    def about(self) -> tuple[object, ...]:
        """The same strata learned from."""
        return UnknownStrata, self.labels

    @property
    def messages(self) -> list[str]:
        """One, where there is such a row."""
        if not self.n:
            return []
        shown = ", ".join(sorted(self.others)[:_TOLD]) + (", …" if len(self.others) > _TOLD else "")
        return [
            f"strata are those learned from, {listing(self.labels, 5)}; another or none is that of "
            f"{counted(self.n, 'row')} of {self.m:,} ({shown}): risks are known there, curves and medians are not"
        ]

    def joined(self, other: UnknownStrata) -> UnknownStrata:
        """Return that of the rows of both."""
        return UnknownStrata(self.labels, self.others | other.others, self.n + other.n, self.m + other.m)
