"""Histograms of many features at once, each bar a letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.page.data import Distributions, Rank
from hassenet.page.shown import Shown

Array = NDArray[Any]
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

BARS = 20
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""The heights 0, 1, …, 63 of a bar; a picture of 64 steps is as fine as a screen needs."""
_ROOM = 1 << 22


@final
class Groups(NamedTuple):
    """The classes of the rows.

    Attributes
    ----------
    names : tuple of str
        None where the classes are not known.
    codes : (m,) array of int
        The class of each row, −1 for none; 0 where the classes are not known.
    """

    names: tuple[str, ...]
    codes: Indices

    @property
    def n(self) -> int:
        """The number of groups, at least one."""
        return max(len(self.names), 1)

    @property
    def sizes(self) -> Indices:
        """How many rows each group has."""
        return np.bincount(self.codes[self.codes >= 0], minlength=self.n)


def spelled(heights: Floats) -> str:
    """Return a letter for each height between 0 and 1; only 0 is spelled "A", so that nothing rare goes unseen.

    >>> spelled(np.array([0.0, 1e-6, 0.5, 1.0]))
    'ABg_'
    """
    return "".join(LETTERS[k] for k in np.ceil(heights.ravel() * (len(LETTERS) - 1)).astype(int).tolist())


def of_ranks(shown: Shown, groups: Groups) -> tuple[tuple[Rank, ...], Distributions]:
    """Return how the features of each rank and of each of its elements are distributed."""
    parts = [_of_rank(shown, np.asarray(x, float), groups, i) for i, x in enumerate(shown.features)]
    return tuple(rank for rank, _ in parts), _joined([part for _, part in parts])


def _joined(parts: Sequence[Distributions]) -> Distributions:
    def joined(name: str) -> Floats:
        return np.concatenate([getattr(part, name) for part in parts])

    numbers: dict[str, Any] = {
        name: joined(name) for name in ("low", "high", "mean", "deviation", "means", "tallest")
    }
    return replace(parts[0], **numbers, heights="".join(part.heights for part in parts))


def _of_rank(shown: Shown, x: Floats, groups: Groups, i: int) -> tuple[Rank, Distributions]:
    low, high = x.min(axis=0), x.max(axis=0)
    shares = counts(x, low, high, groups) / np.maximum(groups.sizes, 1)[:, None]
    tallest = shares.max(axis=(1, 2))
    heights = spelled(shares / np.where(tallest > 0, tallest, 1)[:, None, None])
    found = Distributions(groups.names, tuple(groups.sizes.tolist()), low, high, x.mean(axis=0), x.std(axis=0),
                          _means(x, groups), heights, tallest)  # fmt: skip
    return _rank(shown, i, x, int((low == high).sum()) if len(x) > 1 else 0), found


def _means(x: Floats, groups: Groups) -> Floats:
    """Return the mean of each column in each group, NaN where it has no row."""
    inside = [x[groups.codes == g] for g in range(groups.n)]
    return np.stack(
        [part.mean(axis=0) if len(part) else np.full(x.shape[1], np.nan) for part in inside], axis=1
    )


def _rank(shown: Shown, i: int, x: Floats, constant: int) -> Rank:
    low, high = (float(x.min()), float(x.max())) if x.size else (0.0, 0.0)
    all_ = np.bincount(_bars(x.ravel(), np.float64(low), np.float64(high), 2 * BARS), minlength=2 * BARS)
    return Rank(x.shape[1], shown.relays[i], shown.activations[i], constant, low, high,
                spelled(all_ / max(all_.max(), 1)))  # fmt: skip


def counts(x: Floats, low: Floats, high: Floats, groups: Groups) -> Floats:
    """Return how many rows of each group lie in each bar, (elements, groups, bars).

    Parameters
    ----------
    x : (m, n) array
    low, high : (n,) arrays
        The ends of the bars of each column, all of equal width. Where they are equal all lie in the middle.
    """
    m, n = x.shape
    total = np.zeros(n * groups.n * BARS)
    at_once = max(_ROOM // max(n, 1), 1)
    for start in range(0, m, at_once):
        rows = slice(start, start + at_once)
        known = groups.codes[rows] >= 0
        bars = _bars(x[rows][known], low, high)
        cells = (np.arange(n) * groups.n + groups.codes[rows][known, None]) * BARS + bars
        total += np.bincount(cells.ravel(), minlength=len(total))
    return total.reshape(n, groups.n, BARS)


def _bars(x: Floats, low: Any, high: Any, n: int = BARS) -> Indices:
    width = np.where(high > low, high - low, 1.0)
    place = np.where(high > low, (x - low) / width, 0.5)
    return np.minimum((place * n).astype(np.int64), n - 1)
