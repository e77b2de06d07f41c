"""Which elements carry the target, on rows that training has not seen."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import comb
from typing import Any, Literal, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse
from scipy.stats import rankdata

from hassenet._checks import require_whole_number
from hassenet.checkpoints import Codec, Place, Record
from hassenet.data.checks import is_finite
from hassenet.data.features import as_features_with_gaps
from hassenet.data.fill import Fill
from hassenet.data.offsets import as_offsets, offset_of
from hassenet.data.scaling import check_squares
from hassenet.errors import HassenetWarning, HierarchyError, ParameterError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import Order, require_hierarchy
from hassenet.likelihoods import as_loss
from hassenet.stability.covariates import Known, dealt_out
from hassenet.stability.heads import NEURONS, Divided, gains_of_elements, gains_of_features
from hassenet.stability.jobs import parts_of_study, seeds, side_by_side
from hassenet.stability.learned import Learner, usual_recipe
from hassenet.stability.power import ElementPower
from hassenet.stability.recipe import Recipe
from hassenet.stability.response import Response
from hassenet.stability.subject import in_features
from hassenet.stability.summaries import membership
from hassenet.task.dividing import folds
from hassenet.task.kind import Kind
from hassenet.training.objective import AnyLoss
from hassenet.training.results import folder_for, of_shape, results_in

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_TRIED = 3  # features of an element that may be its best part: all would take longer than the elements do
_ROUNDING = 1e-9


def element_power(
    H: Hierarchy,
    X: Any,
    y: Any,
    *,
    recipe: Recipe | None = None,
    folds: int = 5,
    repeats: int = 1,
    neurons: int = 1,
    covariates: Any = None,
    categories: Sequence[Sequence[int]] = (),
    draws: int = 0,
    task: Literal["auto"] | Kind = "auto",
    loss: AnyLoss = None,
    offset: Any = None,
    exposure: Any = None,
    seed: int = 0,
    n_jobs: int | None = None,
    progress: bool = False,
    checkpoint: Place | None = None,
    every: float | None = None,
) -> ElementPower:
    """Say of each element how well it predicts the target by itself, on rows that training has not seen.

    Every element has neurons, each with a head: three that do not learn, the mean m of the features below it, m², and
    the mean of their absolute values; and those that do, in a network on the hierarchy whose cost is that of one head
    for each element. The prediction of an element is the average of its heads' and of the intercept's, each weighted
    by how well it fits the rows that it was learned from (Schwarz's criterion), and the power is what it gains:

        power = (1/m) Σᵢ log p(yᵢ | features below the element, covariates) − log p(yᵢ | covariates),

    in nats per example, where nothing in p has seen the part held out that row i is of; of an element that says nothing
    it is a little below 0. A mean that differs, a sum whose signs have to be learned, a spread, products of pairs: all
    have power, and ``carriers`` says which it is.

    Parameters
    ----------
    H : Hierarchy
        Without outputs, graded or not.
    X : (m, n₀) array, sparse array or table
        Features are taken in deviations from their mean, both measured on the rows learned from; NaN, where a value is
        missing, becomes the median of these rows. Columns of text, of dates and with gaps are taken as in
        :func:`stability`.
    y : (m,) array
        Classes, or numbers; whole numbers of up to ten values are classes. Numbers have a Gaussian likelihood with the
        variance that a head leaves of the rows learned from.
    recipe : Recipe, optional
        How the network is trained; output and loss are those of y. By default tanh, Adam(0.01), L2(0.03) and about 130
        steps.
    folds : int
        Parts of the rows, 3 or more, of every class as many in each. One is held out to judge, and a second one to
        learn how far what networks say of new rows is to be trusted: folds (folds − 1) / 2 trainings.
    repeats : int
        How often the rows are divided anew; powers are means.
    neurons : int
        How many neurons that learn an element has.
    covariates : (m, q) array or table, optional
        Numbers that are known to matter, as age and sex: power is what elements say beyond them. Gaps, deviations and
        what follows from others are those of the rows learned from, as of features.
    categories : sequence of sequence of int
        The places of the features that are the levels of one category each, from n₀ on those of covariates: where they
        are missing, the level that most of the rows learned from have is put there.
    draws : int
        How often the target is dealt out by chance, for p-values; for a false discovery rate of 0.1 of an element that
        stands alone 10 or more. Given covariates a permutation has the probability that a regression on them gives it.
    task : "auto", "classification" or "regression"
        Whether whole numbers in y are classes or amounts.
    loss : Loss, optional
        Of another kind of target: ``CoxLoss()``, y the times, events and, where there are any, strata, (m, 2) or
        (m, 3); ``PoissonLoss()``, ``NegativeBinomialLoss(α)``, ``LearnedDispersionLoss()`` or ``ZeroInflatedLoss()``,
        y counts; ``OrdinalLoss(c)``, y the numbers of ordered classes. Power is in nats of their likelihood; what the
        model has beside a signal, the baseline of hazards, a dispersion, the share of further zeros, thresholds, is
        learned of the rows learned from, given covariates alone. Targets are dealt out as they are, times with their
        events, within strata.
    offset, exposure : (m,) array, optional
        What is added to the signal of the target, without a weight; or what counts are counted in, whose logarithm is.
        Power is what elements say beyond it. It is dealt out with its target: see :func:`null_scores`.
    seed, n_jobs, progress, checkpoint, every
        As in :func:`stability`; what is kept serves more draws or repeats, too.

    Returns
    -------
    ElementPower
        After Ctrl-C with the draws that were done, once the powers are; with a checkpoint, which has them, Ctrl-C goes
        on as KeyboardInterrupt.

    Raises
    ------
    CheckpointError
        If the checkpoint is of another call, of another version, or in use.
    HierarchyError
        If H has one rank only, or elements that look past what they cover, as outputs on top of several ranks do.
    DataError
        If X, y or the covariates do not fit, y does not vary, or a class has fewer rows than there are folds.
    ParameterError
        If an option is outside its domain; and what a training raises.

    Notes
    -----
    The gain of a term over its children is the idea of DrugCell's RLIPP (Kuenzi et al., Cancer Cell 38, 2020, 672–684).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> H = Hierarchy.from_covers([(f"gene{k}", f"pathway{k // 5}") for k in range(40)])
    >>> X = rng.standard_normal((200, 40))
    >>> spread = abs(X[:, 15:20]).mean(axis=1)
    >>> found = element_power(H, X, np.where(spread > np.median(spread), "ill", "healthy"))
    >>> found.table()["element"][0], found.table()["carrier"][0]
    ('pathway3', 'spread')
    """
    _check_numbers(folds, repeats, neurons, draws)
    target = _target(y, task, loss, offset, exposure)
    study = _Study.of(H, X, target, covariates, folds, neurons, recipe, categories)
    Z = study.known.beside()
    hub, *deals = seeds("deal", seed, 2 + draws)
    tasks = [
        (study, response, again, draw == 0)
        for draw, deal in enumerate(deals)
        for response in [dealt_out(study.response, Z, hub, deal) if draw else study.response]
        for again in seeds("repeat", deal, repeats)
    ]
    keys = [f"draw {draw}, repeat {again + 1}" for draw in range(1 + draws) for again in range(repeats)]
    with folder_for(checkpoint, partial(_parts, study, H, seed), every) as folder:
        kept = results_in(folder, keys, _codec(study))
        running = side_by_side(_gains, tasks, n_jobs, progress=progress, kept=kept)
        found = _until_interrupted(running, repeats, draws) if folder is None else list(running)
    drawn = [_mean_power(found[i : i + repeats]) for i in range(repeats, len(found), repeats)]
    return _powers(study, found[:repeats], drawn)


def _until_interrupted(running: Iterator[_Gains], repeats: int, draws: int) -> list[_Gains]:
    """Return what was computed; after Ctrl-C the powers, if there are some, and the whole draws, with a warning."""
    found: list[_Gains] = []
    try:
        found.extend(running)
    except KeyboardInterrupt:
        if len(found) < repeats:
            raise
        done = len(found) // repeats - 1
        warnings.warn(f"interrupted: {done:,} of {draws:,} draws were done", HassenetWarning, stacklevel=3)
        return found[: repeats * (1 + done)]
    return found


@final
class _Gains(NamedTuple):
    """What one division of the rows gave: gains in the mean log-likelihood."""

    elements: Floats
    """(E,): over all rows."""
    folds: Floats
    """(folds, E): over each part held out."""
    heads: Floats
    """(C, E): of their single heads."""
    features: Floats
    """(n₀,): of features alone that were tried, 0 of others; of draws (0,)."""


def _codec(study: _Study) -> Codec[_Gains]:
    """Return how the gains of a division are written; of a draw those of features are not there."""
    n, folds, n0 = study.below.shape[0], study.folds, study.X.shape[1]

    def decoded(record: Record) -> _Gains:
        return _Gains(
            of_shape(record, "elements", (n,)),
            of_shape(record, "folds", (folds, n)),
            of_shape(record, "heads", (len(NEURONS), n), np.float32),
            of_shape(record, "features", (n0 if record.arrays["features"].size else 0,)),
        )

    return Codec(lambda gains: Record(None, gains._asdict()), decoded)


def _parts(study: _Study, H: Hierarchy, seed: int) -> dict[str, str]:
    """Return what the gains of a division of the rows follow from, beside its draw and its number."""
    data, options = (study.X, study.response, study.known), study.options
    return parts_of_study("element power", H, data, study.learner.recipe, seed=seed, **options)


@final
@dataclass(frozen=True, eq=False)
class _Study:
    order: Order
    below: csr_array
    X: Floats
    response: Response
    known: Known
    folds: int
    neurons: int
    learner: Learner
    categories: tuple[tuple[int, ...], ...] = ()

    @property
    def options(self) -> dict[str, Any]:
        """What gains follow from beside data and training."""
        return {"folds": self.folds, "neurons": self.neurons, "categories": self.categories}

    @cached_property
    def described(self) -> Floats:
        """X with gaps filled by all rows, for what describes the data and judges nothing."""
        return self.X if is_finite(self.X) else Fill.of(self.X, (), self.categories)(self.X)

    @staticmethod
    def of(
        H: Any,
        X: Any,
        target: Callable[[int], Response],
        covariates: Any,
        folds: int,
        neurons: int,
        recipe: Any,
        categories: Any = (),
    ) -> _Study:
        """Check everything before anything is trained."""
        _checked(H)
        chosen, (H, X, levels) = _checked_recipe(recipe), in_features(H, X)
        order = Order.of(H)
        features = as_features_with_gaps(X, H.ranks[0], np.dtype(float))
        features = np.asarray(features.toarray() if issparse(features) else features)
        check_squares(features, H.ranks[0])
        m = len(features)
        response, n0 = target(m), features.shape[1]
        own, others = _divided([*levels, *categories], n0)
        known = Known.of(covariates, m, others)
        response.check_folds(folds)
        learner = Learner.of(H, response.size, neurons, chosen or usual_recipe(m - 2 * m // folds))
        return _Study(order, membership(order)[n0:], features, response, known, folds, neurons, learner, own)


def _target(y: Any, task: Any, loss: AnyLoss, offset: Any, exposure: Any) -> Callable[[int], Response]:
    """Return what makes of the number of examples their targets, and what is added to the signals of these."""
    one = None if loss is None else as_loss(loss)
    if exposure is not None and not (one is not None and one.grows_with_exposure):
        raise ParameterError(
            "an exposure is of counts; the target is "
            f"{'one of classes or numbers' if one is None else repr(one)}; give loss='poisson' or another one of "
            "counts, or offset=… for what is added to a signal"
        )
    added = offset_of(offset, exposure)

    def of(m: int) -> Response:
        o = as_offsets(added, m, 1, np.dtype(float))
        response = Response.of(y, m, task) if one is None else Response.of_loss(one, y, m)
        return response.beside(None if o is None else o[:, 0])

    return of


def _divided(categories: Any, n0: int) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Return the categories of features, and those of the covariates behind them, each by its own places."""
    of_features = tuple(tuple(places) for places in categories if min(places) < n0)
    of_covariates = (places for places in categories if min(places) >= n0)
    return of_features, tuple(tuple(place - n0 for place in places) for places in of_covariates)


def _check_numbers(folds: Any, repeats: Any, neurons: Any, draws: Any) -> None:
    require_whole_number("the number of folds", folds, 3)
    require_whole_number("repeats", repeats, 1)
    require_whole_number("neurons", neurons, 1)
    require_whole_number("draws", draws, 0)


def _checked(H: Any) -> None:
    order = Order.of(require_hierarchy(H))
    if H.depth < 1:
        raise HierarchyError(
            "powers are those of elements above rank 0; the hierarchy has one rank; give one with elements above"
        )
    looks = csr_array((np.ones(len(order.upper)), (order.lower, order.upper)), shape=(order.n, order.n))
    outputs = np.unique((looks @ looks).multiply(looks).nonzero()[1])
    if len(outputs):
        raise HierarchyError(
            f"powers are those of a hierarchy without outputs; {listing(order.names[k] for k in outputs)} looks past "
            "what it covers, as outputs do; give the hierarchy as it was before crown()"
        )


def _checked_recipe(recipe: Any) -> Recipe | None:
    if not isinstance(recipe, Recipe | None):
        raise ParameterError(
            f"recipe is a Recipe(…), whose output and loss become those of y, or None for the usual one; got {recipe!r}"
        )
    return recipe


def _gains(study: _Study, response: Response, seed: int, is_observed: bool) -> _Gains:
    """Return the gains of one division of the rows, for the targets as they are or as chance dealt them out."""
    divide, *train = seeds("gains", seed, 1 + comb(study.folds, 2))
    fold = folds(response.strata, study.folds, divide)
    divided = Divided.of(study.known, response, fold, study.categories)
    gained, heads = gains_of_elements(study.X, divided, study.below, study.learner, train)
    of_folds = np.stack([gained[:, fold == k].mean(axis=1) for k in range(study.folds)])
    of_features = _of_features(study, divided) if is_observed else np.zeros(0)
    return _Gains(gained.mean(axis=1), of_folds, heads, of_features)


def _of_features(study: _Study, divided: Divided) -> Floats:
    """Return the gain of each feature that may be the best part of an element, 0 of the others."""
    tried, found = _tried(study.order, study.described, study.response.plain), np.zeros(study.X.shape[1])
    found[tried] = gains_of_features(study.X, tried, divided)
    return found


def _mean_power(repeats: Sequence[_Gains]) -> Floats:
    return np.asarray(np.mean([gains.elements for gains in repeats], axis=0))


def _powers(study: _Study, repeats: Sequence[_Gains], drawn: Sequence[Floats]) -> ElementPower:
    power, order = _mean_power(repeats), study.order
    best = _best_part(order, np.concatenate([np.mean([gains.features for gains in repeats], axis=0), power]))
    low, high = np.quantile(np.concatenate([gains.folds for gains in repeats]), [0.025, 0.975], axis=0)
    carriers = np.mean([gains.heads for gains in repeats], axis=0).argmax(axis=0)
    return ElementPower(
        tuple(order.named(~order.is_feature)),
        order.rank[~order.is_feature],
        power,
        power - best[~order.is_feature],
        low,
        high,
        np.reshape(drawn, (len(drawn), len(power))),
        np.diff(study.below.indptr).astype(np.int64),
        _places_by_mean(study),
        tuple(NEURONS[k] for k in carriers),
    )


def _best_part(order: Order, power: Floats) -> Floats:
    """Return the highest power of what each element covers, 0 where that is below 0."""
    best = np.zeros(order.n)
    np.maximum.at(best, order.upper, power[order.lower])
    return best


def _places_by_mean(study: _Study) -> Indices:
    """Return the place of each element by the share of the variance of its mean that y explains."""
    X = study.described
    deviation = X.std(axis=0)
    means = study.below @ (X / np.where(deviation > 0, deviation, 1)).T
    return rankdata(-_explained(means, study.response.plain), "min").astype(np.int64)


def _explained(values: Floats, Y: Floats) -> Floats:
    """Return which share of the variance of each row of (n, m) values linear regressions on Y, (m, k), explain."""
    U, size, _ = np.linalg.svd(Y - Y.mean(axis=0), full_matrices=False)
    rest = values - values.mean(axis=1, keepdims=True)
    whole = (rest**2).sum(axis=1)
    return np.asarray(
        ((rest @ U[:, size > _ROUNDING * size[0]]) ** 2).sum(axis=1) / np.where(whole > 0, whole, 1)
    )


def _tried(order: Order, X: Floats, Y: Floats) -> Indices:
    """Return the features that a plain test of x or x² puts first among those that an element covers."""
    centred = (X - X.mean(axis=0)).T
    share = np.maximum(_explained(centred, Y), _explained(centred**2, Y))
    lower, upper = (ends[order.is_feature[order.lower]] for ends in (order.lower, order.upper))
    best = np.lexsort((-share[lower], upper))
    _, first, which = np.unique(upper[best], return_index=True, return_inverse=True)
    return np.unique(lower[best][np.arange(len(best)) - first[which] < _TRIED])
