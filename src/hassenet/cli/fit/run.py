"""From options to a saved model, one step after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.activations import in_blocks
from hassenet.cli.fit.architecture import hierarchy_for
from hassenet.cli.fit.options import FitOptions
from hassenet.cli.fit.pictures import pictures
from hassenet.cli.fit.scores import Scores, baseline, scores
from hassenet.cli.fit.told import report
from hassenet.cli.guard import uninterrupted
from hassenet.data.scaling import Scaling
from hassenet.errors import DataError, FeatureError, NotFiniteError, TargetError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.likelihoods import Loss, canonical_loss
from hassenet.likelihoods.heads import with_auxiliary
from hassenet.model import Model
from hassenet.network import Network
from hassenet.optimizers import Adam
from hassenet.penalties import L2
from hassenet.storage import check_replaceable, save
from hassenet.tables import Table, read_spelling, read_table
from hassenet.task.target import Target
from hassenet.training import fit as train_network
from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.history import Epoch, Fit

Array = NDArray[Any]
Metrics = dict[str, dict[str, float]]

_LEAST_ROWS = 10
_VALIDATION = 0.1


@final
@dataclass(frozen=True, eq=False)
class Split:
    """The rows to learn from and the rows held out."""

    train: Array
    test: Array


def run(o: FitOptions) -> bool:
    """Read, train, judge, save and report; return whether nobody interrupted that."""
    check_replaceable(o.out, o.force)
    model, X, target, heads = start(o)
    split = _split(target, len(X), o)
    model = scaled(model, X[split.train]) if o.standardize else model
    fit, network = _learned(model, heads, X, target, split, o)
    model = replace(
        model, network=network, stopped=fit.stopped, metrics=_of_training(fit, split), history=_course(fit)
    )
    model, drawn, whole = _judged(model, fit, X, target, split, o)
    with uninterrupted():
        save(model, o.out, o.force, attachments=drawn)
        o.say(report(model, o.out))
    return whole and fit.stopped != "interrupted"


# ---------------------------------------------------------------- before training


class Start(NamedTuple):
    """The model before training, its features as a matrix, what is to be predicted, and the network with all heads."""

    model: Model
    X: Array
    target: Target
    heads: Network


def start(o: FitOptions) -> Start:
    """Read the table, and make the network that the user asked for."""
    table = _enough(read_table(o.data), o)
    target = _target(table, o)
    o.say(f"{o.data.name}: {len(table):,} rows, {len(table.columns):,} columns; {target}")
    return _start(table, target, o)


def _enough(table: Table, o: FitOptions) -> Table:
    if len(table) < _LEAST_ROWS:
        raise DataError(
            f"a fit needs at least {_LEAST_ROWS} rows; {o.data.name} has {len(table)}; collect more"
        )
    return table


def _target(table: Table, o: FitOptions) -> Target:
    """Return the target; its classes are text where a number would be spelled otherwise than in the file."""
    target = Target.of(table, o.target, o.task)
    if target.classes is not None and table[target.names[0]].dtype != object:
        target = _spelled(target, table, o)
    return target if o.positive is None else target.with_positive(o.positive)


def _spelled(target: Target, table: Table, o: FitOptions) -> Target:
    (name,) = target.names
    spelled = read_spelling(o.data, table.columns.index(name))
    one_spelling_each = spelled is not None and len(set(spelled)) == len(np.unique(table[name]))
    if spelled is None or not one_spelling_each or spelled.tolist() == [str(v) for v in table[name].tolist()]:
        return target
    return Target.of(Table({**table.values, name: spelled}), target.names, target.task)


def _start(table: Table, target: Target, o: FitOptions) -> Start:
    H = hierarchy_for(_columns(table, o), target.outputs, o)
    features = tuple(map(str, H.ranks[0]))
    X = table.numbers(features)
    o.say(f"{H!r}")
    net = Network(H, hidden=o.hidden, output=output_of(H, target), seed=o.seed)
    model = Model(_main(net, target), features, target.task, target.names, target.classes, log10=o.log10)
    return Start(model, X, target, net)


def output_of(H: Hierarchy, target: Target) -> str:
    """Return the activation of the outputs, which fall into heads of one for each output of the target."""
    return in_blocks(target.activation, H.shape[-1] // len(target.outputs))


def _main(net: Network, target: Target) -> Network:
    """Return the network without auxiliary heads."""
    outputs = net.hierarchy.ranks[-1]
    k = len(target.outputs)
    return net if len(outputs) == k else net.with_outputs(outputs[-k:])


def _columns(table: Table, o: FitOptions) -> list[str]:
    table.check_known(o.drop, "a column to drop")
    columns = [name for name in table.columns if name not in {*o.target, *o.drop}]
    if not columns:
        raise FeatureError(
            "a fit needs features; no column is left beside the target and the dropped ones; drop fewer"
        )
    if "" in columns:
        raise FeatureError(
            'a feature has a name; one column has none (an index?); name it, or leave it out: --drop ""'
        )
    return columns


def _split(target: Target, m: int, o: FitOptions) -> Split:
    from sklearn.model_selection import train_test_split

    if not o.test_size:
        return Split(np.arange(m), np.arange(0))
    by_class = None if target.classes is None else target.values
    try:
        return Split(
            *train_test_split(np.arange(m), test_size=o.test_size, random_state=o.seed, stratify=by_class)
        )
    except ValueError as error:
        raise TargetError(f"the rows cannot be split by class: {error}; change --test-size") from None


def scaled(model: Model, X: Array) -> Model:
    """Return the model that standardises its features by these rows."""
    Z = model.prepare(X)
    return replace(model, scaling=scaling_of(Z, model.features))


def scaling_of(values: Array, names: Sequence[str]) -> Scaling:
    """Return the mean and deviation of each column, or say which has none that is finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        large = ~np.isfinite(values.std(0))
    if large.any():
        raise NotFiniteError(
            f"a column that is scaled has a finite deviation; numbers are too large in "
            f"{listing(names[k] for k in np.flatnonzero(large).tolist())}; use another unit, or leave the column out"
        )
    return Scaling.of(values)


# ---------------------------------------------------------------- training


def _learned(
    model: Model, net: Network, X: Array, target: Target, split: Split, o: FitOptions
) -> tuple[Fit, Network]:
    """Train; a regression sees standardised targets, and its last layer is scaled back. Return the main network."""
    Z = model.prepare(X[split.train])
    Y = target.values[split.train]
    if target.classes is not None:
        fit = _train(net, Z, Y, target, o)
        return fit, _main(fit.network, target)
    scaling = scaling_of(Y, target.names)
    fit = _train(net, Z, scaling(Y), target, o)
    return fit, unscaled(_main(fit.network, target), scaling)


def _train(net: Network, X: Array, Y: Array, target: Target, o: FitOptions) -> Fit:
    loss = loss_of(net.hierarchy, target, o)
    return train_network(net, X, Y, loss, seed=o.seed, progress=not o.quiet, **training_options(o))


def loss_of(H: Hierarchy, target: Target, o: FitOptions) -> Loss:
    """Return the loss of the target; where there are auxiliary heads, that of all heads."""
    auxiliary = H.shape[-1] // len(target.outputs) - 1
    return with_auxiliary(canonical_loss(target.activation), auxiliary, o.auxiliary_weight)


def training_options(o: FitOptions) -> dict[str, Any]:
    """Return the options of :func:`hassenet.fit` but the seed."""
    return {
        "dropout": o.dropout,
        "penalty": L2(o.l2) if o.l2 else None,
        "optimizer": Adam(o.learning_rate),
        "batch_size": o.batch_size,
        "epochs": o.epochs,
        "validation_fraction": _VALIDATION if o.early_stopping else 0.0,
        "early_stopping": EarlyStopping() if o.early_stopping else None,
    }


def unscaled(net: Network, scaling: Scaling) -> Network:
    """Return the network with outputs scale · Nx + mean; its outputs have the identity as activation."""
    from scipy.sparse import diags_array, issparse

    *W, last = net.weights
    *b, bias = net.biases
    scaled = diags_array(scaling.scale) @ last if issparse(last) else scaling.scale[:, None] * last
    return net.with_parameters([*W, scaled], [*b, scaling.scale * bias + scaling.mean])


# ---------------------------------------------------------------- after training


def _course(fit: Fit) -> tuple[Epoch, ...]:
    """Return the history without wall times, so that one seed gives one and the same folder."""
    return tuple(epoch._replace(seconds=nan) for epoch in fit.history)


def _of_training(fit: Fit, split: Split) -> Metrics:
    rows = {"training": float(len(split.train)), "held out": float(len(split.test))}
    metrics = {"rows": rows, "training": {"epochs": float(len(fit.history)), "steps": float(len(fit.costs))}}
    if len(fit.costs):
        metrics["cost"] = {"first": float(_costs(fit)[0]), "last": float(_costs(fit)[-1])}
    return metrics


def _costs(fit: Fit) -> Sequence[float] | Array:
    """Return the cost of each epoch, which a batch would blur; of each step where not even one epoch was finished."""
    return [epoch.cost for epoch in fit.history] or fit.costs


def _judged(
    model: Model, fit: Fit, X: Array, target: Target, split: Split, o: FitOptions
) -> tuple[Model, dict[str, bytes], bool]:
    """Return the model with its scores, its pictures, and whether all were made: Ctrl-C leaves out the rest."""
    drawn: dict[str, bytes] = {}
    try:
        for name, row in _scores(model, fit, X, target, split):
            model = replace(model, metrics={**model.metrics, name: row})
        drawn = pictures(model, fit) if o.plots else {}
    except KeyboardInterrupt:
        o.say("\ninterrupted after training: the model is kept, without the scores and pictures not yet made")
        return model, drawn, False
    return model, drawn, True


def _scores(model: Model, fit: Fit, X: Array, target: Target, split: Split) -> Iterator[tuple[str, Scores]]:
    if not len(split.test):
        return
    ask = model.predict if target.classes is None else model.predict_proba
    yield "network", scores(target, split.test, ask(X[split.test]))
    if fit.stopped != "interrupted":  # who interrupts does not want to wait for another model
        yield baseline(target, model.prepare(X), split.train, split.test)
