"""Sizes, default names and random covers."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import pairwise
from operator import index

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from hassenet._checks import SOME_OR_ALL, require_number
from hassenet.errors import ParameterError
from hassenet.hierarchy.covers import Covers


def checked_shape(shape: Sequence[int]) -> tuple[int, ...]:
    """Return (n₀,…,n_D) as ints, each at least 1."""
    try:
        sizes = tuple(map(_size, shape))
    except TypeError:
        raise ParameterError(f"a shape is a sequence of whole numbers, one a rank; got {shape!r}") from None
    if not sizes or min(sizes) < 1:
        raise ParameterError(f"every rank holds at least one element; got the shape {sizes}")
    return sizes


def _size(n: int) -> int:
    """Return a size as an int; a truth value is not one, as for sizes everywhere."""
    if isinstance(n, bool | np.bool_):
        raise TypeError
    return index(n)


def default_names(shape: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
    """Return x0, … for rank 0, h1_0, … for rank 1, …, y0, … for rank D."""
    prefixes = ["x", *(f"h{i}_" for i in range(1, len(shape) - 1)), "y"]
    return tuple(tuple(f"{p}{k}" for k in range(n)) for p, n in zip(prefixes, shape, strict=False))


def given_names(
    shape: tuple[int, ...], names: Sequence[Sequence[Hashable] | None] | None
) -> tuple[tuple[Hashable, ...], ...]:
    """Return names rank by rank, those that have none by default."""
    default = default_names(shape)
    if names is None:
        return default
    if len(names) != len(default) and any(rank is None for rank in names):
        raise ParameterError(
            f"names has an entry a rank, of which there are {len(default)}; got {len(names)}"
        )
    return tuple(default[i] if rank is None else tuple(rank) for i, rank in enumerate(names))


def cover_counts(
    shape: tuple[int, ...], density: float | None, covers: Sequence[int] | None
) -> tuple[int, ...]:
    """Return the number of covers of each layer, from a density or as given."""
    if (density is None) == (covers is None):
        raise ParameterError("give either density=… or covers=…, one of the two")
    layers = list(pairwise(shape))
    if covers is not None:
        return _checked_counts(layers, covers)
    share = require_number("a density", density, SOME_OR_ALL)
    return tuple(max(round(share * low * up), up) for low, up in layers)


def _checked_counts(layers: list[tuple[int, int]], covers: Sequence[int]) -> tuple[int, ...]:
    if len(covers) != len(layers):
        raise ParameterError(f"covers has one number a layer, {len(layers)} of them; got {len(covers)}")
    for i, ((low, up), c) in enumerate(zip(layers, covers, strict=True)):
        if not up <= c <= low * up:
            raise ParameterError(
                f"layer {i} joins {low} elements to {up} and takes from {up} (each covers one) to {low * up} covers; "
                f"got {c}"
            )
    return tuple(map(int, covers))


def random_covers(low: int, up: int, n: int, rng: np.random.Generator) -> Covers:
    """Return n random covers; no upper element is isolated, and a lower one only where n < low.

    The first max(low, up) pairs walk through both ranks in random order side by side; the others are drawn from what is
    left, each set as likely as any other.
    """
    if n == low * up:
        return Covers((up, low))
    k = np.arange(min(n, max(low, up)))
    base = rng.permutation(up)[k % up] * low + rng.permutation(low)[k % low]
    flat = np.sort(np.concatenate([base, _draw(n - len(base), low * up, base, rng)]))
    indptr = np.searchsorted(flat, np.arange(up + 1) * low)
    return Covers((up, low), csr_array((np.ones(n, bool), flat % low, indptr), shape=(up, low)))


def _draw(n: int, of: int, without: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Return n distinct numbers below ``of``, none from ``without``."""
    if n > of // 4:
        return rng.permutation(np.setdiff1d(np.arange(of), without))[:n]
    drawn: NDArray[np.int64] = np.zeros(0, np.int64)
    while len(drawn) < n:
        fresh = _new(
            rng.integers(of, size=2 * (n - len(drawn)) + 16), np.sort(np.concatenate([without, drawn]))
        )
        drawn = np.concatenate([drawn, rng.permutation(fresh)[: n - len(drawn)]])
    return drawn


def _new(numbers: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the distinct numbers that are not in ``known``, both in order; many times faster than np.setdiff1d."""
    numbers.sort()
    is_new = np.ones(len(numbers), bool)
    is_new[1:] = numbers[1:] != numbers[:-1]
    if len(known):
        places = np.searchsorted(known, numbers)
        is_new &= known[np.minimum(places, len(known) - 1)] != numbers
    return numbers[is_new]
