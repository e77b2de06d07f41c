"""From options to what a training starts from: the table's features, its target, and the network before training."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.architecture import hierarchy_for
from hassenet.cli.fit.options import FitOptions
from hassenet.cli.fit.source import Source
from hassenet.errors import DataError, FeatureError
from hassenet.model import Model
from hassenet.network import Network
from hassenet.tables import Table, read_spelling, read_table
from hassenet.task.target import Target
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
    table = enough_rows(read_table(o.data), o)
    target = target_of(table, o)
    o.say(f"{o.data.name}: {len(table):,} rows, {len(table.columns):,} columns; {target}")
    H = hierarchy_for(feature_columns(table, o), target.outputs, o)
    features = tuple(map(str, H.ranks[0]))
    X = table.numbers(features)
    o.say(f"{H!r}")
    task = target.predicted(o.auxiliary_weight)
    net = task.network(H, o.hidden, seed=o.training.seed)
    model = Model(task.main(net), features, target.task, target.names, target.classes, log10=o.log10)
    return Start(model, X, target, task, net)


def enough_rows(table: Table, o: Source) -> Table:
    """Return the table, unless it has hardly any rows."""
    if len(table) < _LEAST_ROWS:
        raise DataError(
            f"a fit needs at least {_LEAST_ROWS} rows; {o.data.name} has {len(table)}; collect more"
        )
    return table


def target_of(table: Table, o: Source) -> Target:
    """Return the target; its classes are text where a number would be spelled otherwise than in the file."""
    target = Target.of(table, o.target, o.task)
    if target.classes is not None and table[target.names[0]].dtype != object:
        target = _spelled(target, table, o)
    return target if o.positive is None else target.with_positive(o.positive)


def _spelled(target: Target, table: Table, o: Source) -> Target:
    (name,) = target.names
    spelled = read_spelling(o.data, table.columns.index(name))
    one_spelling_each = spelled is not None and len(set(spelled)) == len(np.unique(table[name]))
    if spelled is None or not one_spelling_each or spelled.tolist() == [str(v) for v in table[name].tolist()]:
        return target
    return Target.of(Table({**table.values, name: spelled}), target.names, target.task)


def feature_columns(table: Table, o: Source) -> list[str]:
    """Return the columns that may be features: all but the target and what is dropped."""
    table.require_columns(o.drop, "a column to drop")
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
