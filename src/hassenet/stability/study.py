"""Scores over seeds and resamples."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from hassenet._checks import BETWEEN_0_AND_1, require_number, require_whole_number
from hassenet.checkpoints import Codec, Place
from hassenet.data.examples import Examples
from hassenet.errors import counted
from hassenet.explain import deeplift
from hassenet.files.optional import pandas
from hassenet.hierarchy import Hierarchy
from hassenet.stability.added import require_offset_taken
from hassenet.stability.coding import codec_of_scores
from hassenet.stability.jobs import check_functions, parts_of_study, seeds, side_by_side
from hassenet.stability.preparing import Prepare, prepared
from hassenet.stability.recipe import Train
from hassenet.stability.resampling import Bootstrap, Resampling, check_resampling
from hassenet.stability.rows import are_covariates, by_rank, marked, rows_of
from hassenet.stability.scores import Judge, Statistic, judge_for, judged, share
from hassenet.stability.scoring import Explain, Scored, scored, together
from hassenet.stability.subject import Subject
from hassenet.stability.training import trained
from hassenet.training.results import folder_for, results_in

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False, repr=False)
class Stability:
    """The score of each element in each of r runs.

    Elements of a rank that is one of :func:`interchangeable_ranks`, as all hidden ones of a complete hierarchy, are
    others in every run: there the numbers of single elements mean nothing. :meth:`of_ranks` leaves them out.

    Covariates have scores, and stand apart: they are not compared with elements.

    Attributes
    ----------
    elements : tuple of n Hashable
    ranks : (n,) array of int
    scores : (r, n) array
    held_out : (r,) array
        What each network reached on the examples held out; NaN where there were none, or they cannot tell, as R² of
        targets that do not vary.
    """

    elements: tuple[Hashable, ...]
    ranks: NDArray[np.int64]
    scores: Floats
    held_out: Floats

    @property
    def n_runs(self) -> int:
        """The number of trainings."""
        return len(self.scores)

    @property
    def is_covariate(self) -> NDArray[np.bool_]:
        """Which elements are covariates, (n,)."""
        return are_covariates(self.elements)

    def of_ranks(self, ranks: Iterable[int]) -> Stability:
        """Return the scores of the elements of some ranks.

        Raises
        ------
        ParameterError
            If there are none there.
        """
        rows = rows_of(self.ranks, ranks)
        return Stability(
            tuple(self.elements[k] for k in rows), self.ranks[rows], self.scores[:, rows], self.held_out
        )

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return for each element the ends between which that share of the runs lies, by percentiles.

        Raises
        ------
        ParameterError
            If the level is not between 0 and 1.
        """
        require_number("a level", level, BETWEEN_0_AND_1, ", as 0.95")
        low, high = np.quantile(self.scores, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return low, high

    def rank_correlations(self, rank: int | None = None) -> Floats:
        """Return Spearman's correlation of each two runs over the elements of a rank, (r, r).

        Without a rank it is the mean over the ranks, each as heavy as it has elements: scores of two ranks are not
        compared. Where a run gives all elements one score there is no correlation, and it counts as 0; of a rank of one
        element there is none at all: it is NaN, and left out of the mean.
        """
        if rank is not None:
            rows = rows_of(self.ranks, [rank])
            return _correlations(self.scores[:, rows[~self.is_covariate[rows]]])
        sizes = [(i, len(rows)) for i, rows in by_rank(self.elements, self.ranks)]
        several = [(self.rank_correlations(i), n) for i, n in sizes if n > 1]
        if not several:
            return np.full((self.n_runs, self.n_runs), np.nan)
        return np.asarray(np.average([c for c, _ in several], axis=0, weights=[n for _, n in several]))

    def agreement(self, rank: int | None = None) -> float:
        """Return the mean of :meth:`rank_correlations` over all pairs of runs: 1 where all order elements alike."""
        above = np.triu_indices(self.n_runs, 1)
        return float(self.rank_correlations(rank)[above].mean())

    def top_share(self, n: int = 10) -> Floats:
        """Return in which share of the runs each element is among the n highest of its rank, never with a score of 0.

        Of covariates it is NaN.

        Raises
        ------
        ParameterError
            If n is not 1 or more.
        """
        require_whole_number("n", n, 1)
        often = np.full(len(self.elements), np.nan)
        for _, rows in by_rank(self.elements, self.ranks):
            scores = self.scores[:, rows]
            highest = np.argsort(-scores, axis=1, kind="stable")[:, :n]
            counted = np.take_along_axis(scores, highest, axis=1) != 0
            often[rows] = np.bincount(highest[counted], minlength=len(rows)) / self.n_runs
        return often

    def table(self, level: float = 0.95, top: int = 10) -> dict[str, Any]:
        """Return columns element, rank, mean, sd, low, high, and top: in which share of the runs it is there.

        Where there are covariates a column says which these are.
        """
        low, high = self.interval(level)
        columns = {
            "element": list(self.elements),
            "rank": self.ranks,
            "mean": self.scores.mean(axis=0),
            "sd": self.scores.std(axis=0),
            "low": low,
            "high": high,
            "top": self.top_share(top),
        }
        return marked(columns, self.elements)

    def to_pandas(self, level: float = 0.95, top: int = 10) -> Any:
        """Return the table as a pandas DataFrame (``pip install hassenet[tables]``)."""
        return pandas().DataFrame(self.table(level, top))

    def __repr__(self) -> str:
        agreement = _two_digits(self.agreement())
        what = f"{counted(len(self.elements), 'element')}, {counted(self.n_runs, 'run')}"
        return f"Stability({what}, agreement {agreement})"

    def __str__(self) -> str:
        lines = [f"{counted(self.n_runs, 'run')} of {counted(int((~self.is_covariate).sum()), 'element')}"]
        lines += [
            f"  rank {i}: mean rank correlation of two runs {_two_digits(self.agreement(i))}"
            for i, _ in by_rank(self.elements, self.ranks)
        ]
        return "\n".join([*lines, f"  held out: {self._judged()}"])

    def _judged(self) -> str:
        """Return mean and deviation of what was reached, and how many runs have no part in them."""
        judged = self.held_out[~np.isnan(self.held_out)]
        left_out = self.n_runs - len(judged)
        if not len(judged):
            return "no run could be judged"
        note = f" ({left_out:,} of {self.n_runs:,} runs could not be judged)" if left_out else ""
        return f"{judged.mean():.3f} ± {judged.std():.3f}{note}"


def _correlations(scores: Floats) -> Floats:
    """Return Spearman's correlation of each two rows."""
    if scores.shape[1] < 2:
        return np.full((len(scores), len(scores)), np.nan)
    places = rankdata(scores, axis=1)
    centred = places - places.mean(axis=1, keepdims=True)
    size = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = centred / np.where(size > 0, size, 1)
    return np.asarray(unit @ unit.T)


def _two_digits(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}"


def stability(
    train: Train,
    H: Hierarchy,
    X: Any,
    Y: Any,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    exposure: Any = None,
    explain: Explain = deeplift,
    statistic: Statistic = share,
    resampling: Resampling = Bootstrap(),
    judge: Judge | None = None,
    prepare: Prepare | None = None,
    runs: int = 20,
    seed: int = 0,
    n_jobs: int | None = None,
    progress: bool = False,
    checkpoint: Place | None = None,
    every: float | None = None,
) -> Stability:
    """Train again and again, each time from another start and on other examples, and collect each element's score.

    Parameters
    ----------
    train : callable
        (H, X, Y, seed) ↦ network; :class:`Recipe`, or any function that can be pickled.
    H : Hierarchy
        Of the networks, outputs included.
    X : (m, n₀) array, sparse array or table
        NaN where a value is missing. Columns of a table, or of an array of objects, are taken as by the estimators: a
        category by its levels, a date by its parts, and beside a column with gaps one that says where they are. A
        column with several features is an element above them. Which levels there are all rows say; what fills gaps
        each training learns of its own.
    Y : (m,) or (m, k) array, or table
        As :func:`hassenet.fit` takes it: columns that are named as the outputs, or those of the last head, are matched
        by name.
    sample_weight : (m,) array, optional
        How much each example counts in the trainings, where it goes with its row as ``train(…, sample_weight=…)``.
        Scores and judgements are means over the examples, each counted once; those of weight 0 are absent.
    offset, exposure : (m,) or (m, k) array, optional
        What is added to the signal of each output, or of all, without a weight; or what counts are counted in, as a
        time or a library size, whose logarithm is added to those of their means. It goes with its row into trainings,
        as ``train(…, offset=…)``, and judgements, as ``judge(…, offset=…)``; what is explained is an exposure of 1.
    explain : callable
        (network, X) ↦ Relevance, on all examples; ``functools.partial(deeplift, output="ill")`` where there are
        several outputs.
    statistic : callable
        Relevance ↦ a number for each element: :func:`share` of its rank, or :func:`magnitude`.
    resampling : Resampling
        :class:`Bootstrap`, :class:`Subsample`, :class:`Folds` or :class:`Whole`.
    judge : callable, optional
        (network, X, Y) ↦ how good it is on the examples held out, NaN where they cannot tell; by default the accuracy
        of classes, R² of numbers, of several heads of the last; where the recipe names a loss of times until an event
        their :func:`concordance`, of counts, ordered classes, quantiles and several kinds the mean log-likelihood.
    prepare : callable, optional
        What each training learns before it begins, of the rows that it learns from: :func:`standardise` takes features
        in deviations, or another function (X, Y) of these rows ↦ ((X, Y) ↦ (X, Y) as networks see them). By default
        :func:`fill_gaps`, where there are some. What is explained and judged are networks on what comes out.
    runs : int
        2 or more.
    seed : int
        Each run has a seed of its own from this one.
    n_jobs : int, optional
        How many processes train side by side; by default 1, or what a surrounding ``joblib.parallel_config`` says,
        which may name a cluster. Results do not depend on it.
    progress : bool
        Whether to show a progress bar on standard error.
    checkpoint : path-like, optional
        A folder that keeps what each training gave: results wait, and are written together when it is time, in the end
        and on Ctrl-C or an error at the latest. The same call with the same folder trains what is missing, and returns
        the same bits as one that was never ended; also with more runs. Another hierarchy, other examples or options are
        refused. A function of yours is known by its name and its code: that what it reads from elsewhere is the same is
        yours to see to. Trainings under way keep how far they are.
    every : float, optional
        Seconds that a kill costs at most, of results that wait to be written and of trainings under way; by default 10,
        or more where a checkpoint takes a while. Writing takes no more than a fifth of the time, so 0 is as often as
        that.

    Raises
    ------
    CheckpointError
        If the folder is of another call, of another version, or in use.
    DataError, ParameterError
        If X or Y do not fit, an option is outside its domain or a bootstrap goes with a ``validation_fraction``, or
        networks have not all the same elements; and what a training raises.
    NotFiniteError, ShapeError
        If a score is not finite, or a statistic not one number an element.

    Examples
    --------
    >>> from hassenet.stability import Recipe
    >>> X = np.random.default_rng(0).standard_normal((40, 3))
    >>> y = 2 * X[:, 0]
    >>> found = stability(Recipe(options={"epochs": 20}), Hierarchy.complete(3, 2, 1), X, y, runs=3)
    >>> found.elements[int(found.table(top=1)["top"].argmax())]
    'x0'
    """
    require_whole_number("runs", runs, 2)
    check_functions(train=train, explain=explain, statistic=statistic, **({"judge": judge} if judge else {}))
    check_resampling(resampling, train)
    subject = Subject.of(train, H, X, Y, sample_weight, offset, exposure)
    H, data = subject.hierarchy, subject.data
    if data.offset is not None:
        require_offset_taken(train=train, judge=judge)
    prepare = subject.prepare(prepare)
    study = _Study(train, H, data, explain, statistic, resampling, judge, seed, prepare)
    tasks = [(study, run, own) for run, own in enumerate(seeds("stability", seed, runs))]
    judging = {"explain": explain, "statistic": statistic, "judge": judge, "prepare": prepare}
    parts = partial(parts_of_study, "stability", H, data, train, resampling=resampling, seed=seed, **judging)
    held_out, keys = np.empty(runs), [f"run {run + 1}" for run in range(runs)]
    with folder_for(checkpoint, parts, every) as folder:
        kept = results_in(folder, keys, _codec(H))
        found = side_by_side(_run, tasks, n_jobs, progress=progress, kept=kept)
        return Stability(*together(_set_aside(held_out, found)), held_out)


def _codec(H: Hierarchy) -> Codec[tuple[Scored, float]]:
    scores = codec_of_scores(H)
    return Codec(
        lambda found: replace(scores.encode(found[0]), value=found[1]),
        lambda record: (scores.decode(record), float(record.value)),
    )


def _set_aside(held_out: Floats, found: Iterable[tuple[Scored, float]]) -> Iterator[Scored]:
    """Yield the scores, and put what was reached on the examples held out into an array."""
    for run, (scores, value) in enumerate(found):
        held_out[run] = value
        yield scores


@final
@dataclass(frozen=True, eq=False)
class _Study:
    train: Train
    H: Hierarchy
    data: Examples
    explain: Explain
    statistic: Statistic
    resampling: Resampling
    judge: Judge | None
    seed: int
    prepare: Prepare | None


def _run(study: _Study, run: int, seed: int) -> tuple[Scored, float]:
    """Return the scores of one training, and how well it does on the examples held out."""
    learned, rest = study.resampling.rows(len(study.data), run, study.seed)
    data = prepared(study.prepare, study.data, learned)
    net = trained(study.train, study.H, data.take(learned), seed)
    scores = scored(study.explain, study.statistic, net, data.X, f"run {run + 1}")
    judge = study.judge or judge_for(study.train, net)
    return scores, judged(judge, net, data.take(rest)) if len(rest) else np.nan
