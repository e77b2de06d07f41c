"""Where the elements of a picture stand: an order with few crossings, then a place for each."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Pairs = tuple[Indices, Indices]  # (upper, lower), numbered inside their rows
_SWEEPS = 16


def crossings(pairs: Sequence[Pairs], places: Sequence[NDArray[np.generic]]) -> int:
    """Return how many pairs of lines cross, for the places of each row's elements.

    >>> crossings([(np.array([0, 1]), np.array([1, 0]))], [np.array([0, 1]), np.array([0, 1])])
    1
    """
    return sum(_inversions(places[i][low], places[i + 1][up]) for i, (up, low) in enumerate(pairs))


def _inversions(lower: NDArray[np.generic], upper: NDArray[np.generic]) -> int:
    order = np.lexsort((upper, lower))
    seen: list[float] = []
    count = 0
    for value in upper[order].tolist():
        count += len(seen) - bisect_right(seen, value)
        insort(seen, value)
    return count


def ordered(sizes: Sequence[int], pairs: Sequence[Pairs]) -> list[Indices]:
    """Return each element's place in its row, by barycentres, swept up and down; the sweep with fewest crossings."""
    places = [np.arange(n) for n in sizes]
    best, fewest = places, crossings(pairs, places)
    for sweep in range(_SWEEPS):
        places = _sweep(places, pairs, up=sweep % 2 == 0)
        count = crossings(pairs, places)
        if count < fewest:
            best, fewest = places, count
    return best


def _sweep(places: Sequence[Indices], pairs: Sequence[Pairs], up: bool) -> list[Indices]:
    new = list(places)
    rows = range(1, len(places)) if up else range(len(places) - 2, -1, -1)
    for i in rows:
        mine, other, beside = (*pairs[i - 1], new[i - 1]) if up else (*pairs[i][::-1], new[i + 1])
        new[i] = _ranked(_barycentres(mine, beside[other] / max(len(beside) - 1, 1), new[i]))
    return new


def _barycentres(mine: Indices, beside: Floats, places: Indices) -> Floats:
    """Return the mean place of each element's neighbours, on [0, 1]; its own where it has none."""
    n = len(places)
    count = np.bincount(mine, minlength=n)
    total = np.bincount(mine, beside, minlength=n)
    return np.where(count > 0, total / np.maximum(count, 1), places / max(n - 1, 1)) + 1e-9 * places


def _ranked(values: Floats) -> Indices:
    ranks = np.empty(len(values), np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks


def placed(places: Sequence[Indices], widths: Sequence[Floats], pairs: Sequence[Pairs]) -> list[Floats]:
    """Return x for every element: near its neighbours, in the given order, neighbours in a row never overlapping.

    A row's x minimises Σ(x − mean x of the neighbours)² under x of the next ≥ x + half of both widths: after taking
    the least distances away, that is isotonic regression.
    """
    orders = [np.argsort(place) for place in places]
    least = [_least_distances(width[order]) for width, order in zip(widths, orders, strict=True)]
    x = [_unordered(gaps - gaps.mean(), order) for gaps, order in zip(least, orders, strict=True)]
    for sweep in range(2 * _SWEEPS):
        rows = range(len(x)) if sweep % 2 == 0 else range(len(x) - 1, -1, -1)
        for i in rows:
            x[i] = _fitted(_wished(i, x, pairs), orders[i], least[i])
    return x


def _least_distances(width: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum((width[:-1] + width[1:]) / 2)])


def _unordered(values: Floats, order: Indices) -> Floats:
    x = np.empty_like(values)
    x[order] = values
    return x


def _fitted(wish: Floats, order: Indices, least: Floats) -> Floats:
    free = isotonic_regression(wish[order] - least).x
    return _unordered(free + least, order)


def _wished(i: int, x: Sequence[Floats], pairs: Sequence[Pairs]) -> Floats:
    """Return the mean x of the neighbours below and above; an element's own x where it has none."""
    total, count = np.zeros(len(x[i])), np.zeros(len(x[i]))
    beside = [(*pairs[i - 1], x[i - 1])] if i > 0 else []
    beside += [(*pairs[i][::-1], x[i + 1])] if i < len(pairs) else []
    for mine, other, there in beside:
        total += np.bincount(mine, there[other], minlength=len(total))
        count += np.bincount(mine, minlength=len(total))
    return np.where(count > 0, total / np.maximum(count, 1), x[i])
