"""Which columns of scores belong to which ranks, and which to covariates."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import ParameterError
from hassenet.hierarchy import Covariate


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


def are_covariates(elements: Sequence[Hashable]) -> NDArray[np.bool_]:
    """Return which are covariates: they stand apart from the elements of rank 0, and chance keeps what they say."""
    return np.array([isinstance(element, Covariate) for element in elements], bool)


def by_rank(
    elements: Sequence[Hashable], ranks: NDArray[np.int64]
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield each rank, and where its elements stand, covariates not among them.

    Examples
    --------
    >>> [
    ...     (i, rows.tolist())
    ...     for i, rows in by_rank(["a", Covariate("age"), "b", "p"], np.array([0, 0, 0, 1]))
    ... ]
    [(0, [0, 2]), (1, [3])]
    """
    apart = are_covariates(elements)
    yield from ((int(i), np.flatnonzero((ranks == i) & ~apart)) for i in np.unique(ranks[~apart]))


def marked(columns: dict[str, Any], elements: Sequence[Hashable]) -> dict[str, Any]:
    """Return the columns of a table with one that says which rows are covariates, where some are."""
    apart = are_covariates(elements)
    return columns | {"covariate": apart} if apart.any() else columns
