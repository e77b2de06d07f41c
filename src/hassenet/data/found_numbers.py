"""What columns of numbers are: features, with gaps or not, identifiers, or constants."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import is_finite
from hassenet.data.dates_of_digits import are_dates_of_digits
from hassenet.data.found import CONSTANT, EMPTY, IDENTIFIER, Found, Infinite, LeftOut, Seen
from hassenet.data.numerical import Numerical
from hassenet.data.sentinels import sentinels_in
from hassenet.data.truths import are_truths

Array = NDArray[Any]
Indices = NDArray[np.int64]
NAME_OF_AN_IDENTIFIER = re.compile(
    r"(.*[\W_])?(p?id|ids|pidnum|uuid|guid|idx|index|key|no|nr|num|number|row|sample|subject|"
    r"patient|case|record|serial|barcode|obs|observation|row[\W_]?(names?|numbers?))|unnamed: \d+|",
    re.IGNORECASE,
)


def of_numbers(
    numbers: Mapping[str, Array], rows: Indices | None, kept: Collection[str], asked: Collection[str]
) -> Iterator[tuple[str, Seen]]:
    """Yield what columns of numbers are, in all rows finite, as they are known from some."""
    infinite = {name: n for name, x in numbers.items() if (n := _n_infinite(x))}
    yield from ((name, Infinite(n)) for name, n in infinite.items())
    names = [name for name in numbers if name not in infinite]
    if not names:
        return
    of_rows = (numbers[name] if rows is None else numbers[name][rows] for name in names)
    X = np.stack([np.asarray(x, np.float64) for x in of_rows])
    for name, one in zip(names, _of_block(names, X, kept, asked), strict=True):
        yield name, _seen_as(one, numbers[name], are_asked=name in asked)


def are_whole(x: Array) -> bool:
    """Return whether known numbers are whole; the first of many tell most that they are not."""
    return x.dtype.kind != "f" or all(_all_whole(part) for part in (x[:100], x))


def _all_whole(x: Array) -> bool:
    known = x[~np.isnan(x)]
    return bool((known == np.round(known)).all())


def _n_infinite(x: Array) -> int:
    return 0 if is_finite(x) else int(np.isinf(x).sum())


def _of_block(
    names: Sequence[str], X: Array, kept: Collection[str], asked: Collection[str]
) -> list[Found | LeftOut]:
    """Return what each row of a matrix is: the values of a column."""
    gaps = np.isnan(X).mean(axis=1) if X.shape[1] else np.zeros(len(X))
    constant = (X[:, :1] == X).all(axis=1)
    usual = _medians(X, gaps)
    every = zip(names, X, gaps.tolist(), constant.tolist(), usual.tolist(), strict=True)
    return [of_one_column(*one, is_kept=one[0] in kept, is_asked=one[0] in asked) for one in every]


def _medians(X: Array, gaps: Array) -> Array:
    """Return the median of each row, of what is not missing; 0 where nothing is."""
    found = np.zeros(len(X))
    whole = np.flatnonzero(gaps == 0)
    if X.shape[1]:
        found[whole] = np.median(X[whole], axis=1)
    for k in np.flatnonzero((gaps > 0) & (gaps < 1)).tolist():
        found[k] = np.median(X[k][~np.isnan(X[k])])
    return found


def _seen_as(one: Found | LeftOut, x: Array, *, are_asked: bool) -> Found | LeftOut:
    """Return a column of numbers, and whether these are truth values, or dates of digits that nobody asked for."""
    if isinstance(one, LeftOut):
        return one
    return one._replace(of_truths=are_truths(x), of_dates=not are_asked and are_dates_of_digits(x))


def of_one_column(
    name: str, x: Array, gaps: float, constant: bool, usual: float, *, is_kept: bool, is_asked: bool
) -> Found | LeftOut:
    """Return what numbers are, of which the share that is missing and the median are known."""
    if gaps == 1 and not is_kept:
        return LeftOut(name, EMPTY)
    if constant and not is_kept:
        return LeftOut(name, CONSTANT)
    if not (is_kept or is_asked) and NAME_OF_AN_IDENTIFIER.fullmatch(name) and _are_identifiers(x):
        return LeftOut(name, IDENTIFIER)
    sentinels = sentinels_in(x)
    if not gaps:
        return Found(name, None, [usual], sentinels=sentinels)
    return Found(name, Numerical(name, gaps=True), [usual, 0.0], gaps, sentinels=sentinels)


def _are_identifiers(x: Array) -> bool:
    """Return whether these are whole numbers of which none stands there twice."""
    known = x[~np.isnan(x)]
    return _all_whole(x) and len(np.unique(known)) == len(known)
