"""The network beside its twins and the usual models, on the same folds."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from threading import current_thread, main_thread
from time import perf_counter
from typing import Any, NamedTuple, final

import numpy as np

from hassenet._checks import require_seed, require_whole_number
from hassenet.checkpoints import Codec, Place, Record, described, digest
from hassenet.errors import ParameterError, listing
from hassenet.protocol.comparison import Comparison
from hassenet.protocol.contender import Contender, OnHierarchy, given, on_hierarchies, usual, with_exposure
from hassenet.protocol.kinds import MEASURES, Asked, Compared
from hassenet.protocol.measures import measured
from hassenet.protocol.models import Rows
from hassenet.protocol.network import as_it_comes
from hassenet.protocol.problem import Problem
from hassenet.protocol.splits import Split, inner_folds, splits
from hassenet.stability.jobs import seeds, side_by_side
from hassenet.task.architecture import Given
from hassenet.training.results import folder_for, results_in

Task = tuple[Contender, Problem, Split, int]


@final
class _Outcome(NamedTuple):
    measures: tuple[float, float]
    seconds: float


_CODEC: Codec[_Outcome] = Codec(
    lambda found: Record([*found.measures, found.seconds]),
    lambda record: _of_numbers(*map(float, record.value)),
)


def _of_numbers(first: float, second: float, seconds: float) -> _Outcome:
    return _Outcome((first, second), seconds)


def compare(
    hierarchy: Given,
    X: Any,
    y: Any,
    *,
    task: Asked = "auto",
    quantiles: Sequence[float] | None = None,
    likelihood: str | None = None,
    offset: Any = None,
    exposure: Any = None,
    covariates: Sequence[Hashable] | None = None,
    categories: Sequence[Sequence[Hashable]] = (),
    network: OnHierarchy | None = None,
    others: Mapping[str, Any] | None = None,
    folds: int = 5,
    repeats: int = 2,
    seed: int = 0,
    n_jobs: int | None = None,
    progress: bool = False,
    checkpoint: Place | None = None,
    every: float | None = None,
) -> Comparison:
    """Cross-validate the network on a hierarchy beside its twins and the usual models, and say whether H helps.

    All models learn from the same rows and are judged on the same others. The complete twin has the elements of H and
    all covers between neighbouring ranks; the rewired twin has as many covers at each element, dealt out at random,
    anew for each split. The usual models are a linear one (logistic regression, its C chosen by cross-validation, or
    ridge regression), a random forest, and gradient boosting with a choice of leaves. What a model fills in, scales or
    chooses it learns from the rows that it is given.

    Parameters
    ----------
    hierarchy : Hierarchy or callable
        H without outputs: its rank 0 names the features, matched with X's column names, or by position where X has
        none. A callable makes H of the column names, as ``Hierarchy.from_lineages`` does.
    X : (m, n₀) array or table
        NaN where a value is missing. Columns of a table, or of an array of objects, are taken as by the estimators and
        commands: a category by its levels, a date by its parts, truth values as 0 and 1, and beside a column with gaps
        one that says where they are; what fills gaps is learned inside the folds.
    y : (m,) array
        Classes, amounts, ordered classes or counts; of "survival" what :class:`hassenet.NetworkSurvival` takes, as
        (m, 2) or (m, 3) of times, events and strata.
    task : "auto", "classification", "regression", "ordinal", "count" or "survival"
        "auto": a classification if y holds text, truth values, or at most 10 different whole numbers. Each kind has its
        network, its measure and its usual models: of ordered classes those of classes, judged by the concordance of
        expected classes; of counts Poisson regression, a forest and boosting of Poisson's deviance; of times a linear
        Cox model alone.
    quantiles : sequence of float, optional
        Of amounts: compare quantiles in place of means, beside linear quantile regression and boosting.
    likelihood : str, optional
        What the network takes, of counts "poisson", "negative_binomial" (by default), "zero_inflated_poisson" or
        "zero_inflated_negative_binomial", of amounts "gaussian", "student_t" or "laplace"; all models are judged by
        their means.
    offset, exposure : (m,) array, optional
        What counts are counted in, as a time or a library size, or its logarithm; of amounts and quantiles what is
        known to be added. All models have it with the weight 1: counts of an exposure e are y = e · rate; the network
        takes log e as an offset, the usual models learn the rates y/e with the weights e, which of Poisson's deviance
        is the same; amounts are learned, and judged, less their offset.
    covariates : sequence of str or int, optional
        Columns of X beside the features, as age, sex or a batch: by name, by number where X has none. All models have
        them; the network and its twins as those of the estimators.
    categories : sequence of sequences of str or int
        Columns of X that are the levels of one category each, named as covariates are: where they are missing, the
        level that most of the rows learned from have is put there, for all models. Other gaps are left to the models.
    network : callable, optional
        (H, seed) ↦ an estimator before fit, whose architecture is H and whose features are the elements of rank 0, in
        their order, the covariates behind them; by default :class:`hassenet.HierarchyClassifier`,
        :class:`hassenet.HierarchyRegressor`, :class:`hassenet.HierarchyOrdinalClassifier` or
        :class:`hassenet.HierarchySurvival`, as they come.
    others : mapping from str to estimator, optional
        scikit-learn's estimators beside the network, in place of the usual models; they get gaps as they are. The
        verdict looks at the one called "linear model". Beside an exposure they, and ``network``, take ``exposure=`` or
        ``sample_weight=``.
    folds, repeats : int
        Cross-validation with ``folds`` parts, ``repeats`` times over.
    seed : int
        Of the folds, the networks, the rewired twins and the forest.
    n_jobs : int, optional
        How many processes fit side by side; by default 1, or what a surrounding ``joblib.parallel_config`` says.
        Scores do not depend on it.
    progress : bool
        Whether to show a progress bar on standard error.
    checkpoint : path-like, optional
        A folder that keeps what each model reached on each split: results wait, and are written together when it is
        time, in the end and on Ctrl-C or an error at the latest. The same call with the same folder fits what is
        missing, and returns the same bits (and seconds) as one that was never ended. Other data or options are refused.
        ``network`` is known by its name and its code, ``others`` by their parameters: that what they read from
        elsewhere is the same is yours to see to. Networks under way keep how far they are.
    every : float, optional
        Seconds that a kill costs at most, of results that wait to be written and of trainings under way; by default 10,
        or more where a checkpoint takes a while. Writing takes no more than a fifth of the time, so 0 is as often as
        that.

    Returns
    -------
    Comparison
        Also after Ctrl-C, with the splits that all models had done and ``stopped == "interrupted"``; with a checkpoint,
        which has them, Ctrl-C goes on as KeyboardInterrupt.

    Raises
    ------
    CheckpointError
        If the checkpoint is of another call, of another version, or in use.
    FeatureError, HierarchyError, ShapeError, NotFiniteError, DataError
        If features and hierarchy are not the same, or there is nothing that twins could differ in.
    TargetError
        If there is one class, a class has too few rows for the folds, or amounts do not vary.
    ParameterError
        If an option is outside its domain, or the networks of the complete twin could not be held.
    KeyboardInterrupt
        After Ctrl-C before all models have done one split.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> from hassenet.estimators import NetworkClassifier
    >>> from sklearn.linear_model import LogisticRegression
    >>> def quick(H, seed):
    ...     return NetworkClassifier(hierarchy=H, activation="tanh", solver="lbfgs", random_state=seed)
    >>> H = Hierarchy.from_covers([("a", "p"), ("b", "p"), ("c", "q"), ("d", "q")])
    >>> X = np.random.default_rng(0).standard_normal((60, 4))
    >>> y = X[:, 0] + X[:, 1] > 0
    >>> found = compare(H, X, y, network=quick, others={"linear model": LogisticRegression()}, folds=3)
    >>> found
    Comparison(does not show that it helps; 4 models, 6 splits)
    """
    require_whole_number("repeats", repeats, 1)
    require_seed(seed)
    _check_others(others or {})
    problem = Problem.of(
        hierarchy, X, y, task, folds, covariates, categories, quantiles, likelihood, offset, exposure
    )
    H, rows = problem.hierarchy, splits(problem, folds, repeats, seed)
    is_exposed = problem.added is not None
    inside = Rows(len(problem.y), inner_folds(problem, rows), problem.shares, is_exposed)
    networks = on_hierarchies(network or _as_it_comes(problem, inside, n_jobs), H)
    contenders = _contenders(networks, problem, inside, others)
    own = seeds("comparison", seed, len(rows))
    tasks = [(one, problem, split, s) for split, s in zip(rows, own, strict=True) for one in contenders]
    keys = [f"split {k + 1}, {one.name}" for k in range(len(rows)) for one in contenders]
    parts = partial(_parts, problem, network, others, folds=folds, inner_folds=inside.folds, seed=seed)
    with folder_for(checkpoint, parts, every) as folder:
        kept = results_in(folder, keys, _CODEC)
        running = side_by_side(_outcome, tasks, n_jobs, progress=progress, kept=kept)
        outcomes, interrupted = _collected(running) if folder is None else (list(running), False)
    return _comparison(contenders, outcomes, problem.kind, (folds, repeats), interrupted=interrupted)


def _contenders(
    networks: list[Contender], problem: Problem, inside: Rows, others: Mapping[str, Any] | None
) -> list[Contender]:
    """Return all models; beside an exposure each as one that takes it."""
    beside = usual(problem.kind, inside) if others is None else given(others)
    if not inside.is_exposed:
        return [*networks, *beside]
    for one in () if others is None else beside:
        with_exposure(one).make(0)  # refused here, and not after the networks were trained
    return [*map(with_exposure, networks), *(beside if others is None else map(with_exposure, beside))]


def _as_it_comes(problem: Problem, inside: Rows, n_jobs: int | None) -> OnHierarchy:
    return as_it_comes(
        problem.kind,
        problem.hierarchy,
        inside.folds,
        n_jobs,
        problem.places,
        problem.shares,
        problem.likelihood,
        is_exposed=inside.is_exposed,
    )


def _parts(
    problem: Problem, network: OnHierarchy | None, others: Mapping[str, Any] | None, **numbers: int
) -> dict[str, str]:
    """Return what the outcome of a model on a split follows from, beside their names."""
    large = {"hierarchy": digest(problem.hierarchy), "data": digest(problem.X, problem.y, problem.added)}
    large["categories"] = described(problem.categories)
    models = {"network": described(network), "others": described(_by_parameters(others))}
    return {
        "study": "comparison",
        **large,
        "task": problem.kind,
        "quantiles": described(problem.shares),
        "likelihood": described(problem.likelihood),
        **models,
        **{name.replace("_", " "): str(number) for name, number in numbers.items()},
    }


def _by_parameters(others: Mapping[str, Any] | None) -> Any:
    """Return estimators as what determines them: a class and its parameters."""
    return others and {name: (type(one), one.get_params()) for name, one in others.items()}


def _check_others(others: Mapping[str, Any]) -> None:
    if not isinstance(others, Mapping) or not all(hasattr(other, "fit") for other in others.values()):
        raise ParameterError(
            f"others are scikit-learn's estimators by name; got {others!r}; give {{'forest': RandomForestClassifier()}}"
        )
    taken = [name for name in others if name in ("network", "complete twin", "rewired twin")]
    if taken:
        raise ParameterError(f"each model has its own name; {listing(taken)} is there already; rename it")


def _outcome(contender: Contender, problem: Problem, split: Split, seed: int) -> _Outcome:
    """Return what a model reaches on the rows held out."""
    begun = perf_counter()
    X, y, e = problem.seen(split.train), problem.y, problem.exposure
    with _heard() as told:
        model = contender.make(seed).fit(X[split.train], y[split.train])
        of_rows = None if e is None else e[split.test]
        found = measured(problem.kind, model, X[split.test], y[split.test], problem.shares, of_rows)
    # A fit hands back what it has learned until Ctrl-C: half a training has no place beside whole ones.
    if any("interrupted" in str(warning.message) for warning in told):
        raise KeyboardInterrupt
    return _Outcome(found, perf_counter() - begun)


@contextmanager
def _heard() -> Iterator[Sequence[warnings.WarningMessage]]:
    """Collect the warnings of a model, which may stop before it has converged to the last digit.

    In threads they are left alone: filters are those of the process, and no Ctrl-C comes there.
    """
    if current_thread() is not main_thread():
        yield ()
        return
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        yield told


def _collected(outcomes: Iterable[_Outcome]) -> tuple[list[_Outcome], bool]:
    """Return the outcomes up to the end or to Ctrl-C, and whether it was pressed."""
    found: list[_Outcome] = []
    try:
        for outcome in outcomes:
            found.append(outcome)  # noqa: PERF402 - what there is until Ctrl-C is kept
    except KeyboardInterrupt:
        return found, True
    return found, False


def _comparison(
    contenders: Sequence[Contender],
    outcomes: list[_Outcome],
    kind: Compared,
    rounds: tuple[int, int],
    *,
    interrupted: bool,
) -> Comparison:
    k = len(contenders)
    done = len(outcomes) // k
    if not done:
        raise KeyboardInterrupt
    whole = outcomes[: done * k]
    values = np.array([outcome.measures for outcome in whole]).reshape(done, k, 2)
    return Comparison(
        models=tuple(contender.name for contender in contenders),
        measures=MEASURES[kind],
        values=values.transpose(2, 1, 0),
        seconds=np.array([outcome.seconds for outcome in whole]).reshape(done, k).T,
        folds=rounds[0],
        repeats=rounds[1],
        kind=kind,
        stopped="interrupted" if interrupted else "complete",
    )
