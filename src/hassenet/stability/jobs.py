"""What the studies have in common: trainings side by side, their seeds, the functions that they are given."""

from __future__ import annotations

from typing import Any

from hassenet.errors import ParameterError
from hassenet.training.seeds import seeds
from hassenet.training.side_by_side import side_by_side

__all__ = ["check_functions", "seeds", "side_by_side"]


def check_functions(**given: Any) -> None:
    """Raise ParameterError unless all are functions."""
    for name, value in given.items():
        if not callable(value):
            raise ParameterError(f"{name} is a function; got {value!r}; give {_EXAMPLES[name]}")


_EXAMPLES = {
    "train": "a Recipe(), or (H, X, Y, seed) ↦ network",
    "explain": "explain.deeplift, or another (network, X) ↦ Relevance",
    "statistic": "share or magnitude, or another Relevance ↦ a number an element",
    "judge": "accuracy or r_squared, or another (network, X, Y) ↦ number; None for the usual one",
    "null": "permuted_labels or rewired_covers, or another (H, Y, seed) ↦ (H, Y)",
}
