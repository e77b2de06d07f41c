"""``hassenet evaluate``: how good a model is on a table that holds the target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, final

import click

from hassenet.cli.guard import guarded
from hassenet.cli.labels import labels_option, relabelled
from hassenet.cli.models import columns_known, model_at, table_for
from hassenet.cli.place import Place
from hassenet.cli.reading import (
    TABLE_OR_FOLDER,
    TableOptions,
    gathered,
    name_of,
    reading_options,
    spreadsheet_option,
    targets_option,
)
from hassenet.cli.streamed import (
    Block,
    blocks_of,
    columns_in_memory,
    head_of,
    is_streamed,
    open_stream,
)
from hassenet.cli.terminal import echo

if TYPE_CHECKING:
    from hassenet.cli.known import Known
    from hassenet.data.stream import Stream
    from hassenet.model import Model
    from hassenet.tables import Table
    from hassenet.task.target import Target

Scores = dict[str, float]
_AT_A_TIME = 1_000_000  # rows that are guessed


@click.command()
@click.argument("model", type=Place(exists=True, file_okay=False))
@click.argument("data", type=TABLE_OR_FOLDER)
@click.option(
    "--train",
    type=TABLE_OR_FOLDER,
    help="The table that the model was made from, or another one like DATA: usual models learn from it, to compare "
    "with; of one that is read a block at a time from 100,000 rows at most, at random.",
)
@reading_options
@targets_option
@labels_option
@click.option(
    "--out",
    type=Place(allow_dash=True),
    help="CSV, TSV (.gz), Parquet or Arrow file to make.",
)
@spreadsheet_option
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@guarded
def evaluate(
    model: Path,
    data: Path,
    out: Path | None,
    spreadsheet_safe: bool | None,
    force: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Score a model on a table that holds the target, beside guessing and the usual models.

    Guessing knows how often each class comes, or the mean, of the rows of DATA; with --train of that table, from which
    also logistic or ridge regression and gradient boosting learn, as scikit-learn has them. Scores of rows that the
    model has learned from are too good: give others. Rows without a target are left out. A folder of Parquet or Arrow,
    or a file of these, CSV, TSV, AnnData or PLINK of more than 256 MB, is read a block at a time, in little memory.

    \b
    Examples:
      hassenet evaluate model new.csv
      hassenet evaluate model new.csv --train people.csv --out scores.csv
      hassenet evaluate model genes.csv --transpose --targets patients.csv
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.cli.known import known_target
    from hassenet.cli.tables import as_table, writer
    from hassenet.tables.writing import check_writable

    options = gathered(options)
    if out is not None:
        check_writable(out, force, data, options["reading"].targets, options["train"])
    trained = model_at(model, "evaluate")
    own = options["reading"].of(trained, data)
    read = (_of_blocks if is_streamed(data, own.layer) else _of_table)(trained, data, **options)
    known = known_target(trained, read.targets)
    others = None if options["train"] is None else _others(trained, **options)
    rows = dict(_rows(trained, read, known, others))
    if out is not None:
        writer(spreadsheet_safe)(as_table(_columns(rows)), out, force)
    if not quiet:
        echo(_summary(trained, name_of(data), len(read.targets), known, rows, others), err=str(out) == "-")


@final
class _Data(NamedTuple):
    """A table that a model is judged on.

    Attributes
    ----------
    targets : Table
        With all rows of the target.
    blocks : callable
        The rows, a block at a time.
    """

    targets: Table
    blocks: Callable[[], Iterable[Block]]

    def predicted(self, known: Known, predict: Callable[[Table], Any]) -> Iterator[tuple[Any, Any]]:
        """Yield the target of rows whose target is known, and what is predicted of them, a block after the other."""
        from hassenet.cli.scoring import predicted

        return predicted(known, self.blocks(), predict)


@final
@dataclass(frozen=True)
class _Others:
    """What others learn from: guessing from the target of all rows, usual models, which hold features, from some.

    Attributes
    ----------
    target : Target or OutcomeTarget
        Of all rows that have one in the table they come from.
    rows : int
        How many these are.
    some : array of int, or slice
        Those of them that usual models learn from.
    X : array
        The features of these, prepared for such models.
    """

    target: Any
    rows: int
    some: Any
    X: Any

    @property
    def of_some(self) -> Any:
        """The target of the rows that usual models learn from."""
        return self.target.take(self.some)

    def __len__(self) -> int:
        return int(self.X.shape[0])


def _of_table(model: Model, path: Path, reading: TableOptions, labels: tuple[str, ...], **_: Any) -> _Data:
    table = relabelled(table_for(model, path, reading), model, labels)
    return _Data(table, lambda: (Block.of_all(table),))


def _of_blocks(model: Model, path: Path, reading: TableOptions, labels: tuple[str, ...], **_: Any) -> _Data:
    """Return the targets of data that are read a block at a time, and its blocks."""
    stream = open_stream(path, reading.of(model, path))
    return _Data(_targets_of(model, stream, labels), lambda: blocks_of(stream, columns_known(model)))


def _targets_of(model: Model, stream: Stream, labels: tuple[str, ...]) -> Table:
    head_of(stream).require_columns(model.target_columns, "the target")
    return relabelled(columns_in_memory(stream, model.target_columns), model, labels)


def _others(model: Model, train: Path, reading: TableOptions, labels: tuple[str, ...], **_: Any) -> _Others:
    """Return what usual models learn from: a table, or some rows of one that is read a block at a time."""
    own = reading.of(model, train)
    return (_some_of if is_streamed(train, own.layer) else _all_of)(model, train, reading, labels)


def _all_of(model: Model, train: Path, reading: TableOptions, labels: tuple[str, ...]) -> _Others:
    from hassenet.cli.fit.scores import prepared_for_baselines
    from hassenet.cli.known import known_target

    table = relabelled(table_for(model, train, reading), model, labels)
    known = known_target(model, table)
    X = prepared_for_baselines(model, table)[known.rows]
    return _Others(known.target, len(known.rows), slice(None), X)


def _some_of(model: Model, train: Path, reading: TableOptions, labels: tuple[str, ...]) -> _Others:
    import numpy as np

    from hassenet.cli.fit.scores import prepared_for_baselines, rows_at, rows_for_usual_models
    from hassenet.cli.known import known_target

    stream = open_stream(train, reading.of(model, train))
    known = known_target(model, _targets_of(model, stream, labels))
    there = set(stream.columns)
    columns = stream.select([name for name in model.columns if name in there])
    some = rows_for_usual_models(columns, known.target, np.arange(len(known.rows)), 0)
    X = prepared_for_baselines(model, rows_at(model, columns, known.rows[some]))
    return _Others(known.target, len(known.rows), some, X)


def _rows(model: Model, data: _Data, known: Known, others: _Others | None) -> Iterator[tuple[str, Scores]]:
    """Yield the scores of the model, of guessing and of usual models, and the differences of losses from theirs."""
    from hassenet.cli.fit.scores import difference, scores_and_losses, variance_of
    from hassenet.cli.scoring import predictor
    from hassenet.network import Ensemble

    own_name = "ensemble" if isinstance(model.network, Ensemble) else "network"
    if model.outcomes is not None:
        yield from _rows_of_outcomes(model, data, known, others, own_name)
        return
    variance = variance_of(known.plain)
    found, losses = scores_and_losses(data.predicted(known, predictor(model)), variance)
    yield own_name, found
    differences = {}
    for name, parts in _beside(model, data, known, others):
        row, theirs = scores_and_losses(parts, variance)
        differences[name] = difference(known.plain, losses, theirs)
        yield name, row
    yield from ((f"{own_name} minus {name}", row) for name, row in differences.items() if row)


def _rows_of_outcomes(
    model: Model, data: _Data, known: Known, others: _Others | None, name: str
) -> Iterator[tuple[str, Scores]]:
    """Yield the scores of a model of outcomes, of guessing, and of a linear model that learns from another table."""
    from hassenet.cli.fit.outcomes import Linear, guessed_scores, linear_name, outputs_of, scored_by
    from hassenet.cli.fit.scores import scores

    assert model.outcomes is not None
    target = known.of_outcomes
    train = target if others is None else others.target
    own = scores(data.predicted(known, model.outputs), model.outcomes)
    yield from scored_by(name, model.outcomes, own, train)
    yield from guessed_scores(train, target)
    if others is None:
        return
    learned = Linear.of(others.X, others.of_some)
    parts = ((of, outputs_of(learned.network, Z, of)) for of, Z in data.predicted(known, model.prepare))
    yield from scored_by(linear_name(train), learned.outcomes, scores(parts, learned.outcomes), train)


def _beside(
    model: Model, data: _Data, known: Known, others: _Others | None
) -> Iterator[tuple[str, Iterable[tuple[Any, Any]]]]:
    """Yield the names of what a model is compared with, and targets and predictions, a part of the rows at a time."""
    from hassenet.cli.fit.scores import baselines, prepared_for_baselines

    yield _guess(known.plain if others is None else others.target, known.plain)
    if others is None:
        return
    prepare = partial(prepared_for_baselines, model)
    for name, predict in baselines(others.of_some, others.X):
        yield name, ((of, predict(Z)) for of, Z in data.predicted(known, prepare))


def _guess(target: Target, of: Target) -> tuple[str, Iterable[tuple[Target, Any]]]:
    """Return what is best for rows of which nothing is known: the share of each class, or the mean."""
    import numpy as np

    if target.classes is None:
        name, guess = "guessing the mean", np.nanmean(target.values, axis=0)
    else:
        shares = np.bincount(target.values, minlength=len(target.classes)) / len(target.values)
        name, guess = "guessing by the shares of classes", np.maximum(shares, np.finfo(float).eps)
    parts = (of.take(slice(start, start + _AT_A_TIME)) for start in range(0, len(of.values), _AT_A_TIME))
    return name, ((part, np.tile(guess, (len(part.values), 1))) for part in parts)


# ---------------------------------------------------------------- what comes out


def _columns(rows: dict[str, Scores]) -> dict[str, Any]:
    """Return the scores of each model as columns; one that has none of a kind has NaN there."""
    import numpy as np

    judged = {name: row for name, row in rows.items() if "low" not in row}
    kinds = list(dict.fromkeys(kind for row in judged.values() for kind in row))
    return {"model": list(judged)} | {
        kind: np.array([row.get(kind, np.nan) for row in judged.values()]) for kind in kinds
    }


def _summary(
    model: Model, name: str, m: int, known: Known, rows: dict[str, Scores], others: _Others | None
) -> str:
    from hassenet.cli.fit.summary import of_scores, of_usual_models
    from hassenet.errors import counted

    left_out = (
        f", {counted(m - len(known.rows), 'row')} without a target left out" if m > len(known.rows) else ""
    )
    head = f"{name}: {counted(m, 'row')}{left_out}; {known.target}"
    parts = [head, of_scores(rows, f"on {counted(len(known.rows), 'row')}")]
    held_out = of_scores(model.metrics)
    if others is not None and len(others) < others.rows:
        parts.append(of_usual_models(len(others), others.rows))
    return "\n\n".join([*parts, *([f"when the model was made:\n{held_out}"] if held_out else [])])
