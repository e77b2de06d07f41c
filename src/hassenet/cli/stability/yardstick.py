"""What networks are judged by on rows held out, and what guessing reaches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.outcomes import linear
from hassenet.outcomes import Classes, HazardRatio, IntervalHazards, Outcomes
from hassenet.outcomes.target import OutcomeTarget
from hassenet.stability import LogLikelihood
from hassenet.stability.scores import judge_of_loss
from hassenet.task.target import Target


def yardstick(target: Target | OutcomeTarget) -> str:
    """Return what networks are judged by on examples held out, and what guessing reaches."""
    if isinstance(target, OutcomeTarget):
        return _of_outcomes(target)
    return _OF_NUMBERS if target.classes is None else _of_classes(target.values)


_OF_NUMBERS = "held out: R² of rows not learned from; always guessing the mean has 0"


def _of_classes(numbers: NDArray[np.int64]) -> str:
    most = np.bincount(numbers).max() / len(numbers)
    return (
        f"held out: accuracy on rows not learned from; always guessing the most frequent class has {most:.3f}"
    )


def _of_outcomes(target: OutcomeTarget) -> str:
    if is_of_times(target.outcomes):
        return "held out: Harrell's C of rows not learned from; guessing has 0.5"
    loss = target.outcomes.loss
    if judge_of_loss(loss) is None:
        is_of_classes = isinstance(target.outcomes.parts[0], Classes)
        return _of_classes(target.values[0][:, 0].astype(np.int64)) if is_of_classes else _OF_NUMBERS
    rows, nothing = np.arange(len(target)), np.zeros((len(target), 1))
    net = linear(nothing, target, rows)
    reached = LogLikelihood(loss)(net, nothing, target.encoded, target.offset)
    return f"held out: the mean log-likelihood of rows not learned from; guessing has {reached:.3f}"


def is_of_times(outcomes: Outcomes) -> bool:
    """Return whether the only target is a time until an event."""
    return len(outcomes.parts) == 1 and isinstance(outcomes.parts[0], HazardRatio | IntervalHazards)
