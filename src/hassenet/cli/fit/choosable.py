"""Whether settings can be chosen for a table without a hierarchy, in about the time that people wait."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.reading import Read
from hassenet.errors import listing
from hassenet.outcomes.target import OutcomeTarget
from hassenet.selection.of_outcomes import rare_in_folds
from hassenet.task.folds import LEAST_OF_A_CLASS
from hassenet.task.label import Label
from hassenet.task.target import Target

_MOST_CELLS = 5_000_000


def reason_for_one_network(source: Read, rows: NDArray[Any], folds: int) -> str:
    """Return why one network is trained on some rows of a table, in place of several settings; "" for no reason."""
    return reason_of_folds(source, rows, folds) or reason_of_size(len(rows) * len(source.columns))


def reason_of_size(cells: int) -> str:
    """Return that choosing would take long, as a reason to train one network; "" where it would not."""
    if cells > _MOST_CELLS:
        return f"one network is trained: choosing settings would take long for {cells:,} cells to learn from"
    return ""


def reason_of_folds(source: Read, rows: NDArray[Any], folds: int) -> str:
    """Return what some fold would lack, as a reason to train one network; "" where none would lack anything."""
    rare = _rare(source.target, rows, folds)
    return (
        f"one network is trained: some of {folds} folds to choose settings by would lack {rare}"
        if rare
        else ""
    )


def _rare(target: Target | OutcomeTarget, rows: NDArray[Any], folds: int) -> str:
    """Return what would be missing while a fold is held out, of classes by their names; "" for nothing."""
    if isinstance(target, OutcomeTarget):
        return ", ".join(rare_in_folds(target.take(rows), folds))
    return listing(rare_classes(target, rows))


def rare_classes(target: Target, rows: NDArray[Any]) -> list[Label]:
    """Return the classes with one row or none, by their names in the table; of a regression there are none."""
    if target.classes is None:
        return []
    counts = np.bincount(target.values[rows], minlength=len(target.classes))
    return [c for c, n in zip(target.classes, counts.tolist(), strict=True) if n < LEAST_OF_A_CLASS]
