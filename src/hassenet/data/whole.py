"""Columns of a stream that are kept in memory."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray


@final
@dataclass(frozen=True, eq=False)
class Whole:
    """A table of the plainest kind: arrays of equal length by their names.

    Parameters
    ----------
    values : mapping from Hashable to (m,) array

    Examples
    --------
    >>> found = Whole({"y": np.array([0, 1])})
    >>> found.columns, len(found), found["y"]
    (('y',), 2, array([0, 1]))
    """

    values: Mapping[Hashable, NDArray[Any]]

    @property
    def columns(self) -> tuple[Hashable, ...]:
        """The names, in order."""
        return tuple(self.values)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """The columns side by side, (m, k)."""
        return np.column_stack(tuple(self.values.values())).astype(dtype, copy=False)

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))

    def __getitem__(self, name: Hashable) -> NDArray[Any]:
        return self.values[name]
