"""Which features were taken, and what about them is worth a look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.text import short
from hassenet.data.compact import extremes, is_compact
from hassenet.errors import listing

_SHOWN = 8
_WIDTH = 80
_NAME_OF_AN_IDENTIFIER = re.compile(
    r"(.*[\W_])?(id|ids|idx|index|key|no|nr|row|sample|subject|patient|case|barcode)|unnamed: \d+",
    re.IGNORECASE,
)

Array = NDArray[Any]


def taken(X: Any, names: Sequence[str]) -> str:
    """Return how many features there are, the first of them, those that are constant, and those like identifiers.

    Examples
    --------
    >>> print(taken(np.array([[1, 5, 3.5], [2, 5, 0.1], [3, 5, 0.7]]), ["row", "site", "dose"]))
    features: 3 ('row', 'site', 'dose')
    constant, so without any effect: 'site'
    like identifiers, another whole number in each row: 'row'; leave them out with --drop if they are
    """
    lines = [f"features: {len(names):,} ({_listed(names)})"]
    if is_compact(X):
        low, high = extremes(X)
        return "\n".join([*lines, *_of_constant(_named(names, low >= high))])
    constant = _named(names, _are_constant(X))
    lines += _of_constant(constant)
    identifiers = _identifiers(X, names)
    if identifiers:
        lines.append(
            f"like identifiers, another whole number in each row: {listing(identifiers, _SHOWN)}; leave them out with "
            "--drop if they are"
        )
    return "\n".join(lines)


def _of_constant(names: Sequence[str]) -> list[str]:
    return [f"constant, so without any effect: {listing(names, _SHOWN)}"] if names else []


def _listed(names: Sequence[str]) -> str:
    """Return the first names, as many as a line holds."""
    first = [short(name) for name in names[:_SHOWN]]
    reach = accumulate(len(name) + 4 for name in first)
    return listing(map(short, names), max(sum(end <= _WIDTH for end in reach), 1))


def _named(names: Sequence[str], marked: Array) -> list[str]:
    return [short(names[k]) for k in np.flatnonzero(marked).tolist()]


def _are_constant(X: Array) -> Array:
    """Return which columns have one value, where there is any."""
    known = np.isfinite(X)
    low, high = np.where(known, X, np.inf).min(axis=0), np.where(known, X, -np.inf).max(axis=0)
    return np.asarray(low >= high)


def _identifiers(X: Array, names: Sequence[str]) -> list[str]:
    """Return the columns of whole numbers, none twice, that count rows or are called so."""
    steps = np.diff(X, axis=0)
    counts = (steps == steps[:1]).all(axis=0) & (X[:1] != X[-1:]).ravel() & (X == np.round(X)).all(axis=0)
    called = [k for k, name in enumerate(names) if _NAME_OF_AN_IDENTIFIER.fullmatch(name)]
    distinct = [k for k in called if _are_distinct(X[:, k])]
    return [short(names[k]) for k in sorted({*np.flatnonzero(counts).tolist(), *distinct})]


def _are_distinct(values: Array) -> bool:
    return bool((values == np.round(values)).all()) and len(np.unique(values)) == len(values)
