"""How settings compare: losses out of fold, standard errors of paired differences, weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.network.averaging import averaged
from hassenet.selection.problem import Problem
from hassenet.selection.setting import Setting
from hassenet.selection.trainings import Outcome, of_setting

Array = NDArray[Any]
# A candidate with a smaller share than this of the best one's has no say: its networks would only take time.
_LEAST_WEIGHT = 0.05


@final
class Assessment(NamedTuple):
    """The mean loss of each setting over the rows, and how many standard errors it lies above the best.

    Attributes
    ----------
    settings : tuple of s Setting
        Those with a prediction for every row looked at.
    losses, z : (s,) array
    """

    settings: tuple[Setting, ...]
    losses: Array
    z: Array

    @property
    def weights(self) -> Array:
        """exp(−z²/2): the likelihood ratio of "as good as the best" under a normal error; small ones are made 0."""
        w = np.exp(-(self.z**2) / 2)
        w[w < _LEAST_WEIGHT] = 0.0
        return w / w.sum()


def assess(
    problem: Problem, fold: Array, outcomes: Sequence[Outcome], folds: Sequence[int], members: int
) -> Assessment:
    """Compare the settings on the rows of some folds, as they would do with so many members."""
    rows = np.isin(fold, folds)
    losses = {
        s: _expected(problem, fold, of_setting(outcomes, s), members)[rows] for s in _settings(outcomes)
    }
    done = tuple(s for s, loss in losses.items() if np.isfinite(loss).all())
    if not done:
        return Assessment((), np.zeros(0), np.zeros(0))
    w = np.ones(len(rows)) if problem.weight is None else problem.weight
    return Assessment(done, *paired(np.stack([losses[s] for s in done]), w[rows]))


def paired(losses: Array, weight: Array) -> tuple[Array, Array]:
    """Return the mean loss of each row of (s, m) losses, and z of its difference from the least, example by example.

    Examples
    --------
    >>> mean, z = paired(np.array([[1.0, 2.0, 3.0, 2.0], [1.5, 2.0, 4.0, 2.5]]), np.ones(4))
    >>> mean, z.round(2)
    (array([2. , 2.5]), array([0.  , 2.83]))
    """
    w = weight / weight.sum()
    mean = losses @ w
    D = losses - losses[mean.argmin()]
    error = np.sqrt(((D - (D @ w)[:, None]) ** 2) @ w**2)
    return mean, np.divide(D @ w, error, out=np.zeros(len(D)), where=error > 0)


def out_of_fold(fold: Array, outcomes: Sequence[Outcome]) -> Array:
    """Return the mean prediction for each row by the networks that have not seen it, NaN where there are none."""
    outputs, k = outcomes[0].network.activations[-1], outcomes[0].prediction.shape[1]
    mean = np.full((len(fold), k), np.nan)
    for f in {o.fold for o in outcomes}:
        of_fold = [o.prediction for o in outcomes if o.fold == f]
        mean[fold == f] = averaged(outputs, [(1 / len(of_fold), prediction) for prediction in of_fold])
    return mean


def _expected(problem: Problem, fold: Array, outcomes: Sequence[Outcome], members: int) -> Array:
    """Return the loss of each row that the mean of so many networks would have.

    The mean of k networks loses L_k = B + V/k, exactly so for a squared error: two seeds give B and V, and one network
    alone would mislead, as λ that is best for one is too strong for the mean of many.
    """
    L = problem.losses(out_of_fold(fold, outcomes), fold)
    k = min(sum(o.fold == f for o in outcomes) for f in {o.fold for o in outcomes})
    if k < 2 or members <= k:
        return L
    one = np.mean([problem.losses(out_of_fold(fold, r), fold) for r in _repeats(outcomes, k)], axis=0)
    V = (one - L) / (1 - 1 / k)
    return L - V * (1 / k - 1 / members)


def _repeats(outcomes: Sequence[Outcome], k: int) -> list[list[Outcome]]:
    """Return k lists with one network of each fold."""
    by_fold = [[o for o in outcomes if o.fold == f] for f in sorted({o.fold for o in outcomes})]
    return [[of_one[r] for of_one in by_fold] for r in range(k)]


def _settings(outcomes: Sequence[Outcome]) -> list[Setting]:
    return list(dict.fromkeys(o.setting for o in outcomes))
