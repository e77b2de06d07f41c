"""Networks of settings that were chosen on some rows, which go on learning from all."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.checkpoints import CheckpointFolder
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.packed import Packed
from hassenet.errors import DataError, DivergedError, HassenetWarning
from hassenet.network import Ensemble, Network
from hassenet.optimizers import Adam
from hassenet.schedules import OneCycle
from hassenet.selection.candidate import Candidate
from hassenet.selection.effort import Effort
from hassenet.selection.problem import Problem
from hassenet.selection.search import Search
from hassenet.selection.selection import Selection
from hassenet.training import TrainingOptions, fit_with
from hassenet.training.history import Fit

Array = NDArray[Any]
_PEAK_RATE = 0.01


def learned_from_all(
    search: Search, selection: Selection, problem: Problem, folder: CheckpointFolder | None = None
) -> Selection:
    """Return the selection whose networks have learned from all rows: one of each setting that counts, at most members.

    The heaviest goes on first, from its network of the first fold. λ becomes λ √(few/m), as the noise of more rows is
    less. Weights are those of the choice.

    Parameters
    ----------
    search : Search
        Which chose the settings.
    selection : Selection
        What it found on some rows.
    problem : Problem
        All m rows; X may be a stream, or elsewhere, Y too.
    folder : CheckpointFolder, optional
        Keeps the trainings.

    Returns
    -------
    Selection
        Of the rows that settings were chosen on. After Ctrl-C with the networks that had begun; where that came while
        settings were chosen, with those of the folds.

    Warns
    -----
    HassenetWarning
        If the cost of a network does not stay finite: its setting is left out.

    Raises
    ------
    DataError
        If that of none does.
    """
    if selection.stopped == "interrupted":
        return selection
    trained = list(_trained(search, selection, problem, folder))
    if not trained:
        raise DataError(
            "a setting is kept whose network stays finite on all rows; that of none did; look for values far from the "
            "others, or give other settings"
        )
    done = [candidate for candidate, _ in trained]
    return replace(
        selection,
        learned_from=len(problem),
        ensemble=Ensemble([fit.network for _, fit in trained], [candidate.weight for candidate in done]),
        settings=tuple(candidate.setting for candidate in done),
        stopped="interrupted" if trained[-1][1].stopped == "interrupted" else "done",
    )


def of_all_rows(selection: Selection, some: Array, m: int) -> Selection:
    """Return a selection, found on some of m rows, of all: NaN out of fold, and −1 as the fold, for the others."""
    out_of_fold = np.full((m, selection.out_of_fold.shape[1]), np.nan, selection.out_of_fold.dtype)
    fold = np.full(m, -1)
    out_of_fold[some], fold[some] = selection.out_of_fold, selection.fold
    return replace(selection, out_of_fold=out_of_fold, fold=fold)


def _trained(
    search: Search, selection: Selection, problem: Problem, folder: CheckpointFolder | None
) -> Iterator[tuple[Candidate, Fit]]:
    """Yield the settings that count, and how their networks have learned, the last one as far as Ctrl-C let it."""
    for k, candidate in enumerate(selection.chosen[: search.members]):
        part = None if folder is None else folder.part(f"network {k}")
        try:
            fit = _gone_on(search, selection, candidate, problem, part)
        except DivergedError as error:
            _warn_of(candidate, error)
            continue
        yield candidate, fit
        if fit.stopped == "interrupted":
            return


def _gone_on(
    search: Search,
    selection: Selection,
    candidate: Candidate,
    problem: Problem,
    part: CheckpointFolder | None,
) -> Fit:
    return fit_with(
        _options(search, selection, candidate, problem),
        _first_of(selection, candidate),
        problem.X,
        problem.Y,
        sample_weight=problem.weight,
        offset=problem.offset,
        checkpoint=part,
    )


def _first_of(selection: Selection, candidate: Candidate) -> Network:
    return selection.ensemble.networks[selection.settings.index(candidate.setting)]


def _options(search: Search, selection: Selection, candidate: Candidate, problem: Problem) -> TrainingOptions:
    setting, few, m = candidate.setting, len(selection.fold), len(problem)
    effort = _in_large_batches(search, selection.effort) if _is_far(problem.X) else selection.effort
    batch_size = min(effort.batch_size, m)
    return TrainingOptions(
        loss=problem.loss,
        penalty=problem.penalty(setting.penalty * sqrt(few / m)),
        optimizer=Adam(OneCycle(_PEAK_RATE)),
        batch_size=batch_size,
        epochs=max(1, round(effort.steps * batch_size / m)),
        input_dropout=setting.input_dropout,
        seed=search.seed,
        progress=search.progress,
        n_threads=search.n_jobs if (search.n_jobs or 0) > 0 else None,
    )


def _in_large_batches(search: Search, effort: Effort) -> Effort:
    """Return the effort for rows elsewhere; as many steps as were asked for."""
    large = effort.in_large_batches()
    return large if search.steps is None else replace(large, steps=search.steps)


def _is_far(X: Any) -> bool:
    """Return whether each look at rows is a call of another process."""
    return isinstance(X, Elsewhere) and not isinstance(X, Packed)


def _warn_of(candidate: Candidate, error: DivergedError) -> None:
    warnings.warn(
        f"{candidate.setting} is left out: its network, which was chosen on some rows, does not stay finite on all "
        f"({error}); look for values far from the others",
        HassenetWarning,
        stacklevel=2,
    )
