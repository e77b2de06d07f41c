"""``hassenet explain``: a model and a table to the scores of the model's elements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hassenet.cli.explained import METHODS, all_explained, method_of
from hassenet.cli.guard import guarded
from hassenet.cli.models import columns_known, model_at, table_for
from hassenet.cli.place import Place
from hassenet.cli.reading import (
    TABLE_OR_FOLDER,
    TableOptions,
    gathered,
    reading_options,
    spreadsheet_option,
    targets_option,
)
from hassenet.cli.streamed import is_streamed, open_stream
from hassenet.cli.terminal import echo

if TYPE_CHECKING:
    from hassenet.data.stream import Stream
    from hassenet.explain import Relevance
    from hassenet.model import Model
    from hassenet.tables import Table


@click.command()
@click.argument("model", type=Place(exists=True, file_okay=False))
@click.argument("data", type=TABLE_OR_FOLDER)
@click.option("--method", type=click.Choice(list(METHODS)), default="deeplift", show_default=True)
@click.option(
    "--class",
    "chosen_classes",
    multiple=True,
    metavar="CLASS",
    help="What is explained; may be repeated.  [default: of two classes the second, of more all]",
)
@click.option(
    "--target",
    "chosen_targets",
    multiple=True,
    metavar="COLUMN",
    help="Of a regression, what is explained; may be repeated.  [default: all targets]",
)
@click.option(
    "--background",
    type=Place(exists=True, dir_okay=False),
    help="For ablation: table whose rows the means are taken over.  [default: DATA]",
)
@click.option(
    "--steps", type=click.IntRange(1), help="For integrated: gradients on the way to each row.  [default: 32]"
)
@reading_options
@targets_option
@click.option("--top", type=click.IntRange(0), default=20, show_default=True, help="How many to print.")
@click.option(
    "--rank",
    type=click.IntRange(0),
    help="Only elements of this rank; features are rank 0.  [default: all ranks with names]",
)
@click.option(
    "--out",
    type=Place(allow_dash=True),
    help="CSV, TSV (.gz), Parquet or Arrow file to make, with all elements.",
)
@spreadsheet_option
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@guarded
def explain(
    model: Path,
    data: Path,
    out: Path | None,
    spreadsheet_safe: bool | None,
    force: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Score the elements of a model, features and hidden ones, by what they contribute to its output on a table.

    What is explained is the signal of the output, as the log-odds of a class. Printed and written are the mean score
    over the rows, the mean of its absolute value, by which elements are sorted, and its deviation from row to row; of a
    model of several networks the mean over these, and the deviation of the score from network to network.
    Features that were standardised are compared with their mean over the training rows, others with 0; ablation sets
    each element to its mean over the rows of DATA, or of another table: a single row needs one.
    Hidden neurons of a network without a hierarchy have no names that mean anything: then features alone are printed,
    unless --rank asks for others. Of several classes or targets the table has those of each below one another. A folder
    of Parquet or Arrow, or a file of these, CSV, TSV, AnnData or PLINK of more than 256 MB, is read a block at a time,
    in little memory.

    \b
    Examples:
      hassenet explain model people.csv
      hassenet explain model people.csv --class ill --rank 1 --out relevance.csv
      hassenet explain model people.csv --method ablation --top 50
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.cli.explaining import (
        direction,
        left_out,
        of_ranks,
        ranks_shown,
        ranks_with_scores,
        summary,
        table_of,
    )
    from hassenet.cli.tables import writer
    from hassenet.tables.writing import check_writable

    options = gathered(options)
    _check_options(**options)
    if out is not None:
        check_writable(out, force, data, options["reading"].targets)
    trained = model_at(model, "explain")
    table = _read(trained, data, options["reading"])
    rank, top = options["rank"], options["top"]
    shown = ranks_shown(trained, rank)
    found = _relevances(trained, table, **options)
    if out is not None:
        what, ranks = "target" if trained.classes is None else "class", ranks_with_scores(trained)
        written = ranks if rank is None else shown
        scores = table_of([of_ranks(one, written, trained.features) for one in found], what)
        writer(spreadsheet_safe)(scores, out, force)
    if not quiet:
        printed = [of_ranks(one, shown, trained.features) for one in found]
        further = direction(trained, found), left_out(trained, shown, rank)
        echo(summary(printed, top, options["method"], *further), err=str(out) == "-")
    if out is not None and not quiet:
        echo(f"\nwritten: {out}", err=str(out) == "-")


def _read(model: Model, data: Path, reading: TableOptions) -> Table | Stream:
    """Return the table; a large one is a stream."""
    own = reading.of(model, data)
    return open_stream(data, own) if is_streamed(data, own.layer) else table_for(model, data, reading)


def _check_options(method: str, background: Path | None, steps: int | None, **_: Any) -> None:
    for option, value, its in (("--background", background, "ablation"), ("--steps", steps, "integrated")):
        if value is not None and method != its:
            raise click.UsageError(
                f"{option} belongs to --method {its}; the method is {method}; leave it out"
            )


def _relevances(
    model: Model,
    table: Any,
    method: str,
    chosen_classes: tuple[str, ...],
    chosen_targets: tuple[str, ...],
    background: Path | None,
    steps: int | None,
    reading: TableOptions,
    **_: Any,
) -> list[Relevance]:
    from hassenet.explain import with_covariate_columns
    from hassenet.model.columns import covariate_columns

    chosen: dict[str, Any] = {} if steps is None else {"steps": steps}
    if background is not None:
        chosen["background"] = model.prepare(
            reading.of(model, background).read(background, columns_known(model))
        )
    net, X, score = model.in_units, model.prepare(table), method_of(method)
    of_columns = covariate_columns(model)
    return [
        with_covariate_columns(score(net, X, explained, **chosen), net, X, of_columns, explained)
        for explained in all_explained(model, chosen_classes, chosen_targets)
    ]
