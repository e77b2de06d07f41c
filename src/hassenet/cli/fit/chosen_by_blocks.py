"""Settings chosen on some rows of a table that is read a block at a time; their networks learn from all rows."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.checkpoints import CheckpointFolder, Identity, opened
from hassenet.cli.fit.choosable import reason_for_one_network, reason_of_folds
from hassenet.cli.fit.chosen import FOLDS, Examples, examples, learned
from hassenet.cli.fit.encoded import Encoded, encoded
from hassenet.cli.fit.options import FitOptions
from hassenet.cli.fit.outcomes import settled
from hassenet.cli.fit.reading import Read, divided, read_stream
from hassenet.cli.fit.run import (
    Judged,
    Split,
    counts_of,
    in_file_order,
    kept,
    run_on,
    split_figures,
    split_rows,
)
from hassenet.cli.terminal import note
from hassenet.model import Model
from hassenet.network import Ensemble, Network
from hassenet.optimizers import Adam
from hassenet.outcomes.target import OutcomeTarget
from hassenet.penalties import L2, Separate
from hassenet.schedules import OneCycle
from hassenet.selection import Candidate, Selection
from hassenet.storage import check_replaceable
from hassenet.task.target import Target
from hassenet.training import TrainingOptions, fit_with

Array = NDArray[Any]
AnyTarget = Target | OutcomeTarget
_MOST_ROWS, _MOST_CELLS, _FEWEST_ROWS = 100_000, 5_000_000, 1_000
_PEAK_RATE = 0.01


class _Learnable(NamedTuple):
    """All rows to learn from: prepared features, a stream, and targets as the loss takes them."""

    Z: Any
    Y: Array
    offset: Array | None


def run_chosen_by_blocks(o: FitOptions) -> bool:
    """Choose settings on some rows, train on all, judge, save and report; return whether nobody interrupted that."""
    check_replaceable(o.out, o.force)
    source = read_stream(o)
    split = split_rows(source.target, len(source.table), o)
    some = _some_of(split.train, len(source.columns), o.training.seed)
    reason = (reason_of_folds if o.has_hierarchy else reason_for_one_network)(source, some, FOLDS)
    if reason:
        o.say(reason)
        return run_on(source, split, o)
    return _run_on(source, split, some, o)


def _some_of(rows: Array, n_columns: int, seed: int) -> Array:
    """Return all rows, or so many at random that settings are chosen in about a minute."""
    most = max(min(_MOST_ROWS, _MOST_CELLS // n_columns), _FEWEST_ROWS)
    return rows if len(rows) <= most else np.random.default_rng(seed).permutation(rows)[:most]


def _run_on(source: Read, split: Split, some: Array, o: FitOptions) -> bool:
    target = source.target
    target = target.begun(split.train) if isinstance(target, OutcomeTarget) else target
    found = encoded(source.table, *divided(source, o.covariate), split.train, o)
    few = _of_rows(found, target, some, o)
    of_few = Split(np.arange(len(some)), split.test)
    if len(some) == len(split.train):
        return _kept(learned(few, of_few, o)[0], found, target, split, o)
    o.say(
        f"settings are chosen on {len(some):,} of {len(split.train):,} rows to learn from, at random by the seed; "
        "their networks then learn from all of these, a block at a time"
    )
    with _folder(o) as folder:
        # Choosing again gives the same, in about a minute.
        model, selection = learned(few, of_few, replace(o, checkpoint=None, every=None))
        if model.stopped != "interrupted":
            split = in_file_order(split)
            model = _on_all(model, selection, found.X, target, split, o, folder)
        elif folder is not None:
            note(
                f"interrupted while settings were chosen; the same command chooses them again, in {folder.path}"
            )
            return False
    return _kept(model, found, target, split, o)


def _kept(model: Model, found: Encoded, target: AnyTarget, split: Split, o: FitOptions) -> bool:
    model = replace(model, metrics={"rows": counts_of(target, split), "split": split_figures(found.X, o)})
    return kept(model, Judged("ensemble", found.X, target, in_file_order(split)), o)


def _of_rows(found: Encoded, target: AnyTarget, rows: Array, o: FitOptions) -> Examples:
    """Return some rows in memory, in the order in which they are given."""
    stream: Any = found.X
    order = np.argsort(rows)
    X = found.encoding.read(stream[rows[order]].cells(stream.features))[np.argsort(order)]
    of = (
        target.take(rows)
        if isinstance(target, OutcomeTarget)
        else replace(target, values=target.values[rows])
    )
    return examples(found, X, of, o)


# ---------------------------------------------------------------- learning from all rows


def _on_all(
    model: Model,
    selection: Selection,
    X: Any,
    target: AnyTarget,
    split: Split,
    o: FitOptions,
    folder: CheckpointFolder | None,
) -> Model:
    """Return the model of which a network of each setting that was chosen has learned from all rows."""
    data = _learnable(model, X, target, split.train)
    few, most = len(selection.fold), selection.chosen[: o.members]
    trained: list[Network] = []
    stopped = "epochs"
    for k, candidate in enumerate(most):
        options = _options(candidate, selection, few, target, data, o)
        part = None if folder is None else folder.part(f"network {k}")
        start = _first_of(candidate, model, selection)
        fit = fit_with(options, start, data.Z, data.Y, offset=data.offset, checkpoint=part, every=o.every)
        trained.append(fit.network)
        if fit.stopped == "interrupted":
            stopped = "interrupted"
            break
    weights = [candidate.weight for candidate in most][: len(trained)]
    model = replace(
        model,
        network=Ensemble(trained, weights),
        stopped=stopped,
        settings={**model.settings, "networks": len(trained), "settings chosen on rows": few},
    )
    if isinstance(target, OutcomeTarget):
        return replace(model, outcomes=settled(model, target, X, split.train))
    return model


def _folder(o: FitOptions) -> AbstractContextManager[CheckpointFolder | None]:
    if o.checkpoint is None:
        return nullcontext()
    return opened(o.checkpoint, Identity({"command": "fit, settings chosen on some rows of a stream"}))


def _learnable(model: Model, X: Any, target: AnyTarget, rows: Array) -> _Learnable:
    if isinstance(target, OutcomeTarget):
        rows = target.learnable(rows)
        of = target.take(rows)
        return _Learnable(model.prepare(X[rows]), of.encoded, of.offset)
    Y = target.values[rows]
    scaled = Y if model.target_scaling is None else model.target_scaling(Y.reshape(len(Y), -1))
    return _Learnable(model.prepare(X[rows]), scaled, None)


def _first_of(candidate: Candidate, model: Model, selection: Selection) -> Network:
    """Return the first network of a setting, as it learned from some rows: from there it goes on."""
    return Ensemble.of(model.network).networks[selection.settings.index(candidate.setting)]


def _options(
    candidate: Candidate,
    selection: Selection,
    few: int,
    target: AnyTarget,
    data: _Learnable,
    o: FitOptions,
) -> TrainingOptions:
    """Return how a setting learns from more rows: λ falls with their root, as the noise does."""
    setting, effort, m = candidate.setting, selection.effort, len(data.Y)
    batch_size = min(effort.batch_size, m)
    return TrainingOptions(
        loss=target.outcomes.loss if isinstance(target, OutcomeTarget) else None,
        penalty=Separate(L2(setting.penalty * sqrt(few / m)), o.covariate_l2),
        optimizer=Adam(OneCycle(_PEAK_RATE)),
        batch_size=batch_size,
        epochs=max(1, round(effort.steps * batch_size / m)),
        input_dropout=setting.input_dropout,
        seed=o.training.seed,
        progress=not o.quiet,
    )
