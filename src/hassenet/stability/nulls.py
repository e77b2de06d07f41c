"""How often chance gives an element as high a score."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from hassenet.explain import deeplift
from hassenet.hierarchy import Hierarchy
from hassenet.stability._jobs import Array, check_number, examples, seeds, side_by_side
from hassenet.stability.recipe import Train
from hassenet.stability.rewiring import rewired
from hassenet.stability.scores import Statistic, share
from hassenet.stability.study import Explain

Floats = NDArray[np.float64]
Null = Callable[[Hierarchy, Array, int], tuple[Hierarchy, Array]]
"""(H, Y, seed) ↦ the hierarchy and the targets as chance might have them."""


def permuted_labels(H: Hierarchy, Y: Array, seed: int) -> tuple[Hierarchy, Array]:
    """Return H and the targets dealt out anew: nothing of X says anything about them.

    Examples
    --------
    >>> permuted_labels(Hierarchy.complete(1, 1), np.array([0, 1, 2]), seed=0)[1]
    array([2, 0, 1])
    """
    return H, Y[np.random.default_rng(seed).permutation(len(Y))]


def rewired_covers(H: Hierarchy, Y: Array, seed: int) -> tuple[Hierarchy, Array]:
    """Return :func:`rewired` H and the targets: elements keep how many they cover, and lose which.

    Examples
    --------
    >>> H = Hierarchy.random((20, 10, 3), density=0.3, seed=0)
    >>> rewired_covers(H, np.zeros(2), seed=1)[0].n_covers == H.n_covers
    True
    """
    return rewired(H, seed), Y


@final
@dataclass(frozen=True, eq=False, repr=False)
class NullScores:
    """The score of each element, and its scores under a null model.

    Attributes
    ----------
    elements : tuple of n Hashable
    ranks : (n,) array of int
    observed : (n,) array
    null : (k, n) array
        Of each of k draws from the null model.
    """

    elements: tuple[Hashable, ...]
    ranks: NDArray[np.int64]
    observed: Floats
    null: Floats

    @property
    def p(self) -> Floats:
        """(1 + how many draws reach the observed score) / (1 + k), for each element; never below 1 / (1 + k).

        Source: B. V. North, D. Curtis and P. C. Sham, "A note on the calculation of empirical p values from Monte Carlo
        procedures", American Journal of Human Genetics 71 (2002), 439–441.
        """
        return np.asarray((1 + (self.null >= self.observed).sum(axis=0)) / (1 + len(self.null)))

    @property
    def fdr(self) -> Floats:
        """The false discovery rate at which each element is among the discoveries, rank by rank.

        Source: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical
        Society B 57 (1995), 289–300.
        """
        p, found = self.p, np.empty(len(self.elements))
        for rank in np.unique(self.ranks):
            rows = self.ranks == rank
            found[rows] = false_discovery_control(p[rows], method="bh")
        return found

    def table(self) -> dict[str, Any]:
        """Return columns element, rank, observed, null and null_sd (mean and deviation of the draws), p and fdr."""
        return {
            "element": list(self.elements),
            "rank": self.ranks,
            "observed": self.observed,
            "null": self.null.mean(axis=0),
            "null_sd": self.null.std(axis=0),
            "p": self.p,
            "fdr": self.fdr,
        }

    def to_pandas(self) -> Any:
        """Return the table as a pandas DataFrame (``pip install hassenet[tables]``)."""
        from pandas import DataFrame

        return DataFrame(self.table())

    def __repr__(self) -> str:
        return f"NullScores({len(self.elements):,} elements, {len(self.null):,} draws)"

    def __str__(self) -> str:
        least = 1 / (1 + len(self.null))
        lines = [
            f"{len(self.elements):,} elements beside {len(self.null):,} draws; the least p there is is {least:.3g}"
        ]
        for rank in np.unique(self.ranks):
            of_rank = self.ranks == rank
            lines.append(
                f"  rank {rank}: {int((self.p[of_rank] <= 0.05).sum()):,} of {int(of_rank.sum()):,} with p ≤ 0.05, "
                f"{int((self.fdr[of_rank] <= 0.1).sum()):,} with a false discovery rate ≤ 0.1"
            )
        return "\n".join(lines)


def null_scores(
    train: Train,
    H: Hierarchy,
    X: Any,
    Y: Any,
    null: Null = permuted_labels,
    *,
    explain: Explain = deeplift,
    statistic: Statistic = share,
    draws: int = 99,
    repeats: int = 1,
    seed: int = 0,
    n_jobs: int | None = None,
    progress: bool = False,
) -> NullScores:
    """Score the elements of a network and of networks trained under a null model.

    Under the null model the observed score is one more draw, so that p is at most α with a probability of at most α.

    Parameters
    ----------
    train, H, X, Y, explain, statistic, n_jobs, progress
        As in :func:`stability`. All examples are learned from.
    null : callable
        :func:`permuted_labels`, :func:`rewired_covers`, or another (H, Y, seed) ↦ (H, Y) with the same elements.
    draws : int
        k; the least p is 1 / (1 + k).
    repeats : int
        A score is the mean over as many trainings, in the network and in each draw: less noise, at their cost.
    seed : int
        Each draw has a seed of its own from this one.

    Raises
    ------
    DataError, ParameterError
        If X or Y do not fit, or an option is outside its domain; and what a training raises.

    Examples
    --------
    >>> from hassenet.stability import Recipe
    >>> X = np.random.default_rng(0).standard_normal((40, 3))
    >>> recipe = Recipe(options={"epochs": 20})
    >>> found = null_scores(recipe, Hierarchy.complete(3, 2, 1), X, 2 * X[:, 0], draws=9)
    >>> found.table()["p"][0]
    np.float64(0.1)
    """
    check_number("draws", draws, 1)
    check_number("repeats", repeats, 1)
    features, targets = examples(H, X, Y)
    own = seeds(seed, 1 + draws)
    drawn = [(H, targets), *(null(H, targets, s) for s in own[1:])]
    tasks = [
        (train, G, features, y, explain, statistic, again)
        for (G, y), s in zip(drawn, own, strict=True)
        for again in seeds(s, repeats)
    ]
    found = side_by_side(_score, tasks, n_jobs, progress=progress)
    elements, ranks, _ = found[0]
    scores = np.stack([scores for *_, scores in found]).reshape(1 + draws, repeats, -1).mean(axis=1)
    return NullScores(elements, ranks, scores[0], scores[1:])


def _score(
    train: Train, H: Hierarchy, X: Any, Y: Array, explain: Explain, statistic: Statistic, seed: int
) -> tuple[tuple[Hashable, ...], NDArray[np.int64], Floats]:
    relevance = explain(train(H, X, Y, seed), X)
    return relevance.elements, relevance.ranks, np.asarray(statistic(relevance), float)
