"""The rows of a table by their places, as scikit-learn asks for those of data frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar, final

import numpy as np
from numpy.typing import NDArray


class _Taken(Protocol):
    def __len__(self) -> int: ...

    def take(self, rows: NDArray[np.int64]) -> Self: ...


T = TypeVar("T", bound=_Taken)


@final
@dataclass(frozen=True, eq=False)
class Rows(Generic[T]):
    """The rows of a table: some of them, or a mask of all, make a table of these.

    Parameters
    ----------
    table : Table

    Examples
    --------
    >>> from hassenet.tables import Table
    >>> people = Table({"age": np.array([31, 64, 50])})
    >>> people.iloc[1:]["age"].tolist(), people.iloc[np.array([True, False, True])]["age"].tolist()
    ([64, 50], [31, 50])
    """

    table: T

    def __getitem__(self, rows: Any) -> T:
        return self.table.take(np.atleast_1d(np.arange(len(self.table))[rows]))
