"""A network beside its rewired and its complete twin, on examples held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.stability._jobs import Array, check_number, examples, seeds, side_by_side
from hassenet.stability.completing import complete_twin
from hassenet.stability.recipe import Train
from hassenet.stability.resampling import Folds, Resampling, Rows
from hassenet.stability.rewiring import rewired
from hassenet.stability.scores import Judge, judge_of

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False, repr=False)
class Twins:
    """What networks reached on the same examples held out, run by run.

    Attributes
    ----------
    hierarchy, rewired, complete : (r,) arrays
        On the hierarchy, on a rewired one (another in each run), and on the complete one with about as many parameters.
        NaN where the examples held out cannot tell, as R² of targets that do not vary: means are over runs without any.
    """

    hierarchy: Floats
    rewired: Floats
    complete: Floats

    @property
    def _judged(self) -> Floats:
        """What was reached in the runs in which all three were judged, (3, runs)."""
        scores = np.stack([self.hierarchy, self.rewired, self.complete])
        return scores[:, ~np.isnan(scores).any(axis=0)]

    def table(self) -> dict[str, Any]:
        """Return columns network, mean, sd, and how much lower the mean is than that of the hierarchy, with its sd.

        Only runs count in which all three were judged; without any the numbers are NaN.
        """
        judged = self._judged if self._judged.size else np.full((3, 1), np.nan)
        behind = judged[0] - judged
        return {
            "network": ["hierarchy", "rewired", "complete"],
            "mean": judged.mean(axis=1),
            "sd": judged.std(axis=1),
            "behind": behind.mean(axis=1),
            "behind_sd": behind.std(axis=1),
        }

    def to_pandas(self) -> Any:
        """Return the table as a pandas DataFrame (``pip install hassenet[tables]``)."""
        from pandas import DataFrame

        return DataFrame(self.table())

    def __repr__(self) -> str:
        means = ", ".join(f"{name} {mean:.3f}" for name, mean in zip(*self._means, strict=True))
        return f"Twins({means}; {len(self.hierarchy):,} runs)"

    def __str__(self) -> str:
        t = self.table()
        left_out = len(self.hierarchy) - self._judged.shape[1]
        note = f", of which {left_out:,} could not be judged" if left_out else ""
        lines = [f"held out, {len(self.hierarchy):,} runs{note}"]
        lines += [
            f"  {name}: {mean:.3f} ± {sd:.3f}"
            for name, mean, sd in zip(t["network"], t["mean"], t["sd"], strict=True)
        ]
        return "\n".join(lines)

    @property
    def _means(self) -> tuple[list[str], Floats]:
        table = self.table()
        return table["network"], table["mean"]


def twins(
    train: Train,
    H: Hierarchy,
    X: Any,
    Y: Any,
    *,
    resampling: Resampling = Folds(5),
    judge: Judge | None = None,
    runs: int = 5,
    seed: int = 0,
    n_jobs: int | None = None,
    progress: bool = False,
) -> Twins:
    """Train on the hierarchy, on rewired ones and on the complete twin, and judge each on the same examples held out.

    Where the hierarchy does no better than its rewired twins, what its elements are called is no part of its success.

    Parameters
    ----------
    train, H, X, Y, judge, seed, n_jobs, progress
        As in :func:`stability`; ``train`` has to take hierarchies with other elements, as :class:`Recipe` does.
    resampling : Resampling
        One that holds examples out.
    runs : int

    Raises
    ------
    DataError, ParameterError
        If X or Y do not fit, nothing is held out, or an option is outside its domain; and what a training raises.

    Examples
    --------
    >>> from hassenet.stability import Recipe
    >>> X = np.random.default_rng(0).standard_normal((40, 3))
    >>> twins(
    ...     Recipe(options={"epochs": 20}), Hierarchy.complete(3, 2, 1), X, 2 * X[:, 0], runs=2
    ... ).rewired.shape
    (2,)
    """
    check_number("runs", runs, 1)
    features, targets = examples(H, X, Y)
    complete, tasks = complete_twin(H), []
    for run, own in enumerate(seeds(seed, runs)):
        rows = _rows(resampling, len(targets), run, seed)
        tasks += [(train, G, features, targets, *rows, judge, own) for G in (H, rewired(H, own), complete)]
    found = np.array(side_by_side(_held_out, tasks, n_jobs, progress=progress)).reshape(runs, 3)
    return Twins(*found.T)


def _rows(resampling: Resampling, m: int, run: int, seed: int) -> tuple[Rows, Rows]:
    learned, held_out = resampling.rows(m, run, seed)
    if not len(held_out):
        raise ParameterError(
            "twins are compared on examples held out; there are none; take Folds or Bootstrap"
        )
    return learned, held_out


def _held_out(
    train: Train,
    H: Hierarchy,
    X: Any,
    Y: Array,
    learned: Rows,
    held_out: Rows,
    judge: Judge | None,
    seed: int,
) -> float:
    net = train(H, X[learned], Y[learned], seed)
    return (judge or judge_of(net))(net, X[held_out], Y[held_out])
