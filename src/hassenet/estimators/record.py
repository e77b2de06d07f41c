"""The record of a training, and the rule by which it has converged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import final

import numpy as np

from hassenet.network import Network


@final
@dataclass
class Record:
    """What was seen after each epoch, over all calls of a warm start or of ``partial_fit``.

    Attributes
    ----------
    tol : float
        How much better an epoch must be to count as progress.
    by_score : bool
        Whether progress is that of the validation score, else of the training loss.
    losses, scores : list of float
        One an epoch.
    best_loss, best_score : float
        The best so far.
    best : Network or None
        The network with the best score.
    idle : int
        The number of consecutive epochs without progress.

    Examples
    --------
    >>> record = Record(tol=0.1)
    >>> for loss in (1.0, 0.5, 0.45, 0.2):
    ...     record.add(loss)
    >>> record.best_loss, record.idle
    (0.2, 0)
    """

    tol: float = 1e-4
    by_score: bool = False
    losses: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    best_loss: float = np.inf
    best_score: float = -np.inf
    best: Network | None = None
    idle: int = 0

    def add(self, loss: float, score: float | None = None, network: Network | None = None) -> None:
        """Append an epoch."""
        self.losses.append(loss)
        self.idle = self.idle + 1 if self._no_progress(loss, score) else 0
        self.best_loss = min(loss, self.best_loss)
        if score is not None:
            self._add_score(score, network)

    def continued(self, tol: float, *, by_score: bool) -> Record:
        """Return a copy to which another run can add, by its own measure of progress."""
        return replace(self, tol=tol, by_score=by_score, losses=[*self.losses], scores=[*self.scores])

    def _no_progress(self, loss: float, score: float | None) -> bool:
        if self.by_score and score is not None:
            return score < self.best_score + self.tol
        return loss > self.best_loss - self.tol

    def _add_score(self, score: float, network: Network | None) -> None:
        self.scores.append(score)
        if score > self.best_score:
            self.best_score, self.best = score, network
