"""How often chance gives an element as high a score."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet._checks import require_whole_number
from hassenet.checkpoints import Place
from hassenet.data.examples import Examples
from hassenet.errors import ParameterError
from hassenet.explain import deeplift
from hassenet.hierarchy import Covariate, Hierarchy, Relay
from hassenet.likelihoods import CoxLoss, Loss
from hassenet.shaping.rewiring import rewired
from hassenet.stability.added import apart, require_offset_taken, with_added
from hassenet.stability.coding import codec_of_scores
from hassenet.stability.comparison import NullScores
from hassenet.stability.covariates import Known, Observed, order_of_chance, permuted_within
from hassenet.stability.jobs import check_functions, parts_of_study, seeds, side_by_side
from hassenet.stability.parts import parts_of
from hassenet.stability.preparing import Prepare, prepared
from hassenet.stability.recipe import Train, named_loss
from hassenet.stability.scores import Statistic, share
from hassenet.stability.scoring import Explain, Scored, first_difference, scored, together
from hassenet.stability.subject import Subject
from hassenet.stability.training import trained
from hassenet.training.results import folder_for, results_in

Array = NDArray[Any]
_WITH_STRATA = 3  # columns of times, events and strata
_HUB = 0  # the seed of the way from the order observed to one from which all draws start
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


def null_scores(
    train: Train,
    H: Hierarchy,
    X: Any,
    Y: Any,
    null: Null = permuted_labels,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    exposure: Any = None,
    explain: Explain = deeplift,
    statistic: Statistic = share,
    prepare: Prepare | None = None,
    draws: int = 99,
    repeats: int = 1,
    seed: int = 0,
    n_jobs: int | None = None,
    progress: bool = False,
    checkpoint: Place | None = None,
    every: float | None = None,
) -> NullScores:
    """Score the elements of a network and of networks trained under a null model.

    Under the null model the observed score is one more draw, so that p is at most α with a probability of at most α.

    Parameters
    ----------
    train, H, X, Y, sample_weight, offset, exposure, explain, statistic, prepare, n_jobs, progress, checkpoint, every
        As in :func:`stability`; what is kept serves more draws, too. All examples are learned from. Weights stay
        with the rows of X where targets are permuted.
    null : callable
        :func:`permuted_labels`, :func:`rewired_covers`, or another (H, Y, seed) ↦ (H, Y) with the same elements.
        Rows of Y are permuted as they are: times with their events, gaps of several targets with what is there. Times
        stay in their stratum. Where H has covariates, rows are permuted with the probability that a regression on these
        gives each order: so what goes with a covariate alone is found in the draws too.

        An offset or an exposure goes with its target. If features have nothing to do with the rate of counts, nor with
        what these are counted in, then the pairs (count, exposure) are exchangeable beside the rows of X, whatever the
        distribution of counts is; a count alone is not, as rows of a longer exposure have larger ones. It is the same
        with a number and its offset, which is y − o without one, and with a time and its event. Where features do say
        something of the exposure itself, as of a library size, make its logarithm a covariate in place of an exposure:
        it stays with its row, and counts are dealt out as a regression on it gives. A function of yours finds what is
        added to the signals as the last columns of Y, and returns it so.
    draws : int
        k; the least p is 1 / (1 + k), so that a false discovery rate of 0.1 for one of n elements of a rank alone takes
        10n − 1 draws; :attr:`NullScores.pooled_fdr` takes about 20.
    repeats : int
        A score is the mean over as many trainings, in the network and in each draw: less noise, at their cost.
    seed : int
        Each draw has a seed of its own from this one, and has nothing to do with the runs of :func:`stability` or
        :func:`twins` with the same.

    Raises
    ------
    CheckpointError
        If the checkpoint is of another call, of another version, or in use.
    DataError, ParameterError
        If X or Y do not fit, an option is outside its domain, or the null model or a training gives other elements; and
        what a training raises.
    NotFiniteError, ShapeError
        If a score is not finite, or a statistic not one number an element.

    Examples
    --------
    >>> from hassenet.stability import Recipe
    >>> X = np.random.default_rng(0).standard_normal((40, 3))
    >>> recipe = Recipe(options={"epochs": 20})
    >>> found = null_scores(recipe, Hierarchy.complete(3, 2, 1), X, 2 * X[:, 0], draws=9)
    >>> found.table()["p"][0]
    np.float64(0.1)
    """
    require_whole_number("draws", draws, 1)
    require_whole_number("repeats", repeats, 1)
    check_functions(train=train, null=null, explain=explain, statistic=statistic)
    subject = Subject.of(train, H, X, Y, sample_weight, offset, exposure)
    H, data = subject.hierarchy, subject.data
    if data.offset is not None:
        require_offset_taken(train=train)
    prepare = subject.prepare(prepare)
    if null is permuted_labels:
        null = _permuted(train, H, data, prepare)
    study = _Study(train, H, data, null, explain, statistic, prepare)
    own = seeds("null_scores", seed, 1 + draws)
    # The network itself comes last: an invalid null model is found before much has been trained.
    order = [
        (draw, k, again)
        for draw in (*range(1, 1 + draws), 0)
        for k, again in enumerate(seeds("training", own[draw], repeats), 1)
    ]
    tasks = [(study, draw, own[draw], again) for draw, _, again in order]
    judging = {"explain": explain, "statistic": statistic, "prepare": prepare}
    parts = partial(parts_of_study, "null scores", H, data, train, null=null, seed=seed, **judging)
    keys = [f"draw {draw}, training {k}" for draw, k, _ in order]
    with folder_for(checkpoint, parts, every) as folder:
        kept = results_in(folder, keys, codec_of_scores(H))
        found = side_by_side(_draw, tasks, n_jobs, progress=progress, kept=kept)
        elements, ranks, scores = together(found)
    *drawn, observed = scores.reshape(1 + draws, repeats, -1).mean(axis=1)
    return NullScores(elements, ranks, observed, np.stack(drawn))


def _permuted(train: Train, H: Hierarchy, data: Examples, prepare: Prepare | None) -> Null:
    """Return how targets are dealt out: given covariates, and within strata, where there are any."""
    if not H.covariates and not isinstance(named_loss(train), CoxLoss):
        return permuted_labels
    data = prepared(prepare, data, np.arange(len(data)))
    if H.covariates:
        return GivenCovariates.of(H, data, named_loss(train))
    strata = strata_of(train, data.Y)
    return permuted_labels if strata is None else WithinStrata(strata)


def strata_of(train: Train, Y: Any) -> Array | None:
    """Return the strata of times until an event, which stay where they are; None where there are none."""
    loss = named_loss(train)
    has_strata = isinstance(loss, CoxLoss) and np.ndim(Y) == 2 and np.shape(Y)[1] == _WITH_STRATA
    return np.asarray(Y)[:, 2] if has_strata else None


@final
@dataclass(frozen=True, eq=False)
class WithinStrata:
    """H, and the targets dealt out anew among the examples of each stratum.

    Parameters
    ----------
    strata : (m,) array

    Examples
    --------
    >>> Y = np.array([[1, 1, 0], [2, 0, 1], [3, 1, 0], [4, 1, 1]])
    >>> WithinStrata(Y[:, 2])(Hierarchy.complete(1, 1), Y, 2)[1][:, 2]
    array([0, 1, 0, 1])
    """

    strata: Array

    def __call__(self, H: Hierarchy, Y: Array, seed: int) -> tuple[Hierarchy, Array]:
        """Return H and the targets of one draw."""
        return H, Y[permuted_within(self.strata, np.random.default_rng(seed), len(Y))]


@final
@dataclass(frozen=True, eq=False)
class GivenCovariates:
    """H, and the targets in an order that chance might give them, had they to do with covariates alone.

    Parameters
    ----------
    targets : tuple of Observed
        Those that go together, each with its gaps.
    Z : (m, 1 + q) array
        An intercept and the covariates.
    """

    targets: tuple[Observed, ...]
    Z: Array

    @staticmethod
    def of(H: Hierarchy, data: Examples, loss: Loss | None = None) -> GivenCovariates:
        """Return that of examples of a hierarchy with covariates, of targets as the loss takes them."""
        at = [k for k, e in enumerate(H.ranks[0]) if isinstance(e, Covariate)]
        C = data.X[:, at]
        known = Known.of(C.toarray() if issparse(C) else C, len(data))
        return GivenCovariates(parts_of(loss, data.Y, data.offset), known.beside())

    def __call__(self, H: Hierarchy, Y: Array, seed: int) -> tuple[Hierarchy, Array]:
        """Return H and the targets of one draw."""
        return H, Y[order_of_chance(self.targets, self.Z, _HUB, seed)]


@final
@dataclass(frozen=True, eq=False)
class _Study:
    train: Train
    H: Hierarchy
    data: Examples
    null: Null
    explain: Explain
    statistic: Statistic
    prepare: Prepare | None


def _draw(study: _Study, draw: int, own: int, seed: int) -> Scored:
    """Return the scores of one training: of draw 0, that of the network itself, on what there is."""
    H, data = _drawn(study, own) if draw else (study.H, study.data)
    data = prepared(study.prepare, data, np.arange(len(data)))
    where = f"draw {draw} of the null model" if draw else "the network itself"
    return scored(study.explain, study.statistic, trained(study.train, H, data, seed), data.X, where)


def _drawn(study: _Study, seed: int) -> tuple[Hierarchy, Examples]:
    """Return hierarchy and examples as chance might have them; weights stay with their rows of X."""
    H, Y = study.null(study.H, np.asarray(with_added(study.data)), seed)
    _check_elements(H, study.H)
    return H, apart(study.data, Y)


def _check_elements(drawn: Hierarchy, H: Hierarchy) -> None:
    """Refuse a null model whose scores would stand beside those of other elements."""
    differ = first_difference(_members(drawn), _members(H))
    if differ:
        raise ParameterError(
            f"a null model keeps the elements, their ranks and their order; here the (element, rank) are "
            f"{differ[0]} instead of {differ[1]}; change covers or targets only"
        )


def _members(H: Hierarchy) -> list[tuple[Hashable, int]]:
    """Return the elements but relays, each with its rank."""
    return [(e, i) for i, rank in enumerate(H.ranks) for e in rank if not isinstance(e, Relay)]
