"""What the estimators of times until an event have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import TargetError
from hassenet.estimators.checks import sample_weights
from hassenet.outcomes.given import times_given
from hassenet.survival import concordance

Array = NDArray[Any]


def concordance_of(y: Any, risk: Array, labels: Sequence[str], sample_weight: Any) -> float:
    """Return Harrell's concordance of a risk with times as they are given; rows of weight 0 are left out."""
    _, values = times_given(y, tuple(labels))
    counts = (
        np.ones(len(risk), bool) if sample_weight is None else sample_weights(sample_weight, len(risk)) > 0
    )
    return concordance(values[counts], risk[counts])


def strata_in_intervals() -> TargetError:
    """Return the refusal of strata where hazards are those of intervals."""
    return TargetError(
        "strata are those of the loss 'cox'; a target of hazards in intervals has time and event; make the "
        "stratum a column of X, or a covariate"
    )
