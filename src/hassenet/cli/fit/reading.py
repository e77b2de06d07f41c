"""From options to what a training starts from: the table's features, its target, and the network before training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.architecture import layout_for
from hassenet.cli.fit.directions import directions_of
from hassenet.cli.fit.encoded import encoded
from hassenet.cli.fit.options import FitOptions
from hassenet.cli.fit.source import Source
from hassenet.cli.reading import check_not_turned, columns_named, name_of
from hassenet.cli.streamed import columns_in_memory, head_of, open_stream
from hassenet.data.logarithm import Logarithm
from hassenet.data.stream import Stream, is_stream
from hassenet.errors import DataError, FeatureError, ParameterError, TargetError, counted, listing
from hassenet.model import Model
from hassenet.network import Network
from hassenet.outcomes import HazardRatio, IntervalHazards, Outcomes
from hassenet.outcomes.recognition import Wish, outcomes_in
from hassenet.outcomes.target import OutcomeTarget
from hassenet.tables import Table, read_columns
from hassenet.task.spelled import with_amounts, with_numbers
from hassenet.task.target import SPELLINGS, Target
from hassenet.task.task import Task

Array = NDArray[Any]

_LEAST_ROWS = 10


class Read(NamedTuple):
    """A table or stream, the target in it, the columns that may be features, and others that may be covariates."""

    table: Any
    target: Target | OutcomeTarget
    columns: list[str]
    beside: frozenset[str] = frozenset()


class Start(NamedTuple):
    """What a training starts from.

    Attributes
    ----------
    model : Model
        With the main outputs of the network, before training.
    X : (m, n) array or stream
        The features; of a stream the columns that they are made of.
    target : Target
    task : Task
        What the network is to predict of the target.
    network : Network
        With all heads, before training.
    hidden : str or sequence of str
        The activations of its hidden ranks.
    """

    model: Model
    X: Array
    target: Target | OutcomeTarget
    task: Task
    network: Network
    hidden: str | Sequence[str]


def start(read: Read, rows: Array | None, o: FitOptions) -> Start:
    """Learn what the columns are from some rows, by default from all, and make the network that the user asked for."""
    begun = start_with_gaps(read, rows, o)
    encoding = begun.model.encoding
    return begun if encoding is None or is_stream(begun.X) else begun._replace(X=encoding.filled(begun.X))


def start_with_gaps(read: Read, rows: Array | None, o: FitOptions) -> Start:
    """Return the same with NaN in X where a value is missing."""
    found = encoded(read.table, *divided(read, o.covariate), rows, o)
    features, target = found.encoding.features, read.target
    if isinstance(target, OutcomeTarget):
        _check_one_head(o)
    H, hidden = layout_for(found.hierarchy, found.of_elements, found.covariates, target.outputs, o)
    o.say(f"{H!r}")
    task = replace(
        target.predicted(o.auxiliary_weight), directions=directions_of(o, H.ranks[0], found.encoding)
    )
    net = task.network(H, hidden, seed=o.training.seed)
    outcomes = target.outcomes if isinstance(target, OutcomeTarget) else None
    model = Model(
        task.main(net),
        features,
        target.task,
        target.names,
        target.classes,
        encoding=found.encoding,
        outcomes=outcomes,
    )
    return Start(_logged(model, o.log10, found.amounts), found.X, target, task, net, hidden)


def _check_one_head(o: FitOptions) -> None:
    if o.auxiliary is not None:
        raise ParameterError(
            "auxiliary heads are those of classes, or of plain numbers; leave out --auxiliary, or fit each target by "
            "itself"
        )


def _logged(model: Model, offset: float | None, amounts: tuple[int, ...] | None) -> Model:
    """Return the model that takes the logarithm of its features first, of those that are amounts."""
    if offset is None:
        return model
    if amounts is None:
        return replace(model, log10=offset)
    return replace(model, steps=(Logarithm(offset, amounts),))


def divided(read: Read, texts: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the columns that may be features, and those that are covariates.

    Raises
    ------
    FeatureError
        If a covariate is not a column, or is the target or another column that is left out, or no feature is left.
    """
    names = columns_named(read.table, texts, "a covariate")
    there = {*read.columns, *read.beside}
    others = [name for name in names if name not in there]
    if others:
        raise FeatureError(
            f"a covariate is a column beside the target and those left out; {listing(others)} is one of these; name "
            "another"
        )
    features = [name for name in read.columns if name not in names]
    if not features:
        raise FeatureError(
            "beside covariates a fit needs features; every column is a covariate; name fewer of them"
        )
    return features, names


def read_source(o: Source) -> Read:
    """Read the table, its target, and the names of the columns that may be features."""
    table = o.reading.read(o.data)
    check_not_turned(table, o.target)
    names = columns_named(table, o.target, "the target")
    known = _known(table, names, table, o)
    left_out, second = _left_out(table, known.target, o), {*_of_targets(o)}
    columns = _feature_columns(table, left_out | second, o)
    return Read(known.of(table), known.target, columns, frozenset(_beside(table) | second) - left_out)


def read_stream(o: Source) -> Read:
    """Read the targets of a large table; features are read where they are learned from, a block at a time."""
    stream = open_stream(o.data, o.reading)
    head = head_of(stream)
    check_not_turned(head, o.target)
    names = columns_named(head, o.target, "the target")
    there = set(head.columns)
    asked = [name for name in (*names, *_others_asked(head, o.wish)) if name in there]
    known = _known(columns_in_memory(stream, list(dict.fromkeys(asked))), names, stream, o)
    o.say("read a block at a time")
    left_out, second = _left_out(head, known.target, o), {*_of_targets(o)}
    columns = _feature_columns(head, left_out | second, o)
    beside = frozenset(_beside(head) | second) - left_out
    return Read(stream if known.rows is None else stream[known.rows], known.target, columns, beside)


def _left_out(table: Table, target: Target | OutcomeTarget, o: Source) -> set[str]:
    """Return the columns that are neither features nor covariates."""
    return {*target.columns, *_dropped(table, target.columns, o)}


def _dropped(table: Table, of_target: Sequence[str], o: Source) -> tuple[str, ...]:
    """Return the columns to drop, of which none is the target's."""
    names = columns_named(table, o.drop, "a column to drop")
    both = [name for name in names if name in of_target]
    if both:
        raise FeatureError(
            f"a column to drop is not what is predicted; {listing(both)} belongs to the target; leave it out of --drop"
        )
    return names


def _others_asked(table: Table, wish: Wish) -> tuple[str, ...]:
    """Return the columns that tell the target, beside those that are named as targets."""
    of_times = [name for name in (wish.time, wish.event, wish.stratum) if name is not None]
    table.require_columns(of_times, "the target")
    return (*of_times, *(() if wish.offset is None else (wish.offset.column,)))


class _Known(NamedTuple):
    """The rows that have a target, None where all have, and the target of these."""

    rows: Array | None
    target: Target | OutcomeTarget

    def of(self, table: Table) -> Table:
        """Return these rows of a table."""
        return table if self.rows is None else table.take(self.rows)


def _known(table: Table, names: tuple[str, ...], whole: Table | Stream, o: Source) -> _Known:
    """Return the rows that have a target, and the target: ``table`` holds all rows of what tells it."""
    _enough_rows(table, o)
    table = _with_numbers(table, names, o)
    outcomes = outcomes_in(table, names, o.wish)
    if outcomes is None:
        return _plain(table, names, whole, o)
    return _of_outcomes(table, outcomes, whole, o)


def _with_numbers(table: Table, names: tuple[str, ...], o: Source) -> Table:
    """Return the table with numbers for targets that spell some as text, unless these are asked for as classes."""
    asked = {name: o.wish.kinds.get(name, o.task) for name in names}
    table = with_amounts(table, [name for name, kind in asked.items() if kind == "auto"])
    return with_numbers(table, [name for name, kind in asked.items() if kind in ("regression", "count")])


def _plain(table: Table, names: tuple[str, ...], whole: Table | Stream, o: Source) -> _Known:
    """Return the rows that have a target, and the target: one class, or numbers."""
    rows = _with_target(table, names, o)
    complete = table if rows is None else _enough_rows(table.select(names).take(rows), o)
    target = _target_of(complete, names, len(table) - len(complete), rows, o)
    _say_read(complete, target, whole, o)
    _say_missing(complete.missing(target.names), complete, o)
    return _Known(rows, target)


def _of_outcomes(table: Table, outcomes: Outcomes, whole: Table | Stream, o: Source) -> _Known:
    """Return the rows that have a target, and the target: several of any kinds, or of another kind."""
    target, rows = OutcomeTarget.of(outcomes, table), None
    if not target.is_known.all():
        rows = np.flatnonzero(target.is_known)
        o.say(f"{counted(len(table) - len(rows), 'row')} without a target left out; {SPELLINGS}")
        table, target = _enough_rows(table.select(target.columns).take(rows), o), target.take(rows)
    _say_read(table, target, whole, o)
    _say_events(table, target, o)
    _say_missing(target.missing, table, o)
    return _Known(rows, target)


def _say_events(table: Table, target: OutcomeTarget, o: Source) -> None:
    """Say how many rows have the event of each time, and which cells count as none."""
    for part, values in zip(target.outcomes.parts, target.values, strict=True):
        if isinstance(part, HazardRatio | IntervalHazards):
            texts = np.array(table.texts(part.event), object)
            others = listing(sorted(set(texts[values[:, 1] == 0])), 5)
            seen, m = int(np.nansum(values[:, 1])), int((~np.isnan(values[:, 1])).sum())
            until = f"; the others ({others}) are observed until then" if others else ""
            o.say(f"{part.event!r} was seen in {seen:,} of {counted(m, 'row')}{until}")


def _say_read(table: Table, target: Target | OutcomeTarget, whole: Table | Stream, o: Source) -> None:
    o.say(
        f"{name_of(o.data)}: {counted(len(table), 'row')}, {counted(len(whole.columns), 'column')}; {target}"
    )


def _beside(table: Table) -> set[str]:
    """Return the columns that stand beside a block, and describe the examples."""
    return {*table.columns} - {*table.variables}


def _with_target(table: Table, names: Sequence[str], o: Source) -> Array | None:
    """Return the rows that have a target, None where all have, or none; those without one are counted."""
    table.require_columns(names, "the target")
    without = table.rows_without(names)
    if not without.any() or without.all():
        return None
    o.say(f"{counted(int(without.sum()), 'row')} without a target left out; {SPELLINGS}")
    return np.flatnonzero(~without)


def _say_missing(missing: Mapping[str, int], table: Table, o: Source) -> None:
    """Say how many rows lack each target, of those that some row lacks."""
    if missing:
        gaps = ", ".join(f"{name!r} in {count:,}" for name, count in missing.items())
        o.say(f"targets that are missing do not count: {gaps} of {counted(len(table), 'row')}")


def _enough_rows(table: Table, o: Source) -> Table:
    """Return the table, unless it has hardly any rows."""
    if len(table) < _LEAST_ROWS:
        raise DataError(
            f"a fit needs at least {_LEAST_ROWS} rows; {name_of(o.data)} has {len(table)}; collect more"
        )
    return table


def _task_of(names: tuple[str, ...], o: Source) -> str:
    """Return the task of a target that is one class, or of numbers: where kinds are known, all are plain."""
    if not o.wish.kinds:
        return o.task
    return o.wish.kinds.get(names[0], o.task) if len(names) == 1 else "regression"


def _target_of(
    table: Table, names: tuple[str, ...], n_left_out: int, rows: Array | None, o: Source
) -> Target:
    task = _task_of(names, o)
    if task not in ("auto", "classification", "regression"):
        raise TargetError(
            f"here a target is one class, or numbers; got --task {task}; give another task, or use hassenet fit"
        )
    try:
        target = Target.of(table, names, task, rows)  # type: ignore[arg-type]  # one of the three
    except TargetError as error:
        if not n_left_out:
            raise
        raise TargetError(f"{error} (of {counted(n_left_out, 'row')} it is missing; {SPELLINGS})") from None
    return target if o.positive is None else target.with_positive(o.positive)


def _feature_columns(table: Table, others: set[str], o: Source) -> list[str]:
    """Return the columns that may be features: all but others, and what names the examples."""
    others = others | {*(table.columns[:1] if o.reading.has_names else ())}
    columns = [name for name in table.variables if name not in others]
    _say_beside(table, others, o)
    if not columns:
        raise FeatureError(
            "a fit needs features; no column is left beside the target and the dropped ones; drop fewer"
        )
    return columns


def _say_beside(table: Table, others: set[str], o: Source) -> None:
    """Say which columns describe the examples of a table whose features are one block."""
    of_examples = _beside(table)
    beside = [name for name in table.columns[1:] if name in of_examples and name not in others]
    if beside:
        o.say(f"beside the features, as they describe the examples: {listing(beside)}")


def _of_targets(o: Source) -> tuple[str, ...]:
    """Return the columns that come from a second table: what stands beside the target there is not a feature."""
    return () if o.reading.targets is None else read_columns(o.reading.targets)[1:]
