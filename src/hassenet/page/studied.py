"""What is known of elements from many trainings: how stable their scores are, and how often chance gives as much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import ParameterError, UnknownElementError, listing
from hassenet.stability.comparison import LEVEL

Floats = NDArray[np.float64]

_COLUMNS = {
    "mean": ("mean",),
    "low": ("low",),
    "high": ("high",),
    "top": ("top",),
    "p": ("p_permuted", "p", "pooled_p"),
    "fdr": ("pooled_fdr_permuted", "fdr_permuted", "pooled_fdr", "fdr"),
}
"""What a page shows, and the columns that hold it, the first that is there."""


def study(table: Mapping[str, Any], names: Sequence[str]) -> dict[str, Floats]:
    """Return the columns of a study for each element of a page, NaN where it has none.

    Parameters
    ----------
    table : mapping from column to values
        As of :meth:`hassenet.stability.Stability.table`, of :meth:`hassenet.stability.NullScores.table`, or both, or as
        ``hassenet stability`` writes it: element, mean, low, high, top, p, fdr, as far as they are there.
    names : sequence of n str

    Raises
    ------
    UnknownElementError, ParameterError
        If an element is not one of the model, or the table has no elements or no numbers for them.

    Examples
    --------
    >>> study({"element": ["lipids"], "mean": [0.4], "p": [0.01]}, ["gene", "lipids"])
    {'mean': array([nan, 0.4]), 'p': array([ nan, 0.01])}
    """
    given = {what: next((c for c in columns if c in table), None) for what, columns in _COLUMNS.items()}
    found = {what: column for what, column in given.items() if column is not None}
    if "element" not in table or not found:
        raise ParameterError(
            "a study has a column element, and of mean, low, high, top, p and fdr one at least; got "
            f"{listing(map(str, table))}; give elements.csv as hassenet stability writes it"
        )
    places = _places([str(element) for element in table["element"]], names)
    return {what: _placed(table[column], places, len(names)) for what, column in found.items()}


def _places(elements: Sequence[str], names: Sequence[str]) -> list[int]:
    number = {name: k for k, name in enumerate(names)}
    unknown = [element for element in elements if element not in number]
    if unknown:
        raise UnknownElementError(
            f"a study is of elements of the model; {listing(unknown, 3)} is not an element; give a study of the same "
            "hierarchy"
        )
    return [number[element] for element in elements]


def _placed(values: Any, places: Sequence[int], n: int) -> Floats:
    found = np.full(n, np.nan)
    found[places] = np.asarray(values, np.float64)
    return found


def verdict(found: Mapping[str, Floats]) -> str:
    """Return in a sentence which elements stand out from chance; "" where nothing was compared with it.

    Examples
    --------
    >>> verdict({"fdr": np.array([0.5, 0.04])})
    '1 of 2 elements stands out from chance (false discovery rate ≤ 0.1).'
    """
    if "fdr" not in found:
        return ""
    n, k = int((~np.isnan(found["fdr"])).sum()), int((found["fdr"] <= LEVEL).sum())
    some = f"{k:,}" if k else "none"
    stand = "stands" if k <= 1 else "stand"
    return f"{some} of {n:,} elements {stand} out from chance (false discovery rate ≤ {LEVEL:g})."
