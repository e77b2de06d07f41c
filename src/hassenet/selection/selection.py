"""What a search found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from hassenet.network import Ensemble
from hassenet.selection.candidate import Candidate
from hassenet.selection.effort import Effort
from hassenet.selection.setting import Setting


@final
@dataclass(frozen=True, eq=False, repr=False)
class Selection:
    """The networks that are kept, what was tried, and the predictions out of fold.

    Attributes
    ----------
    ensemble : Ensemble
        The networks of the folds of the candidates kept; a candidate's weight is shared among its networks. Where
        settings were chosen on some rows, a network of each that has learned from all.
    candidates : tuple of Candidate
        All that were tried, the best first.
    out_of_fold : (m, k) array
        For each row the weighted mean of the networks that have not seen it, on the scale of the outputs; NaN where
        Ctrl-C came before there were some, and of rows that settings were not chosen on.
    fold : (m,) array
        The fold in which each row was held out; −1 of rows that settings were not chosen on.
    effort : Effort
        How much was to be tried.
    stopped : "done" or "interrupted"
    settings : tuple of Setting
        That of each network of the ensemble.
    learned_from : int, optional
        How many rows the networks have learned from, where settings were chosen on some of them.
    """

    ensemble: Ensemble
    candidates: tuple[Candidate, ...]
    out_of_fold: NDArray[Any]
    fold: NDArray[Any]
    effort: Effort
    stopped: Literal["done", "interrupted"]
    settings: tuple[Setting, ...] = ()
    learned_from: int | None = None

    @property
    def chosen(self) -> tuple[Candidate, ...]:
        """The candidates with a share of the prediction."""
        return tuple(c for c in self.candidates if c.weight > 0)

    @property
    def is_chosen_on(self) -> NDArray[np.bool_]:
        """Which rows the settings were chosen on, (m,)."""
        return self.fold >= 0

    @property
    def is_predicted(self) -> NDArray[np.bool_]:
        """Which rows have a prediction out of fold, (m,)."""
        found: NDArray[np.bool_] = np.isfinite(self.out_of_fold).all(axis=1)
        return found

    def __repr__(self) -> str:
        tried = f"{len(self.candidates)} candidates, {len(self.chosen)} kept"
        return f"Selection({tried}, {len(self.ensemble)} networks, {self.stopped})"
