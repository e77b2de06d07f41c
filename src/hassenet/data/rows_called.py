"""What messages call rows that were taken out of others: their file, and their numbers in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray


@final
class RowsCalled(NamedTuple):
    """The file that rows are of, "" where it goes without saying, and their numbers in it, from 0.

    Examples
    --------
    >>> with RowsCalled("3.feather", np.arange(40, 60)).take([2, 7]).in_messages():
    ...     row_name(1)
    '48 of 3.feather'
    >>> row_name(1)
    '2'
    """

    file: str
    numbers: NDArray[np.int64]

    def take(self, rows: Any) -> RowsCalled:
        """Return that of some rows."""
        return RowsCalled(self.file, self.numbers[rows])

    @contextmanager
    def in_messages(self) -> Iterator[None]:
        """Let messages call rows so, inside and in this thread."""
        before = _called.set(self)
        try:
            yield
        finally:
            _called.reset(before)


_called: ContextVar[RowsCalled | None] = ContextVar("_called", default=None)


def row_name(k: int) -> str:
    """Return what messages call a row of those at hand, of which the first has the number 0: they count from 1.

    >>> row_name(999)
    '1,000'
    """
    rows = _called.get()
    if rows is None or k >= len(rows.numbers):
        return f"{k + 1:,}"
    return f"{rows.numbers[k] + 1:,}" + (f" of {rows.file}" if rows.file else "")
