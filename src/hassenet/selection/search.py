"""From a problem to the networks that are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from hassenet._checks import require_seed, require_whole_number
from hassenet.checkpoints import CheckpointFolder, Place
from hassenet.errors import DataError, ParameterError
from hassenet.network import Ensemble
from hassenet.network.averaging import averaged
from hassenet.selection.assessment import Assessment, assess, out_of_fold
from hassenet.selection.candidate import Candidate
from hassenet.selection.coding import codec_of, parts_of
from hassenet.selection.effort import Effort
from hassenet.selection.problem import Problem
from hassenet.selection.selection import Selection
from hassenet.selection.setting import Setting
from hassenet.selection.trainings import Outcome, Trainings, of_setting
from hassenet.task.dividing import folds
from hassenet.training.interrupt import Interrupt
from hassenet.training.memory import require_memory
from hassenet.training.results import Results, folder_for, results_in
from hassenet.training.side_by_side import check_threads_of, in_threads
from hassenet.training.under_way import kept_in

Array = NDArray[Any]
# After these folds what is clearly worse is not gone on with.
_SCREENED_ON, _CLEARLY_WORSE = 2, 2.0


@final
@dataclass(frozen=True, kw_only=True)
class Search:
    """Cross-validation of settings, whose fold networks become an ensemble.

    Every setting is trained on two folds; those that are worse than the best by two standard errors are given up, the
    others go through the rest. A setting's weight is exp(−z²/2); its networks share it.

    Parameters
    ----------
    members : int
        Networks of each setting: one a fold at least, and else the largest multiple of the folds that is not more.
    folds : int
    settings : sequence of Setting, optional
        What is tried; by default what :class:`Effort` says for the size of the problem.
    steps : int, optional
        Steps of a training, where not what the rows call for.
    seed : int
    n_jobs : int, optional
        Trainings at a time, each with one thread; by default one for each processor, as they do not wait for one
        another. The result does not depend on it.
    progress : bool
        Whether to show a progress bar.
    checkpoint : path-like, optional
        A folder that keeps each training, written together with others when it is time. The same search of the same
        problem goes on from there, and selects the same bits; also with more members or settings.
    every : float, optional
        Seconds that a kill costs at most, of results that wait to be written and of trainings under way; by default 10,
        or more where a checkpoint takes a while. Writing takes no more than a fifth of the time, so 0 is as often as
        that.

    Raises
    ------
    ParameterError
        If one is outside its domain.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> from hassenet.likelihoods import BinaryCrossEntropy
    >>> from hassenet.task.task import Task
    >>> X = np.random.default_rng(0).normal(size=(60, 3)).astype("float32")
    >>> y = (X[:, 0] > 0).astype(int)
    >>> problem = Problem(Hierarchy.subsets(3), Task(("ill",), BinaryCrossEntropy()), X, y[:, None], y)
    >>> Search(settings=[Setting(0.01), Setting(0.1)], folds=3).run(problem)
    Selection(2 candidates, 1 kept, 3 networks, done)
    """

    members: int = 10
    folds: int = 5
    settings: Sequence[Setting] | None = None
    steps: int | None = None
    seed: int = 0
    n_jobs: int | None = None
    progress: bool = False
    checkpoint: Place | None = None
    every: float | None = None

    def __post_init__(self) -> None:
        """Refuse what no search could do."""
        require_whole_number("members", self.members, 1)
        require_whole_number("folds", self.folds, 2)
        require_seed(self.seed)
        check_threads_of(self.n_jobs)
        if self.steps is not None:
            require_whole_number("steps", self.steps, 1)
        if self.settings is not None:
            _check_settings(self.settings)

    def effort(self, problem: Problem) -> Effort:
        """Return what is tried for a problem."""
        effort = Effort.of(problem.size, len(problem), self.folds, self.members)
        effort = effort.of_rising() if problem.task.directions else effort
        effort = effort.in_risk_sets(len(problem)) if problem.loss.looks_at_others else effort
        if self.settings is not None:
            tried, repeats = tuple(dict.fromkeys(self.settings)), max(1, self.members // self.folds)
            effort = replace(effort, settings=tried, repeats=repeats)
        return effort if self.steps is None else replace(effort, steps=self.steps)

    def run(self, problem: Problem) -> Selection:
        """Train and compare.

        Raises
        ------
        CheckpointError
            If the checkpoint is of another search, of another version, or in use.
        KeyboardInterrupt
            If Ctrl-C was pressed before any candidate had been through the first folds. Later it ends the search with
            those that had, compared on these folds, and all of their networks that are done.
        """
        effort, fold = self.effort(problem), folds(problem.strata, self.folds, [self.seed, self.folds])
        trainings = Trainings.of(problem, fold, effort, self.seed)
        _check_memory(trainings, self.folds)
        # The threads of a BLAS would only wait for those of the trainings.
        with (
            folder_for(self.checkpoint, partial(parts_of, trainings), self.every) as folder,
            Interrupt() as interrupt,
            interrupt.shared(),
            threadpool_limits(1, "blas"),
        ):
            first, outcomes = self._trained(trainings, folder)
        if interrupt.requested and not first.settings:
            raise KeyboardInterrupt("no candidate could be compared yet")
        return self._selected(trainings, first, outcomes, interrupt)

    def _trained(
        self, trainings: Trainings, folder: CheckpointFolder | None
    ) -> tuple[Assessment, list[Outcome]]:
        """Train what is tried: the first folds of everything, and the other folds of what is left then."""
        settings = trainings.effort.settings
        first, rest = range(self.folds)[:_SCREENED_ON], range(self.folds)[_SCREENED_ON:]
        linear = _linear(trainings, range(self.folds))
        begun = [*(linear if any(s.is_linear for s in settings) else []), *_jobs(trainings, settings, first)]
        side_by_side = partial(self._side_by_side, trainings, folder)
        outcomes = side_by_side(begun, " trainings, first folds")
        screened = assess(trainings.problem, trainings.fold, outcomes, first, self._kept(trainings))
        left = [s for s, z in zip(screened.settings, screened.z, strict=True) if z < _CLEARLY_WORSE]
        outcomes += side_by_side(_jobs(trainings, left, rest), " trainings, other folds")
        return screened, outcomes

    def _side_by_side(
        self, trainings: Trainings, folder: CheckpointFolder | None, jobs: Sequence[Job], unit: str
    ) -> list[Outcome]:
        kept = results_in(folder, [job.name for job in jobs], codec_of(trainings))
        tasks = [(kept, k, job) for k, job in enumerate(jobs)]
        found = in_threads(_done, tasks, self.n_jobs, progress=self.progress, unit=unit)
        return [outcome for outcomes in found for outcome in outcomes or ()]

    def _assessed(self, trainings: Trainings, outcomes: Sequence[Outcome]) -> Assessment:
        return assess(trainings.problem, trainings.fold, outcomes, range(self.folds), self._kept(trainings))

    def _kept(self, trainings: Trainings) -> int:
        """The networks of a candidate that predict together."""
        return self.folds * trainings.effort.repeats

    def _selected(
        self, trainings: Trainings, first: Assessment, outcomes: Sequence[Outcome], interrupt: Interrupt
    ) -> Selection:
        last = first if interrupt.requested else self._assessed(trainings, outcomes)
        if not last.settings:
            raise DataError(
                "a setting is kept whose trainings stay finite; of none of those tried did they in every fold; look "
                "for values far from the others, or give other settings"
            )
        weights = {s: float(w) for s, w in zip(last.settings, last.weights, strict=True) if w > 0}
        kept = dict(
            sorted(weights.items(), key=lambda item: (item[0].is_linear, -item[1]))
        )  # deep ones, best first
        of = {s: of_setting(outcomes, s) for s in kept}
        networks = [(o.network, w / len(of[s])) for s, w in kept.items() for o in of[s]]
        each = ((w, out_of_fold(trainings.fold, of[s])) for s, w in kept.items())
        prediction = averaged(networks[0][0].activations[-1], each)
        return Selection(
            Ensemble(*zip(*networks, strict=True)),
            tuple(_candidates(trainings.effort.settings, first, last)),
            prediction,
            trainings.fold,
            trainings.effort,
            "interrupted" if interrupt.requested else "done",
            tuple(s for s in kept for _ in of[s]),
        )


@final
class Job(NamedTuple):
    """Trainings, and a name that says which."""

    name: str
    train: Callable[[], list[Outcome] | None]


def _linear(trainings: Trainings, folds: Iterable[int]) -> list[Job]:
    penalties = sorted(
        s.penalty for s in trainings.effort.settings if s.is_linear
    )  # each begins at the one above
    return [Job(f"linear {penalties}, fold {f}", partial(trainings.linear, f)) for f in folds]


def _jobs(trainings: Trainings, settings: Iterable[Setting], folds: Iterable[int]) -> list[Job]:
    deep = [s for s in settings if not s.is_linear]
    every = product(deep, folds, range(trainings.effort.repeats))
    return [Job(f"{s!r}, fold {f}, repeat {k}", partial(trainings.network, s, f, k)) for s, f, k in every]


def _done(kept: Results[list[Outcome]], number: int, job: Job) -> list[Outcome] | None:
    """Return what a job gave, or gives now; what was ended halfway is not kept."""
    there = kept.get(number)
    if there is not None:
        return there
    with kept_in(kept.place(number)):
        outcomes = job.train()
    if outcomes is not None:
        kept.put(number, outcomes)
    return outcomes


def _check_memory(trainings: Trainings, folds: int) -> None:
    """Refuse networks that cannot be held, if all of them should be kept."""
    numbers = sum(net.n_parameters for net in trainings.starts.values()) * trainings.effort.repeats * folds
    what = f"{len(trainings.starts)} candidates of {folds * trainings.effort.repeats} networks each"
    require_memory(what, numbers * trainings.problem.X.dtype.itemsize, "take fewer settings or members")


def _candidates(settings: Iterable[Setting], first: Assessment, last: Assessment) -> list[Candidate]:
    """Return what was tried, the best first, those that were given up after them, by how they stood then."""
    done = {
        row[0]: Candidate(row[0], *map(float, row[1:]))
        for row in zip(last.settings, last.losses, last.z, last.weights, strict=True)
    }
    stood = dict(zip(first.settings, first.z.tolist(), strict=True))
    others = [Candidate(s, np.nan, stood.get(s, np.nan), 0.0) for s in settings if s not in done]
    return [*sorted(done.values(), key=lambda c: c.loss), *sorted(others, key=lambda c: c.z)]


def _check_settings(settings: Any) -> None:
    if not settings or not all(isinstance(s, Setting) for s in settings):
        raise ParameterError(
            f"settings are one Setting or more, as [Setting(0.1), Setting(0.01, neurons=4)]; got {settings!r}"
        )
