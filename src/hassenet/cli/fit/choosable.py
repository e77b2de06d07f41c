"""Whether settings can be chosen for a table without a hierarchy, in about the time that people wait."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.reading import Read
from hassenet.errors import listing
from hassenet.task.label import Label
from hassenet.task.target import Target

_MOST_CELLS = 5_000_000


def reason_for_one_network(source: Read, rows: NDArray[Any], folds: int) -> str:
    """Return why one network is trained on some rows of a table, in place of several settings; "" for no reason."""
    rare, cells = rare_classes(source.plain, rows, folds), len(rows) * len(source.columns)
    if rare:
        return (
            f"one network is trained: some of {folds} folds to choose settings by would lack {listing(rare)}"
        )
    if cells > _MOST_CELLS:
        return f"one network is trained: choosing settings would take long for {cells:,} cells to learn from"
    return ""


def rare_classes(target: Target, rows: NDArray[Any], folds: int) -> list[Label]:
    """Return the classes with fewer rows than folds, by their names in the table; of a regression there are none."""
    if target.classes is None:
        return []
    counts = np.bincount(target.values[rows], minlength=len(target.classes))
    return [c for c, n in zip(target.classes, counts.tolist(), strict=True) if n < folds]
