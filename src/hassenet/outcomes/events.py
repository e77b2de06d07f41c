"""What rows, all or a part of them, say of the event that times end with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

from hassenet.errors import TargetError, listing
from hassenet.outcomes.outcome import Array
from hassenet.outcomes.reading import places_in
from hassenet.tables import Table


@final
@dataclass(frozen=True)
class Events:
    """Whether a time ends with the event, whether a row has its cell, and which other cells there are, where none does.

    Examples
    --------
    >>> Events.joined([Events(False, False, frozenset({"DEAD"})), Events(False, True)]).has_cell
    True
    """

    end_a_time: bool
    has_cell: bool
    others: frozenset[str] = frozenset()

    @staticmethod
    def of(table: Table, event: str, seen: str | None, values: Array) -> Events:
        """Return what a table says, whose times and events are these values."""
        if (values[:, 1] == 1).any():
            return Events(True, True)
        if seen is None:
            return Events(False, True)
        places, others = places_in(table, event, (seen,), "whether the event was seen")
        return Events(False, bool((places == 0).any()), frozenset(others))

    @staticmethod
    def joined(some: Iterable[Events]) -> Events:
        """Return what all rows say, of what parts of them do."""
        ends, cells, others = zip(*((one.end_a_time, one.has_cell, one.others) for one in some), strict=True)
        return Events(any(ends), any(cells), frozenset().union(*others))

    def check(self, time: str, event: str, seen: str | None) -> None:
        """Refuse times of which none ends with the event, and first a cell for it that no row has.

        Raises
        ------
        TargetError
        """
        if not self.has_cell:
            raise TargetError(
                f"the event of {event!r} is the cell {seen!r}; there is none, but {listing(sorted(self.others), 5)}; "
                "name one of these, or add rows with it"
            )
        if not self.end_a_time:
            raise TargetError(
                f"of survival times one at least ends with an event; of {time!r} none does, by {event!r}; add rows "
                f"with events, or say which cell is the event when the model is made: hassenet fit --event {event}=CELL"
            )
