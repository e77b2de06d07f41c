"""``hassenet explain``: a model and a table to the scores of the model's elements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hassenet.cli._explained import METHODS, explained_by, method_of
from hassenet.cli._guard import guarded
from hassenet.cli._models import model_at

if TYPE_CHECKING:
    from hassenet.explain import Relevance
    from hassenet.model import Model


@click.command()
@click.argument("model", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("data", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--method", type=click.Choice(list(METHODS)), default="deeplift", show_default=True)
@click.option(
    "--class", "label", metavar="CLASS", help="What is explained.  [default: of two classes, the second]"
)
@click.option("--target", metavar="COLUMN", help="Of a regression with several targets, the one to explain.")
@click.option("--top", type=click.IntRange(0), default=20, show_default=True, help="How many to print.")
@click.option("--rank", type=click.IntRange(0), help="Only elements of this rank; features are rank 0.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="CSV, TSV (.gz) or Parquet file to make, with all elements.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@guarded
def explain(model: Path, data: Path, out: Path | None, force: bool, quiet: bool, **options: Any) -> None:
    """Score the elements of a model, features and hidden ones, by what they contribute to its output on a table.

    What is explained is the signal of the output, as the log-odds of a class. Printed and written are the mean score
    over the rows, the mean of its absolute value, by which elements are sorted, and its deviation from row to row.
    Features that were standardised are compared with their mean over the training rows, others with 0; ablation sets
    each element to its mean over the rows of DATA.

    \b
    Examples:
      hassenet explain model people.csv
      hassenet explain model people.csv --class ill --rank 1 --out relevance.csv
      hassenet explain model people.csv --method ablation --top 50
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.tables import read_table, write_table
    from hassenet.tables.writing import check_writable

    if out is not None:
        check_writable(out, force)
    known, table = model_at(model, "explain"), read_table(data)
    relevance = _relevance(known, table, **options)
    rank = options["rank"]
    if out is not None:
        write_table(_table(relevance, rank), out, force)
    if not quiet:
        _tell(relevance, options["top"], rank)
    if out is not None and not quiet:
        click.echo(f"\nwritten: {out}")


def _relevance(
    model: Model, table: Any, method: str, label: str | None, target: str | None, **_: Any
) -> Relevance:
    explained = explained_by(model, label, target)
    return method_of(method)(model.network, model.prepare(table), explained)


def _table(relevance: Relevance, rank: int | None) -> Any:
    import numpy as np

    from hassenet.tables import Table

    columns = relevance.table(rank)
    return Table({**columns, "element": np.array(list(map(str, columns["element"])), object)})


def _tell(relevance: Relevance, n: int, rank: int | None) -> None:
    from hassenet.cli._text import columns, number, short

    click.echo(
        f"{relevance.method} of {relevance.output!r} over {relevance.n_examples:,} rows, whose mean signal is "
        f"{number(relevance.value)}\n"
    )
    rows = [[short(s.element), str(s.rank), *map(number, s[2:])] for s in relevance.top(n, rank)]
    click.echo(columns([["element", "rank", "score", "absolute", "spread"], *rows]))
    if relevance.remainder is not None:
        left = ", ".join(map(number, relevance.remainder))
        click.echo(f"\nat the baseline: {number(relevance.reference)}; not shared out, rank by rank: {left}")
