"""How large a run of the demonstration is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from hassenet.errors import ParameterError


@final
@dataclass(frozen=True)
class Settings:
    """The size of a run.

    Attributes
    ----------
    repeats, folds : int
        Cross-validation: ``folds`` parts, ``repeats`` times over.
    seed : int
        Of the folds; fold k trains with ``seed + k``.
    n_jobs : int
        The number of processes.
    epochs : int
        Of both networks.
    trees : int
        Of the forest.
    progress : bool
        Whether to show a bar.
    """

    repeats: int = 4
    folds: int = 5
    seed: int = 0
    n_jobs: int = 2
    epochs: int = 100
    trees: int = 500
    progress: bool = True

    def __post_init__(self) -> None:
        """Refuse sizes that make no run."""
        least = {"repeats": 1, "folds": 2, "epochs": 1, "trees": 1}
        for name, value in least.items():
            if getattr(self, name) < value:
                raise ParameterError(f"{name} must be at least {value}; got {getattr(self, name)}")
        if self.n_jobs == 0:
            raise ParameterError("n_jobs is a number of processes, or -1 for one a core; got 0")
