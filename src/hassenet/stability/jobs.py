"""What the studies have in common: trainings side by side, their seeds, the functions that they are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from hassenet.checkpoints import described, digest
from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.stability.recipe import Recipe, Train
from hassenet.training.seeds import seeds
from hassenet.training.side_by_side import side_by_side

__all__ = ["check_functions", "parts_of_study", "seeds", "side_by_side"]


def parts_of_study(study: str, H: Hierarchy, data: Any, train: Train, **options: Any) -> dict[str, str]:
    """Return all that the results of a study follow from, part by part, as a checkpoint folder compares it."""
    large = {"hierarchy": digest(H), "data": digest(data)}
    return {"study": study, **large, **_of_training(train), **_described(options)}


def _of_training(train: Train) -> dict[str, str]:
    if not isinstance(train, Recipe):
        return {"train": described(train)}
    options = train.training
    shared = {f.name: getattr(options, f.name) for f in fields(options) if f.name not in _WITHOUT_A_PART}
    own = {"hidden": train.hidden, "output": train.output, "dtype": train.dtype}
    return _described({**own, **shared, "engine of the trainings": options.engine})


def _described(options: Mapping[str, Any]) -> dict[str, str]:
    return {name: described(value) for name, value in options.items()}


_WITHOUT_A_PART = {"seed", "progress", "n_threads", "callbacks", "engine"}
"""Options that change no bit, those with another name here, and callbacks, which only their author knows."""


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
