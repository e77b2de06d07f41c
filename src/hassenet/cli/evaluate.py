"""``hassenet evaluate``: how good a model is on a table that holds the target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, final

import click

from hassenet.cli.guard import guarded
from hassenet.cli.labels import labels_option, relabelled
from hassenet.cli.models import columns_known, model_at, table_for
from hassenet.cli.reading import (
    FILE,
    TABLE_OR_FOLDER,
    TableOptions,
    gathered,
    name_of,
    reading_options,
    spreadsheet_option,
    targets_option,
)
from hassenet.cli.streamed import (
    blocks_of,
    columns_in_memory,
    head_of,
    is_streamed,
    open_stream,
)
from hassenet.cli.terminal import echo

if TYPE_CHECKING:
    from hassenet.cli.known import Known
    from hassenet.model import Model
    from hassenet.tables import Table

Scores = dict[str, float]


@click.command()
@click.argument("model", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("data", type=TABLE_OR_FOLDER)
@click.option(
    "--train",
    type=FILE,
    help="The table that the model was made from, or another one like DATA: usual models learn from it, to compare "
    "with.",
)
@reading_options
@targets_option
@labels_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, allow_dash=True),
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
    or a file of these, CSV, TSV, AnnData or PLINK of more than 256 MB, is read a block at a time, in little memory;
    there --train has no place.

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
    others = None if options["train"] is None else _train(trained, **options)
    rows = dict(_rows(trained, read, known, others))
    if out is not None:
        writer(spreadsheet_safe)(as_table(_columns(rows)), out, force)
    if not quiet:
        echo(_summary(trained, name_of(data), len(read.targets), known, rows), err=str(out) == "-")


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
    blocks: Callable[[], Iterable[Table]]

    def each(self, function: Callable[[Table], Any], rows: Any) -> Any:
        """Return what a function makes of some rows, rising, of a block at a time, one below the other."""
        import numpy as np

        parts, start = [], 0
        for block in self.blocks():
            inside = rows[(rows >= start) & (rows < start + len(block))] - start
            start += len(block)
            if len(inside):
                parts.append(function(block if len(inside) == len(block) else block.take(inside)))
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _of_table(model: Model, path: Path, reading: TableOptions, labels: tuple[str, ...], **_: Any) -> _Data:
    table = _read(model, path, reading, labels)
    return _Data(table, lambda: (table,))


def _of_blocks(
    model: Model, path: Path, reading: TableOptions, labels: tuple[str, ...], train: Path | None
) -> _Data:
    """Return the targets of data that are read a block at a time, and its blocks."""
    if train is not None:
        raise click.UsageError(
            "--train has usual models learn, which hold all rows; DATA is read a block at a time; leave it out"
        )
    stream = open_stream(path, reading.of(model, path))
    head_of(stream).require_columns(model.target_columns, "the target")
    targets = relabelled(columns_in_memory(stream, model.target_columns), model, labels)
    return _Data(targets, lambda: blocks_of(stream, columns_known(model)))


def _read(model: Model, path: Path, reading: TableOptions, labels: tuple[str, ...]) -> Table:
    return relabelled(table_for(model, path, reading), model, labels)


def _train(
    model: Model, train: Path, reading: TableOptions, labels: tuple[str, ...], **_: Any
) -> tuple[Any, Known]:
    """Return the features and the target that usual models learn from."""
    from hassenet.cli.fit.scores import prepared_for_baselines
    from hassenet.cli.known import known_target

    table = _read(model, train, reading, labels)
    known = known_target(model, table)
    return prepared_for_baselines(model, table)[known.rows], known


def _rows(
    model: Model, data: _Data, known: Known, others: tuple[Any, Known] | None
) -> Iterator[tuple[str, Scores]]:
    """Yield the scores of the model, of guessing and of usual models, and the differences of losses from theirs."""
    import numpy as np

    from hassenet.cli.fit.scores import difference, scores
    from hassenet.network import Ensemble

    own_name = "ensemble" if isinstance(model.network, Ensemble) else "network"
    if model.outcomes is not None:
        yield from _rows_of_outcomes(model, data, known, others, own_name)
        return
    own = data.each(model.predict if model.classes is None else model.predict_proba, known.rows)
    every = np.arange(len(known.rows))
    yield own_name, scores(known.plain, every, own)
    differences = {}
    for name, prediction in _beside(model, data, known, others):
        differences[name] = difference(known.plain, every, own, prediction)
        yield name, scores(known.plain, every, prediction)
    yield from ((f"{own_name} minus {name}", row) for name, row in differences.items() if row)


def _rows_of_outcomes(
    model: Model, data: _Data, known: Known, others: tuple[Any, Known] | None, name: str
) -> Iterator[tuple[str, Scores]]:
    """Yield the scores of a model of outcomes, of guessing, and of a linear model that learns from another table."""
    import numpy as np

    from hassenet.cli.fit.outcomes import guessed_scores, linear_scores, scored_by
    from hassenet.data.compact import stacked

    assert model.outcomes is not None
    every, target = np.arange(len(known.rows)), known.of_outcomes
    outputs = data.each(model.outputs, known.rows)
    if others is None:
        yield from scored_by(name, model.outcomes, target, every, outputs)
        yield from guessed_scores(target, every, every)
        return
    X, of_train = others
    m = X.shape[0]
    both, rows = of_train.of_outcomes.joined(target), np.arange(m + len(every))
    train, test = rows[:m], rows[m:]
    yield from scored_by(name, model.outcomes, both, test, outputs, train)
    yield from guessed_scores(both, train, test)
    yield from linear_scores(stacked(X, data.each(model.prepare, known.rows)), both, train, test)


def _beside(
    model: Model, data: _Data, known: Known, others: tuple[Any, Known] | None
) -> Iterator[tuple[str, Any]]:
    """Yield the names and the predictions of what a model is compared with."""
    import numpy as np

    from hassenet.cli.fit.scores import baselines, prepared_for_baselines
    from hassenet.data.compact import stacked
    from hassenet.task.target import Target

    yield _guess(known.target if others is None else others[1].target, len(known.rows))
    if others is None:
        return
    X, of_train = others
    m = X.shape[0]
    rows = np.arange(m + len(known.rows))
    both = Target(
        known.plain.task,
        model.targets,
        np.concatenate([of_train.plain.values, known.plain.values]),
        model.classes,
    )
    features = stacked(X, data.each(partial(prepared_for_baselines, model), known.rows))
    yield from baselines(both, features, rows[:m], rows[m:])


def _guess(target: Any, m: int) -> tuple[str, Any]:
    """Return what is best for m rows of which nothing is known: the share of each class, or the mean."""
    import numpy as np

    if target.classes is None:
        return "guessing the mean", np.tile(np.nanmean(target.values, axis=0), (m, 1))
    shares = np.bincount(target.values, minlength=len(target.classes)) / len(target.values)
    return "guessing by the shares of classes", np.tile(np.maximum(shares, np.finfo(float).eps), (m, 1))


# ---------------------------------------------------------------- what comes out


def _columns(rows: dict[str, Scores]) -> dict[str, Any]:
    """Return the scores of each model as columns; one that has none of a kind has NaN there."""
    import numpy as np

    judged = {name: row for name, row in rows.items() if "low" not in row}
    kinds = list(dict.fromkeys(kind for row in judged.values() for kind in row))
    return {"model": list(judged)} | {
        kind: np.array([row.get(kind, np.nan) for row in judged.values()]) for kind in kinds
    }


def _summary(model: Model, name: str, m: int, known: Known, rows: dict[str, Scores]) -> str:
    from hassenet.cli.fit.summary import of_scores
    from hassenet.errors import counted

    left_out = (
        f", {counted(m - len(known.rows), 'row')} without a target left out" if m > len(known.rows) else ""
    )
    head = f"{name}: {counted(m, 'row')}{left_out}; {known.target}"
    parts = [head, of_scores(rows, f"on {counted(len(known.rows), 'row')}")]
    held_out = of_scores(model.metrics)
    return "\n\n".join([*parts, *([f"when the model was made:\n{held_out}"] if held_out else [])])
