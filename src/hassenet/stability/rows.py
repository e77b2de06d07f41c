"""Which columns of scores belong to which ranks."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import ParameterError


def rows_of(ranks: NDArray[np.int64], some: Iterable[int]) -> NDArray[np.int64]:
    """Return where elements of some of the ranks stand, or say that there are none."""
    some = list(some)
    rows = np.flatnonzero(np.isin(ranks, some))
    if not rows.size:
        got = some[0] if len(some) == 1 else some
        raise ParameterError(
            f"scores stand at the ranks {np.unique(ranks).tolist()}; got {got!r}; give some of these"
        )
    return rows
