"""Which elements carry the target, on rows that training has not seen."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import combinations
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
from hassenet.data.scaling import check_squares
from hassenet.errors import HassenetWarning, HierarchyError, ParameterError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import Order, require_hierarchy
from hassenet.stability.asked import targets_asked
from hassenet.stability.covariates import Known, Observed, dealt_out
from hassenet.stability.heads import NEURONS, Divided, gains_of_elements, gains_of_features
from hassenet.stability.jobs import parts_of_study, seeds, side_by_side
from hassenet.stability.learned import Learner, usual_recipe
from hassenet.stability.parts import of_target
from hassenet.stability.power import ElementPower, joined
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
    y : (m,) array, (m, k) array or table
        Classes, or numbers; whole numbers of up to ten values are classes. Numbers have a Gaussian likelihood with the
        variance that a head leaves of the rows learned from. A target is measured in the rows
        that have it: NaN, or nothing, is a gap. Several columns are several targets, each by itself; but such as are
        one-hot are one of classes, where the task is not regression. They are dealt out together, and the false
        discovery rate is over all.
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
        events, within strata. ``Joint({name: loss})`` of these for several targets, y as a fit takes it.
    offset, exposure : (m,) array, optional
        Of several targets (m, k), for each output of theirs.
        What is added to the signal of the target, without a weight; or what counts are counted in, whose logarithm is.
        Power is what elements say beyond it. It is dealt out with its target: see :func:`null_scores`.
    seed, n_jobs, progress, checkpoint, every
        As in :func:`stability`; what is kept serves more draws or repeats, too.

    Returns
    -------
    ElementPower
        After Ctrl-C with the draws that were done, once the powers are; with a checkpoint, which has them, Ctrl-C goes
        on as KeyboardInterrupt.

    Warns
    -----
    TargetWarning
        If columns without a loss may be a time and whether its event was seen, or a table is one-hot.

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
    asked = partial(targets_asked, y, task=task, loss=loss, offset=offset, exposure=exposure)
    studies = _Study.of(H, X, asked, covariates, folds, neurons, recipe, categories)
    first, of_draw = next(iter(studies.values())), repeats * len(studies)
    Z, observed = first.known.beside(), tuple(study.target for study in studies.values())
    hub, *deals = seeds("deal", seed, 2 + draws)
    tasks = [
        (study, target, again, draw == 0)
        for draw, deal in enumerate(deals)
        for targets in [dealt_out(observed, Z, hub, deal) if draw else observed]
        for again in seeds("repeat", deal, repeats)
        for study, target in zip(studies.values(), targets, strict=True)
    ]
    for study, target, again, _ in tasks:
        study.check_varies(target, again)
    keys = [
        f"draw {draw}, repeat {again + 1}{f', target {name}' if name else ''}"
        for draw in range(1 + draws)
        for again in range(repeats)
        for name in studies
    ]
    with folder_for(checkpoint, partial(_parts, studies, H, seed), every) as folder:
        kept = results_in(folder, keys, _codec(first))
        running = side_by_side(_gains, tasks, n_jobs, progress=progress, kept=kept)
        found = _until_interrupted(running, of_draw, draws) if folder is None else list(running)
    each = {name: found[j :: len(studies)] for j, name in enumerate(studies)}
    return joined({name: _powers(study.settled(), each[name], repeats) for name, study in studies.items()})


def _until_interrupted(running: Iterator[_Gains], of_draw: int, draws: int) -> list[_Gains]:
    """Return what was computed; after Ctrl-C the powers, if there are some, and the whole draws, with a warning."""
    found: list[_Gains] = []
    try:
        found.extend(running)
    except KeyboardInterrupt:
        if len(found) < of_draw:
            raise
        done = len(found) // of_draw - 1
        warnings.warn(f"interrupted: {done:,} of {draws:,} draws were done", HassenetWarning, stacklevel=3)
        return found[: of_draw * (1 + done)]
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


def _parts(studies: Mapping[str, _Study], H: Hierarchy, seed: int) -> dict[str, str]:
    """Return what the gains of a division of the rows follow from, beside its draw and its number."""
    first, *_ = studies.values()
    data = (first.X, {name: study.target for name, study in studies.items()}, first.known)
    return parts_of_study("element power", H, data, first.learner.recipe, seed=seed, **first.options)


@final
@dataclass(frozen=True, eq=False)
class _Study:
    """What the power for one target is measured of: all rows, and in which of them the target is there."""

    order: Order
    below: csr_array
    X: Floats
    target: Observed
    known: Known
    folds: int
    neurons: int
    learner: Learner
    categories: tuple[tuple[int, ...], ...] = ()
    name: str = ""

    @property
    def options(self) -> dict[str, Any]:
        """What gains follow from beside data and training."""
        return {"folds": self.folds, "neurons": self.neurons, "categories": self.categories}

    @cached_property
    def described(self) -> Floats:
        """X with gaps filled by all rows, for what describes the data and judges nothing."""
        return self.X if is_finite(self.X) else Fill.of(self.X, (), self.categories)(self.X)

    @property
    def response(self) -> Response:
        """The target of all rows."""
        return self.target.response

    def settled(self, target: Observed | None = None) -> _Study:
        """Return the study of the rows in which a target is there, by default its own; a draw has others."""
        target = target or self.target
        if target.known is None:
            return replace(self, target=target)
        rows = np.flatnonzero(target.known)
        own = Observed(target.response.taken(rows))
        return replace(self, X=self.X[rows], target=own, known=self.known.taken(rows))

    def dealt(self, seed: int) -> tuple[Indices, Sequence[int]]:
        """Return the part of each row, of a study that is settled, and the seeds of its trainings."""
        divide, *train = seeds("gains", seed, 1 + comb(self.folds, 2))
        return folds(self.response.strata, self.folds, divide), train

    def check_varies(self, target: Observed, seed: int) -> None:
        """Refuse numbers that are alike in all rows that a division of theirs leaves to learn from.

        Raises
        ------
        TargetError
        """
        study = self.settled(target)
        fold, _ = study.dealt(seed)
        with of_target(self.name):
            for j, k in combinations(range(self.folds), 2):
                study.response.scaled((fold != j) & (fold != k))

    @staticmethod
    def of(
        H: Any,
        X: Any,
        asked: Callable[[int], Mapping[str, Observed]],
        covariates: Any,
        folds: int,
        neurons: int,
        recipe: Any,
        categories: Any = (),
    ) -> dict[str, _Study]:
        """Check everything before anything is trained; return the study of each target by its name."""
        _checked(H)
        chosen, (H, X, levels) = _checked_recipe(recipe), in_features(H, X)
        order = Order.of(H)
        features = as_features_with_gaps(X, H.ranks[0], np.dtype(float))
        features = np.asarray(features.toarray() if issparse(features) else features)
        check_squares(features, H.ranks[0])
        m = len(features)
        targets, n0 = asked(m), features.shape[1]
        own, others = _divided([*levels, *categories], n0)
        known = Known.of(covariates, m, others)
        below, found = membership(order)[n0:], {}
        for name, target in targets.items():
            with of_target(name):
                target.of_known().check_folds(folds)
            least = target.n_known - 2 * target.n_known // folds
            learner = Learner.of(H, target.response.size, neurons, chosen or usual_recipe(least))
            found[name] = _Study(order, below, features, target, known, folds, neurons, learner, own, name)
        return found


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


def _gains(study: _Study, target: Observed, seed: int, is_observed: bool) -> _Gains:
    """Return the gains of one division of the rows, for a target as it is or as chance dealt it out."""
    study = study.settled(target)
    fold, train = study.dealt(seed)
    with of_target(study.name):
        divided = Divided.of(study.known, study.response, fold, study.categories)
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


def _powers(study: _Study, found: Sequence[_Gains], n: int) -> ElementPower:
    """Return the powers by the gains of n repeats, and behind these of n of each draw."""
    repeats, drawn = found[:n], [_mean_power(found[i : i + n]) for i in range(n, len(found), n)]
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
