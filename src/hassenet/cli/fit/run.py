"""From options to a saved model, one step after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.cli.checkpoint import removed
from hassenet.cli.fit.judged import Judged, Split
from hassenet.cli.fit.options import FitOptions
from hassenet.cli.fit.outcomes import scores_of_outcomes, settled
from hassenet.cli.fit.pictures import pictures
from hassenet.cli.fit.reading import Read, Start, read_source, read_stream, start
from hassenet.cli.fit.scores import (
    Predict,
    baselines,
    difference,
    predicted,
    prepared_for_baselines,
    rows_at,
    rows_for_usual_models,
    scores_and_losses,
    scores_of_one,
    variance_of,
)
from hassenet.cli.fit.summary import report
from hassenet.cli.guard import uninterrupted
from hassenet.cli.rescue import written_or_rescued
from hassenet.cli.streamed import is_streamed
from hassenet.cli.terminal import note
from hassenet.data.checks import is_within
from hassenet.data.columns import held_as_one
from hassenet.data.compact import columns_of
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.packed import is_bytes
from hassenet.data.resolution import blurred
from hassenet.data.scaling import Scaling
from hassenet.data.stream import is_stream
from hassenet.model import Model
from hassenet.network import Network
from hassenet.outcomes.target import OutcomeTarget
from hassenet.protocol.holding_out import as_figures, held_out
from hassenet.storage import check_replaceable, save
from hassenet.tallies.tally import Scores
from hassenet.task.target import Target
from hassenet.training import fit_with
from hassenet.training.history import Epoch, Fit

_OF_RISK_SETS = 256  # examples that are compared with each other, at most
Array = NDArray[Any]
Metrics = dict[str, dict[str, float]]


def run(o: FitOptions) -> bool:
    """Read, train, judge, save and report; return whether nobody interrupted that."""
    check_replaceable(o.out, o.force)
    if not is_streamed(o.data, o.reading.layer):
        return run_read(read_source(o), o)
    read = read_stream(o)
    o.say("one network is trained")
    return run_read(read, o)


def run_read(read: Read, o: FitOptions) -> bool:
    """Train one network on a table that was read, judge, save and report; return whether nobody interrupted that."""
    return run_on(read, split_rows(read.target, len(read.table), o), o)


def run_on(read: Read, split: Split, o: FitOptions) -> bool:
    """Train one network on rows of a table, judge it on the others, save and report, as :func:`run_read`."""
    split = in_file_order(split) if is_stream(read.table) else split
    if isinstance(read.target, OutcomeTarget):
        read = read._replace(target=read.target.begun(split.train))
    begun = start(read, split.train, o)
    check_sizes(begun.X, begun.model)
    check_replaceable(o.out, o.force, begun.network.theta.nbytes)
    model = scaled(begun.model, begun.X[split.train]) if _is_scaled(begun.X, o) else begun.model
    fit, scaling = _learned(begun, model, split, o)
    model = replace(
        model,
        network=begun.task.main(fit.network),
        target_scaling=scaling,
        stopped=fit.stopped,
        metrics={
            **_of_training(fit),
            "rows": counts_of(begun.target, split),
            "split": split_figures(begun.X, o),
        },
        history=_course(fit),
        settings=o.reading.kept,
    )
    if isinstance(begun.target, OutcomeTarget):
        model = replace(model, outcomes=settled(model, begun.target, begun.X, split.train))
    usual = rows_for_usual_models(begun.X, begun.target, split.train, o.training.seed)
    return kept(model, Judged("network", begun.X, begun.target, split, usual, fit), o)


def kept(model: Model, judged: Judged, o: FitOptions) -> bool:
    """Judge a model, save it and report; return whether nobody interrupted that, nor its training."""
    model, drawn, is_judged = _judged(model, judged, o)
    is_complete = is_judged and model.stopped != "interrupted"
    if not is_complete and o.checkpoint is not None:
        note(f"interrupted: what was learned is kept in {o.checkpoint}; the same command goes on from there")
        return False
    with uninterrupted():
        out = o.out if is_complete else _beside(o.out, o)
        written_or_rescued(partial(save, model, force=o.force, attachments=drawn), out)
        removed(o.checkpoint)
        if not is_judged:
            o.say(
                "\ninterrupted after training: the model is kept, without the scores and pictures not yet made"
            )
        o.say(report(model, out))
    return is_complete


def goes_on(model: Model, o: FitOptions) -> bool:
    """Return whether what was learned until an interruption is in a checkpoint, from which the same command goes on."""
    return model.stopped == "interrupted" and o.checkpoint is not None


def _beside(out: Path, o: FitOptions) -> Path:
    """Return the path for a model that was interrupted: another one than that of a model that is there."""
    if not (out.is_dir() and any(out.iterdir())):
        return out
    tries = (out.with_name(f"{out.name}-interrupted{number or ''}") for number in count())
    beside = next(path for path in tries if not path.exists())
    note(f"{out} keeps the model that was there; what was learned until now is in {beside}")  # quiet or not
    return beside


# ---------------------------------------------------------------- before training


def split_rows(target: Target | OutcomeTarget, m: int, o: FitOptions) -> Split:
    """Return the rows to learn from and those to hold out, by class where there are classes."""
    return Split(*held_out(m, target.strata, o.test_size, o.training.seed))


def in_file_order(split: Split) -> Split:
    """Return the rows as a stream has them, which is read from its beginning to its end."""
    return Split(*map(np.sort, split))


def split_figures(X: Array, o: FitOptions) -> dict[str, float]:
    """Return what tells rows learned from and rows held out apart, when the table is seen again.

    Of a stream there is no check sum, which has all rows of a column together: it is not known again.
    """
    columns = () if is_stream(X) else columns_of(X)
    return as_figures(X.shape[0], o.test_size, o.training.seed, columns)


def counts_of(target: Target | OutcomeTarget, split: Split) -> dict[str, float]:
    """Return how many rows are learned from, and how many are held out."""
    train, test = split
    train = train[target.take(train).is_learnable] if isinstance(target, OutcomeTarget) else train
    return {"training": float(len(train)), "held out": float(len(test))}


def _is_scaled(X: Array, o: FitOptions) -> bool:
    """Return whether features are to be standardised; genotypes are not, which would make longer numbers of them."""
    if not (o.standardize and (_are_genotypes(X) if is_stream(X) else is_bytes(X))):
        return o.standardize
    o.say("whole numbers of one byte are taken as they are, and not standardised")
    return False


def check_sizes(X: Any, model: Model) -> None:
    """Refuse numbers that the network's type cannot hold, by their rows in the table."""
    if isinstance(X, np.ndarray) and not is_within(X, model.network.dtype):
        model.prepare(X)


def _are_genotypes(stream: Any) -> bool:
    """Return whether all features of a stream are whole numbers of one byte, without a covariate."""
    if not set(stream.source.variables).issuperset(stream.features):
        return False
    return bool(stream.source.is_compact) or is_bytes(held_as_one(stream.head(1), stream.features))


def scaled(model: Model, X: Array) -> Model:
    """Return the model that standardises its features by these rows."""
    scaling = scaling_of(model.prepare(X), model.features)
    if model.steps is None:
        return replace(model, scaling=scaling)
    return replace(model, steps=(*model.steps, scaling))


def scaling_of(values: Any, names: Sequence[str]) -> Scaling:
    """Return the mean and deviation of what is there of each column, or say which has none that is finite."""
    if issparse(values) or is_stream(values) or isinstance(values, Elsewhere):
        return Scaling.of(values)
    return Scaling.of_observed(values, names)


# ---------------------------------------------------------------- training


def _learned(begun: Start, model: Model, split: Split, o: FitOptions) -> tuple[Fit, Scaling | None]:
    """Train; a regression sees standardised targets. Return their scaling, which the model undoes in float64."""
    if isinstance(begun.target, OutcomeTarget):
        rows = begun.target.learnable(split.train)
        target, Z = begun.target.take(rows), model.prepare(begun.X[rows])
        begun = begun._replace(network=_at_the_level(begun.network, target))
        return _trained(begun, Z, target.encoded, in_batches(target, o), target.offset), None
    Z, Y = model.prepare(begun.X[split.train]), begun.target.values[split.train]
    if begun.target.classes is not None:
        return _trained(begun, Z, Y, o), None
    scaling = scaling_of(Y, begun.target.names)
    return _trained(begun, Z, scaling(Y), o), scaling


def _at_the_level(net: Network, target: OutcomeTarget) -> Network:
    """Return the network, every head of which begins at the level of counts: log y may be far from its offset."""
    if not target.outcomes.loss.exposed(len(target.outputs)).any():
        return net
    from hassenet.selection.of_outcomes import signals_of
    from hassenet.training.level import begun_at

    return begun_at(net, signals_of(target))


def in_batches(target: OutcomeTarget, o: FitOptions) -> FitOptions:
    """Return the options with larger batches where examples look at each other, unless their size is given.

    An eighth of the rows, so that few rows are not learned from in too few steps.
    """
    if not target.outcomes.loss.looks_at_others or o.batch_size is not None:
        return o
    return replace(
        o,
        training=replace(
            o.training, batch_size=min(max(len(target) // 8, o.training.batch_size), _OF_RISK_SETS)
        ),
    )


def _trained(begun: Start, X: Array, Y: Array, o: FitOptions, offset: Array | None = None) -> Fit:
    loss = begun.task.loss_on(begun.network.hierarchy)
    options = replace(o.training, loss=loss, progress=not o.quiet)
    return fit_with(
        options, _fine_enough(begun.network, X), X, Y, offset=offset, checkpoint=o.checkpoint, every=o.every
    )


def _fine_enough(net: Network, X: Array) -> Network:
    """Return the network, of float64 where features that were not standardised would be blurred by its type."""
    return net.with_dtype(np.float64) if blurred(X, net.dtype).any() else net


# ---------------------------------------------------------------- after training


def _course(fit: Fit) -> tuple[Epoch, ...]:
    """Return the history without wall times, so that one seed gives one and the same folder."""
    return tuple(epoch._replace(seconds=nan) for epoch in fit.history)


def _of_training(fit: Fit) -> Metrics:
    metrics = {"training": {"epochs": float(len(fit.history)), "steps": float(len(fit.costs))}}
    if len(fit.costs):
        metrics["cost"] = {"first": float(_costs(fit)[0]), "last": float(_costs(fit)[-1])}
    return metrics


def _costs(fit: Fit) -> Sequence[float] | Array:
    """Return the cost of each epoch, which a batch would blur; of each step where not even one epoch was finished."""
    return [epoch.cost for epoch in fit.history] or fit.costs


def _judged(model: Model, judged: Judged, o: FitOptions) -> tuple[Model, dict[str, bytes], bool]:
    """Return the model with its scores, its pictures, and whether all were made: Ctrl-C leaves out the rest.

    Of a model that goes on from a checkpoint none is made, as it is not saved.
    """
    drawn: dict[str, bytes] = {}
    if goes_on(model, o):
        return model, drawn, False
    try:
        for name, row in _scores(model, judged):
            model = replace(model, metrics={**model.metrics, name: row})
        drawn = pictures(model, judged.X[judged.split.train], judged.fit) if o.plots else {}
    except KeyboardInterrupt:
        return model, drawn, False
    return model, drawn, True


def _scores(model: Model, judged: Judged) -> Iterator[tuple[str, Scores]]:
    """Yield the scores of the model, those of the usual ones, and the differences of its losses from theirs."""
    if not len(judged.split.test):
        return
    if model.stopped != "interrupted" and len(judged.usual) < len(judged.split.train):
        yield "rows", {**model.metrics["rows"], "usual models": float(len(judged.usual))}
    if isinstance(judged.target, OutcomeTarget):
        yield from scores_of_outcomes(model, judged)
    else:
        yield from _scores_of_one(model, judged.target, judged)


def _scores_of_one(model: Model, target: Target, judged: Judged) -> Iterator[tuple[str, Scores]]:
    X, (train, test), variance = judged.X, judged.split, variance_of(target)
    own = partial(_own_prediction, model)
    found, losses = scores_and_losses(predicted(model, X, target, test, own), variance)
    yield judged.name, found
    yield (
        "learned from",
        scores_of_one(predicted(model, X, target, train, own)),
    )  # too good: the model has seen them
    if model.stopped == "interrupted":  # then there is no wait for another model
        return
    prepare, others = partial(prepared_for_baselines, model), {}
    learned_from = prepare(rows_at(model, X, judged.usual))
    for name, predict in baselines(target.take(judged.usual), learned_from):
        parts = predicted(model, X, target, test, partial(_their_prediction, predict, prepare))
        row, theirs = scores_and_losses(parts, variance)
        others[name] = difference(target, losses, theirs)
        yield name, row
    yield from ((f"{judged.name} minus {name}", row) for name, row in others.items() if row)


def _own_prediction(model: Model, X: Any, _: Target) -> Array:
    found: Array = (model.predict if model.classes is None else model.predict_proba)(X)
    return found


def _their_prediction(predict: Predict, prepare: Predict, X: Any, _: Target) -> Array:
    return predict(prepare(X))
