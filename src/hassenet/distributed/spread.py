"""Examples over partitions: which of them lie where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Rows = NDArray[np.int64]


@final
class Share(NamedTuple):
    """The examples of a batch that lie in one partition.

    Attributes
    ----------
    part : int
    places : array of int
        Among the examples of the partition.
    within : array of int
        Where they stand in the batch.
    """

    part: int
    places: Rows
    within: Rows


@final
@dataclass(frozen=True, eq=False)
class Spread:
    """Which examples lie in which partition.

    Parameters
    ----------
    starts : (P + 1,) array of int
        The number of the first row of each partition, and of all rows.
    rows : (m,) array of int or None
        The numbers of the rows that are the examples, in their order; None: all.

    Examples
    --------
    >>> spread = Spread(np.array([0, 3, 5]), np.array([4, 0, 2]))
    >>> [(part, rows.tolist(), examples.tolist()) for part, rows, examples in spread.parts]
    [(0, [0, 2], [1, 2]), (1, [1], [0])]
    >>> [(share.part, share.places.tolist()) for share in spread.shares(np.array([2, 0]))]
    [(0, [1]), (1, [0])]
    """

    starts: Rows
    rows: Rows | None = None

    @property
    def m(self) -> int:
        """The number of examples."""
        return int(self.starts[-1] if self.rows is None else len(self.rows))

    @property
    def parts(self) -> Iterator[Share]:
        """For each partition with examples its number, their rows in it, and their numbers among all examples."""
        yield from self._whole if self.rows is None else self._divided(self.rows)

    @property
    def _whole(self) -> Iterator[Share]:
        for part, (start, end) in enumerate(pairwise(self.starts.tolist())):
            if start < end:
                yield Share(part, np.arange(end - start), np.arange(start, end))

    def some(self, places: Any) -> Spread:
        """Return which of the examples at some places lie where; all of them for None.

        >>> Spread(np.array([0, 3, 5])).some([4, 0]).rows
        array([4, 0])
        """
        if places is None:
            return self
        rows = np.arange(self.m) if self.rows is None else self.rows
        return Spread(self.starts, rows[places])

    def shares(self, batch: Rows) -> Iterator[Share]:
        """Yield what of a batch of examples lies in each partition."""
        if self.rows is None:
            yield from self._divided(batch)
        else:
            for part, _, within in self._divided(self.rows[batch]):
                yield Share(part, self._place[batch[within]], within)

    @cached_property
    def _place(self) -> Rows:
        """The place of each example among those of its partition."""
        place = np.empty(self.m, np.int64)
        for _, _, examples in self.parts:
            place[examples] = np.arange(len(examples))
        return place

    def _divided(self, rows: Rows) -> Iterator[Share]:
        part = np.searchsorted(self.starts, rows, side="right") - 1
        order = np.argsort(part, kind="stable")
        ends = np.searchsorted(part[order], np.arange(len(self.starts)))
        for p, (start, end) in enumerate(pairwise(ends)):
            if start < end:
                within = order[start:end]
                yield Share(p, rows[within] - self.starts[p], within)
