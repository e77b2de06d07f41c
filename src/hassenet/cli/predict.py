"""``hassenet predict``: a model and a table to predictions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hassenet.cli.guard import guarded
from hassenet.cli.labels import cells_called, labels_option, relabelled, relabelled_in_part
from hassenet.cli.models import columns_known, model_at, table_for
from hassenet.cli.place import Place
from hassenet.cli.reading import (
    TABLE_OR_FOLDER,
    columns_named,
    gathered,
    may_name,
    reading_options,
    spreadsheet_option,
    targets_option,
    times_in,
)
from hassenet.cli.streamed import blocks_of, columns_in_memory, is_streamed, open_stream, told
from hassenet.cli.terminal import echo, note
from hassenet.errors import DataError, counted, listing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hassenet.cli.scoring import Scored, Seen
    from hassenet.cli.streamed import Block
    from hassenet.data.stream import Stream
    from hassenet.model import Model
    from hassenet.tables import Table

    Array = NDArray[Any]


@click.command()
@click.argument("model", type=Place(exists=True, file_okay=False))
@click.argument("data", type=TABLE_OR_FOLDER)
@click.option(
    "--out",
    required=True,
    type=Place(allow_dash=True),
    help="CSV, TSV (.gz), Parquet or Arrow file to make; - for CSV on standard output.",
)
@click.option(
    "--keep",
    multiple=True,
    metavar="COLUMN",
    help="Column of DATA to copy as it stands; several with commas between, or repeated.",
)
@click.option(
    "--interval",
    type=float,
    metavar="LEVEL",
    help="Of a regression: also the ends of an interval that holds this share of targets, as 0.9.",
)
@click.option(
    "--times",
    metavar="TIMES",
    callback=times_in,
    help="Of a time until an event: also the probability to be without it at these times, as 12,24.",
)
@reading_options
@targets_option
@labels_option
@spreadsheet_option
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@guarded
def predict(model: Path, data: Path, out: Path, force: bool, quiet: bool, **options: Any) -> None:
    """Predict the target of each row of a table with a model made by fit.

    Columns are matched by name; those that the model does not know are ignored. A classification gives the class and
    the probability of each class; a regression, with --interval, two further columns low_… and high_…; a time until an
    event its risk (higher: sooner) and median, with --times also survival_…; several targets the columns of each. DATA
    is CSV, TSV (also .gz), Parquet or Arrow, or - for a pipe. Where it holds the target, predictions are scored. A
    folder of Parquet or Arrow, or a file of these, CSV, TSV, AnnData or PLINK of more than 256 MB, is read, predicted
    and scored a block at a time. Scores are running sums, whatever the rows, but for those that compare rows: the area
    under the curve keeps a byte or two and four for each class (of two classes, four) of rows with a target, those of
    times until an event their times and outputs. --quiet keeps nothing.

    \b
    Examples:
      hassenet predict model new.csv --keep sample --out predictions.csv
      hassenet predict model new.csv --interval 0.9 --out predictions.csv
      hassenet predict model new.csv --times 12,24 --out predictions.csv
      hassenet predict model folder_of_parquet --keep sample --out predictions.parquet
      zcat new.csv.gz | hassenet predict model - --out - | head
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.cli.known import has_target
    from hassenet.cli.tables import writer
    from hassenet.tables.writing import check_writable

    options = gathered(options)
    check_writable(out, force, data, options["reading"].targets)
    trained = model_at(model, "predict")
    own = options["reading"].of(trained, data)
    if is_streamed(data, own.layer):
        del options["reading"]
        stream = open_stream(data, own)
        seen = _predicted_by_blocks(trained, stream, out, force=force, scores=not quiet, **options)
        if not quiet:
            kept = columns_named(stream, options["keep"], "a column to keep")
            _tell_of_ignored(trained, list(map(str, stream.features)), kept, out)
            if has_target(trained, stream):
                _tell_scores(trained, partial(_scored_of, trained, stream, seen, options["labels"]), out)
            echo(told(seen.rows, out), err=str(out) == "-")
        return
    found = table_for(trained, data, options["reading"], may_name(options["keep"]))
    table = relabelled(found, trained, options["labels"])
    keep = columns_named(table, options["keep"], "a column to keep")
    result, prediction = _result(trained, table, keep, options["interval"], options["times"])
    writer(options["spreadsheet_safe"], keep)(result, out, force)
    if not quiet:
        _tell(trained, table, keep, prediction, out)


def _predicted_by_blocks(
    model: Model,
    stream: Stream,
    out: Path,
    *,
    force: bool,
    scores: bool,
    keep: tuple[str, ...],
    interval: float | None,
    times: tuple[float, ...],
    labels: tuple[str, ...],
    spreadsheet_safe: bool | None,
) -> Seen:
    """Predict and write block after block; return how many rows there were, and what scores are made of if they are."""
    from hassenet.cli.known import has_target
    from hassenet.cli.labels import check_cells
    from hassenet.cli.scoring import Seen
    from hassenet.cli.tables import as_written
    from hassenet.data.noting import noted_once
    from hassenet.tables.growing import growing
    from hassenet.tallies.tally import in_pairs

    scores = scores and has_target(model, stream)
    kept = columns_named(stream, keep, "a column to keep")
    with growing(out, force) as append:

        def written(part: Block) -> Seen:
            table, block = part.table, relabelled_in_part(part.table, model, labels)
            with part.rows.in_messages():
                result, prediction = _result(model, block, kept, interval, times)
            append(as_written(result, out, spreadsheet_safe, kept))
            seen = Seen.of(model, block, prediction) if scores else Seen(len(block))
            return replace(seen, called=cells_called(table, model, labels))

        found = in_pairs(noted_once(written, blocks_of(stream, {*columns_known(model), *kept})))
        seen = Seen(0) if found is None else found
        if labels:
            check_cells(labels, model, seen.called)
        return seen


def _scored_of(model: Model, stream: Stream, seen: Seen, labels: tuple[str, ...]) -> Scored:
    """Return what was seen, or else what is where the target of all rows is known first."""
    from hassenet.cli.known import known_target
    from hassenet.cli.scoring import scored_by_blocks
    from hassenet.data.noting import collected

    if seen.scored is not None and seen.scored.says_enough(model):
        return seen.scored
    known = known_target(model, relabelled(columns_in_memory(stream, model.target_columns), model, labels))
    with collected():  # of all rows it was noted where they were predicted
        return scored_by_blocks(model, known, blocks_of(stream, columns_known(model)))


def _result(
    model: Model, table: Table, keep: tuple[str, ...], interval: float | None, times: tuple[float, ...]
) -> tuple[Table, Array]:
    """Return the table to write, and what scores are made of: the network is asked once."""
    if times and (model.outcomes is None or not model.outcomes.has_survival):
        raise DataError(
            f"--times are those of a time until an event; this model predicts {model.what}; leave them out"
        )
    if model.outcomes is not None:
        _check_interval(model, interval)
    new, prediction = _predictions(model, table, interval, times)
    twice = sorted(new.keys() & set(keep))
    if twice:
        raise DataError(
            f"a column has its own name; {twice[0]!r} names a prediction too; rename it in the data"
        )
    return table.select(keep).with_columns(new), prediction


def _check_interval(model: Model, interval: float | None) -> None:
    if interval is not None:
        raise DataError(
            f"intervals are those of a regression; this model predicts {model.what}; learn quantiles: hassenet fit "
            "--quantiles"
        )


def _predictions(
    model: Model, table: Table, interval: float | None, times: tuple[float, ...]
) -> tuple[dict[str, Any], Array]:
    """Return what is predicted as columns, and as outputs of outcomes, probabilities of classes, or numbers."""
    if model.outcomes is not None:
        from hassenet.model.of_outcomes import answers_of

        outputs = model.outputs(table)
        return answers_of(model.outcomes, outputs, table, times=times), outputs
    if interval is not None:
        return _intervals(model, table, interval)
    if model.classes is not None:
        return _of_classes(model, table, model.classes)
    value = model.predict(table)
    return _named("predicted", model, value), value


def _of_classes(model: Model, table: Table, classes: tuple[Any, ...]) -> tuple[dict[str, Any], Array]:
    from hassenet.model.model import labels_of

    p = model.predict_proba(table)
    probabilities = {f"probability_{c}": column for c, column in zip(classes, p.T, strict=True)}
    return {f"predicted_{model.targets[0]}": _spelled(labels_of(classes)[p.argmax(1)])} | probabilities, p


def _intervals(model: Model, table: Table, level: float) -> tuple[dict[str, Any], Array]:
    found = model.predict(table, interval=level)
    ends = _named("low", model, found.low) | _named("high", model, found.high)
    return _named("predicted", model, found.prediction) | ends, found.prediction


def _named(what: str, model: Model, value: Any) -> dict[str, Any]:
    """Return the columns of a regression's targets."""
    each = value.reshape(len(value), -1).T
    return {f"{what}_{name}": column for name, column in zip(model.targets, each, strict=True)}


def _spelled(labels: Any) -> Any:
    """Return labels that a file would spell otherwise than the header, such as 0.0 and True, as text."""
    return labels if labels.dtype.kind in "iU" else labels.astype(str)


# ---------------------------------------------------------------- what is printed


def _tell(model: Model, table: Table, keep: tuple[str, ...], prediction: Array, out: Path) -> None:
    from hassenet.cli.known import has_target, known_target
    from hassenet.cli.scoring import Scored

    to_stderr = str(out) == "-"
    _tell_of_ignored(model, (*table.columns, *table.unread), keep, out)
    if has_target(model, table):
        _tell_scores(model, lambda: Scored.of(model, known_target(model, table), prediction), out)
    echo(f"{counted(len(table), 'row')} predicted: {'standard output' if to_stderr else out}", err=to_stderr)


def _tell_of_ignored(model: Model, names: Sequence[str], keep: tuple[str, ...], out: Path) -> None:
    used = {*model.columns, *keep, *model.target_columns}
    ignored = [name for name in names if name not in used]
    if ignored:
        echo(f"ignored, as the model does not know them: {listing(ignored)}", err=str(out) == "-")


def _tell_scores(model: Model, scored: Callable[[], Scored], out: Path) -> None:
    """Tell how good the predictions are, or note why that is not known."""
    try:
        found = scored()
    except DataError as error:
        note(f"the predictions are not scored: {error}")
        return
    echo(f"{found.words(model)} (hassenet evaluate compares)", err=str(out) == "-")
