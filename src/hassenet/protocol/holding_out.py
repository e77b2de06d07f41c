"""Which rows of a table a model learned from, and which were held out, found again from the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import TargetError
from hassenet.task.splitting import of_classes, set_aside

Indices = NDArray[np.int64]
Array = NDArray[Any]


def held_out(m: int, codes: Indices | None, share: float, seed: int) -> tuple[Indices, Indices]:
    """Return the rows to learn from and those to hold out, of each class where there are classes.

    Raises
    ------
    TargetError
        If the share is fewer rows than there are classes, or one part would be empty.

    Examples
    --------
    >>> [len(rows) for rows in held_out(10, None, 0.2, seed=0)]
    [8, 2]
    """
    from sklearn.model_selection import train_test_split

    if not share:
        return np.arange(m), np.arange(0)
    try:
        learned, held = train_test_split(np.arange(m), test_size=share, random_state=seed, stratify=codes)
    except ValueError as error:
        raise TargetError(f"the rows cannot be split by class: {error}; change --test-size") from None
    return (
        (learned, held) if codes is None or _has_all(codes, learned, held) else _of_each(codes, share, seed)
    )


def _has_all(codes: Indices, *parts: Indices) -> bool:
    n = len(np.unique(codes))
    return all(len(np.unique(codes[rows])) == n for rows in parts)


def _of_each(codes: Indices, share: float, seed: int) -> tuple[Indices, Indices]:
    """Return the same where the share of a rare class is less than a row: one is held out, and one is left."""
    held = set_aside(of_classes(codes), len(codes), share, np.random.default_rng([seed, len(codes)]))
    return np.flatnonzero(~held), np.flatnonzero(held)


def as_figures(m: int, share: float, seed: int, features: Iterable[Array]) -> dict[str, float]:
    """Return what a model keeps to know its table again: how it was split, and a check sum of its features."""
    return {"rows": float(m), "share": float(share), "seed": float(seed), "check": float(check_sum(features))}


def check_sum(features: Iterable[Array]) -> int:
    """Return the check sum of columns of numbers, in the order of a model's features.

    Examples
    --------
    >>> check_sum([np.array([1, 2])]) == check_sum([np.array([1.0, 2.0])])
    True
    """
    found = 0
    for column in features:
        found = crc32(np.ascontiguousarray(column, np.float64).tobytes(), found)
    return found


def rows_held_out(
    figures: Mapping[str, float], codes: Array | None, features: Iterable[Array], m: int
) -> NDArray[np.bool_] | None:
    """Return which rows of a table were held out; None where it is not the table that the model was made from.

    Examples
    --------
    >>> X = np.arange(10.0)
    >>> mask = rows_held_out(as_figures(10, 0.2, 0, [X]), None, [X], 10)
    >>> int(mask.sum()), rows_held_out(as_figures(10, 0.2, 0, [X]), None, [X + 1], 10)
    (2, None)
    """
    if figures.get("rows") != m or figures.get("check") != check_sum(features):
        return None
    mask = np.zeros(m, bool)
    mask[held_out(m, codes, figures["share"], int(figures["seed"]))[1]] = True
    return mask
