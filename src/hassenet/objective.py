"""The first address of :mod:`hassenet.training.objective`, which stays importable."""

from __future__ import annotations

from hassenet.data.examples import Examples
from hassenet.training.objective import (
    AnyLoss,
    CostAndGradient,
    chosen_loss,
    cost,
    examples,
    gradient,
)

__all__ = ["AnyLoss", "CostAndGradient", "Examples", "chosen_loss", "cost", "examples", "gradient"]
