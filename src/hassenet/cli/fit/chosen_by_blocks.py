"""Settings chosen on some rows of a table that is read a block at a time; their networks learn from all rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.choosable import reason_of_folds, reason_of_size
from hassenet.cli.fit.chosen import Examples, examples, learned
from hassenet.cli.fit.encoded import Encoded, encoded
from hassenet.cli.fit.judged import Judged, Split
from hassenet.cli.fit.options import FOLDS, FitOptions
from hassenet.cli.fit.reading import Read, divided, read_stream
from hassenet.cli.fit.run import counts_of, in_file_order, kept, run_on, split_figures, split_rows
from hassenet.data.in_memory import in_memory
from hassenet.model import Model
from hassenet.outcomes.target import OutcomeTarget
from hassenet.selection.some_rows import most_rows
from hassenet.storage import check_replaceable
from hassenet.task.target import Target

Array = NDArray[Any]
AnyTarget = Target | OutcomeTarget


def run_chosen_by_blocks(o: FitOptions) -> bool:
    """Choose settings on some rows, train on all, judge, save and report; return whether nobody interrupted that."""
    check_replaceable(o.out, o.force)
    source = read_stream(o)
    split = split_rows(source.target, len(source.table), o)
    reason = reason_of_folds(source, split.train, FOLDS) or _reason_of_size(source, len(split.train), o)
    if reason:
        o.say(reason)
        return run_on(source, split, o)
    return _run_on(source, split, o)


def _reason_of_size(source: Read, rows: int, o: FitOptions) -> str:
    n = len(source.columns)
    return "" if o.has_hierarchy else reason_of_size(min(rows, most_rows(n)) * n)


def _run_on(source: Read, split: Split, o: FitOptions) -> bool:
    target = source.target
    target = target.begun(split.train) if isinstance(target, OutcomeTarget) else target
    found = encoded(source.table, *divided(source, o.covariate), split.train, o)
    model, usual = _learned(found, target, split, o)
    split = in_file_order(split)
    model = replace(model, metrics={"rows": counts_of(target, split), "split": split_figures(found.X, o)})
    return kept(model, Judged("ensemble", found.X, target, split, usual), o)


def _learned(found: Encoded, target: AnyTarget, split: Split, o: FitOptions) -> tuple[Model, Array]:
    """Return the model of all rows to learn from, and the rows that its settings were chosen on, rising.

    Where these are few, it is that of the table in memory, to the bit.
    """
    few, m = most_rows(len(found.encoding.columns)), len(split.train)
    if m <= few:
        model, _ = learned(_of_rows(found, target, split.train, o), Split(np.arange(m), split.test), o)
        return model, np.sort(split.train)
    o.say(
        f"settings are chosen on {few:,} of {m:,} rows to learn from, at random by the seed, with a few more of rare "
        "classes; their networks then learn from all of these, a block at a time"
    )
    return learned(examples(found, found.X, target, o), in_file_order(split), o)


def _of_rows(found: Encoded, target: AnyTarget, rows: Array, o: FitOptions) -> Examples:
    """Return some rows in memory, in the order in which they are given."""
    stream: Any = found.X
    order = np.argsort(rows)
    X = found.encoding.read(in_memory(stream[rows[order]]))[np.argsort(order)]
    return examples(found, X, target.take(rows), o)
