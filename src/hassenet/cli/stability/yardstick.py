"""What networks are judged by on rows held out, and what guessing reaches."""

from __future__ import annotations

import numpy as np

from hassenet.cli.fit.outcomes import linear
from hassenet.outcomes import HazardRatio, IntervalHazards, Outcomes
from hassenet.outcomes.target import OutcomeTarget
from hassenet.stability import LogLikelihood
from hassenet.task.target import Target


def yardstick(target: Target | OutcomeTarget) -> str:
    """Return what networks are judged by on examples held out, and what guessing reaches."""
    if isinstance(target, OutcomeTarget):
        return _of_outcomes(target)
    if target.classes is None:
        return "held out: R² of rows not learned from; always guessing the mean has 0"
    most = np.bincount(target.values).max() / len(target.values)
    return (
        f"held out: accuracy on rows not learned from; always guessing the most frequent class has {most:.3f}"
    )


def _of_outcomes(target: OutcomeTarget) -> str:
    if is_of_times(target.outcomes):
        return "held out: Harrell's C of rows not learned from; guessing has 0.5"
    rows, nothing = np.arange(len(target)), np.zeros((len(target), 1))
    reached = LogLikelihood(target.outcomes.loss)(linear(nothing, target, rows), nothing, target.encoded)
    return f"held out: the mean log-likelihood of rows not learned from; guessing has {reached:.3f}"


def is_of_times(outcomes: Outcomes) -> bool:
    """Return whether the only target is a time until an event."""
    return len(outcomes.parts) == 1 and isinstance(outcomes.parts[0], HazardRatio | IntervalHazards)
