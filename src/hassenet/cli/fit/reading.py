"""From options to what a training starts from: the table's features, its target, and the network before training."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.architecture import hierarchy_for
from hassenet.cli.fit.options import FitOptions
from hassenet.cli.fit.source import Source
from hassenet.cli.fit.taken import taken
from hassenet.cli.reading import check_not_turned, columns_named, name_of
from hassenet.errors import DataError, FeatureError, counted, listing
from hassenet.model import Model
from hassenet.network import Network
from hassenet.tables import Table, read_columns
from hassenet.task.target import Target, have_any
from hassenet.task.task import Task

Array = NDArray[Any]

_LEAST_ROWS = 10


class Start(NamedTuple):
    """What a training starts from.

    Attributes
    ----------
    model : Model
        With the main outputs of the network, before training.
    X : (m, n) array
        The features.
    target : Target
    task : Task
        What the network is to predict of the target.
    network : Network
        With all heads, before training.
    """

    model: Model
    X: Array
    target: Target
    task: Task
    network: Network


def start(o: FitOptions) -> Start:
    """Read the table, and make the network that the user asked for."""
    table, target, columns = read_source(o)
    H = hierarchy_for(columns, target.outputs, o)
    features = tuple(map(str, H.ranks[0]))
    X = table.numbers(features)
    o.say(taken(X, features))
    o.say(f"{H!r}")
    task = target.predicted(o.auxiliary_weight)
    net = task.network(H, o.hidden, seed=o.training.seed)
    model = Model(task.main(net), features, target.task, target.names, target.classes, log10=o.log10)
    return Start(model, X, target, task, net)


class Read(NamedTuple):
    """A table, the target in it, and the columns that may be features."""

    table: Table
    target: Target
    columns: list[str]


def read_source(o: Source) -> Read:
    """Read the table, its target, and the names of the columns that may be features."""
    table = o.reading.read(o.data)
    check_not_turned(table, o.target)
    names = columns_named(table, o.target, "the target")
    table = _with_a_target(table, names, o)
    target = _target_of(_enough_rows(table, o), names, o)
    o.say(f"{name_of(o.data)}: {len(table):,} rows, {len(table.columns):,} columns; {target}")
    _say_gaps(table, target, o)
    return Read(table, target, _feature_columns(table, {*target.names}, o))


def _with_a_target(table: Table, names: tuple[str, ...], o: Source) -> Table:
    """Return the rows that have one of several targets at least; of one target none may be missing."""
    if len(names) == 1:
        return table
    table.require_columns(names, "the target")
    known = have_any(table, names)
    if known.all():
        return table
    o.say(f"{counted(int((~known).sum()), 'row')} without any target left out")
    return table.take(np.flatnonzero(known))


def _say_gaps(table: Table, target: Target, o: Source) -> None:
    missing = table.missing(target.names)
    if missing:
        gaps = listing(f"{name} {count:,}" for name, count in missing.items())
        o.say(f"targets that are missing do not count: {gaps} of {len(table):,} rows")


def _enough_rows(table: Table, o: Source) -> Table:
    """Return the table, unless it has hardly any rows."""
    if len(table) < _LEAST_ROWS:
        raise DataError(
            f"a fit needs at least {_LEAST_ROWS} rows; {name_of(o.data)} has {len(table)}; collect more"
        )
    return table


def _target_of(table: Table, names: tuple[str, ...], o: Source) -> Target:
    target = Target.of(table, names, o.task)
    return target if o.positive is None else target.with_positive(o.positive)


def _feature_columns(table: Table, others: set[str], o: Source) -> list[str]:
    """Return the columns that may be features: all but the target, what is dropped, and what names the examples."""
    dropped = columns_named(table, o.drop, "a column to drop")
    others = others | {*dropped, *(table.columns[:1] if o.reading.has_names else ()), *_of_targets(o)}
    columns = [name for name in table.columns if name not in others]
    if not columns:
        raise FeatureError(
            "a fit needs features; no column is left beside the target and the dropped ones; drop fewer"
        )
    if "" in columns:
        raise FeatureError(
            'a feature has a name; one column has none (an index?); name it, or leave it out: --drop ""'
        )
    return columns


def _of_targets(o: Source) -> tuple[str, ...]:
    """Return the columns that come from a second table: what stands beside the target there is not a feature."""
    return () if o.reading.targets is None else read_columns(o.reading.targets)[1:]
