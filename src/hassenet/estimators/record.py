"""The record of a training in scikit-learn's terms: losses, scores, and the rule by which it has converged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isnan
from typing import Any, final

import numpy as np

from hassenet.network import Network
from hassenet.training.progress import Progress


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
    of_losses, of_scores : Progress
        That of the losses, and of the scores with their signs turned; only what is monitored counts idle epochs.
    best : Network or None
        The network with the best score.

    Examples
    --------
    >>> record = Record(tol=0.1)
    >>> for loss in (1.0, 0.5, 0.45, 0.2):
    ...     record.add(loss)
    >>> record.best_loss, record.has_converged(patience=0)
    (0.2, False)
    """

    tol: float = 1e-4
    by_score: bool = False
    losses: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    of_losses: Progress = field(default_factory=Progress)
    of_scores: Progress = field(default_factory=Progress)
    best: Network | None = None

    @property
    def best_loss(self) -> float:
        """The least loss."""
        return self.of_losses.best

    @property
    def best_score(self) -> float:
        """The highest score."""
        return -self.of_scores.best

    @property
    def monitored(self) -> Progress:
        """The progress of what is looked at."""
        return self.of_scores if self.by_score else self.of_losses

    def add(self, loss: float, score: float | None = None, network: Network | None = None) -> None:
        """Append an epoch."""
        self.losses.append(loss)
        self.of_losses = self.of_losses.after(loss, self.tol)
        if score is not None:
            self._add_score(score, network)

    def _add_score(self, score: float, network: Network | None) -> None:
        self.scores.append(score)
        if self.of_scores.is_best(-score):
            self.best = network
        # scikit-learn counts a score that is not a number as progress
        self.of_scores = self.of_scores.anew() if isnan(score) else self.of_scores.after(-score, self.tol)

    def has_converged(self, patience: float) -> bool:
        """Return whether more epochs in a row than patience allows have not been progress."""
        return self.monitored.is_over(patience)

    def count_anew(self) -> None:
        """Begin anew to count epochs without progress."""
        self.of_losses, self.of_scores = self.of_losses.anew(), self.of_scores.anew()

    def state_dict(self) -> dict[str, Any]:
        """Return what is to be kept of the record, as arrays."""
        progress = [[one.best, float(one.idle)] for one in (self.of_losses, self.of_scores)]
        known = {
            "losses": np.array(self.losses),
            "scores": np.array(self.scores),
            "progress": np.array(progress),
        }
        return known if self.best is None else {**known, "best": self.best.theta}

    def load_state_dict(self, state: Mapping[str, Any], start: Network) -> None:
        """Go on with what was kept; the best network is one like the start."""
        self.losses, self.scores = state["losses"].tolist(), state["scores"].tolist()
        self.of_losses, self.of_scores = (
            Progress(best, int(idle)) for best, idle in state["progress"].tolist()
        )
        self.best = start.with_theta(state["best"]) if "best" in state else None

    def anew(self, tol: float, *, by_score: bool) -> Record:
        """Return a copy for other examples: the curves go on, and the best of earlier ones counts no more."""
        return Record(tol, by_score, [*self.losses], [*self.scores])

    def continued(self, tol: float, *, by_score: bool) -> Record:
        """Return a copy to which another run can add, by its own measure of progress; idle epochs count on."""
        idle = self.monitored.idle
        return replace(
            self,
            tol=tol,
            by_score=by_score,
            losses=[*self.losses],
            scores=[*self.scores],
            of_losses=replace(self.of_losses, idle=idle),
            of_scores=replace(self.of_scores, idle=idle),
        )
