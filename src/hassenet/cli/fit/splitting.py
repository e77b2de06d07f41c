"""The rows to learn from and those to judge by, so that a rare class is on both sides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import TargetError
from hassenet.task.splitting import of_classes, set_aside
from hassenet.task.target import Target

Rows = NDArray[np.int64]


def rows_of_both(target: Target, m: int, share: float, seed: int) -> tuple[Rows, Rows]:
    """Return the rows to learn from and the share to hold out, of each class where there are classes.

    Raises
    ------
    TargetError
        If the share is fewer rows than there are classes, or one part would be empty.
    """
    from sklearn.model_selection import train_test_split

    codes = None if target.classes is None else target.values
    try:
        learned, held = train_test_split(np.arange(m), test_size=share, random_state=seed, stratify=codes)
    except ValueError as error:
        raise TargetError(f"the rows cannot be split by class: {error}; change --test-size") from None
    return (
        (learned, held) if codes is None or _has_all(codes, learned, held) else _of_each(codes, share, seed)
    )


def _has_all(codes: Rows, *parts: Rows) -> bool:
    n = len(np.unique(codes))
    return all(len(np.unique(codes[rows])) == n for rows in parts)


def _of_each(codes: Rows, share: float, seed: int) -> tuple[Rows, Rows]:
    """Return the same where the share of a rare class is less than a row: one is held out, and one is left."""
    held = set_aside(of_classes(codes), len(codes), share, np.random.default_rng([seed, len(codes)]))
    return np.flatnonzero(~held), np.flatnonzero(held)
