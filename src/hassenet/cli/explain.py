"""``hassenet explain``: a model and a table to the scores of the model's elements."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hassenet.cli.explained import METHODS, explained_by, method_of
from hassenet.cli.guard import guarded
from hassenet.cli.models import model_at
from hassenet.cli.reading import (
    TABLE,
    TableOptions,
    check_not_turned,
    gathered,
    reading_options,
    spreadsheet_option,
)
from hassenet.cli.terminal import echo

if TYPE_CHECKING:
    from hassenet.explain import Relevance
    from hassenet.model import Model

_ROUNDING = 1e-5  # of the numbers themselves, which are float32
_OF_WHAT_IS_LEFT = {"integrated": "; this is the error of a sum, less with more --steps"}


@click.command()
@click.argument("model", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("data", type=TABLE)
@click.option("--method", type=click.Choice(list(METHODS)), default="deeplift", show_default=True)
@click.option(
    "--class", "label", metavar="CLASS", help="What is explained.  [default: of two classes, the second]"
)
@click.option("--target", metavar="COLUMN", help="Of a regression with several targets, the one to explain.")
@click.option(
    "--background",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="For ablation: table whose rows the means are taken over.  [default: DATA]",
)
@click.option(
    "--steps", type=click.IntRange(1), help="For integrated: gradients on the way to each row.  [default: 32]"
)
@reading_options
@click.option("--top", type=click.IntRange(0), default=20, show_default=True, help="How many to print.")
@click.option("--rank", type=click.IntRange(0), help="Only elements of this rank; features are rank 0.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, allow_dash=True),
    help="CSV, TSV (.gz) or Parquet file to make, with all elements.",
)
@spreadsheet_option
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@guarded
def explain(
    model: Path,
    data: Path,
    out: Path | None,
    spreadsheet_safe: bool,
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

    \b
    Examples:
      hassenet explain model people.csv
      hassenet explain model people.csv --class ill --rank 1 --out relevance.csv
      hassenet explain model people.csv --method ablation --top 50
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.cli.tables import writer
    from hassenet.tables.writing import check_writable

    options = gathered(options)
    _check_options(**options)
    if out is not None:
        check_writable(out, force)
    trained, table = model_at(model, "explain"), options["reading"].read(data)
    check_not_turned(table, trained.features)
    rank = options["rank"]
    _check_rank(trained, rank)
    relevance = _relevance(trained, table, **options)
    if out is not None:
        writer(spreadsheet_safe)(_table(relevance, rank), out, force)
    if not quiet:
        summary = _summary(relevance, options["top"], rank, _OF_WHAT_IS_LEFT.get(options["method"], ""))
        echo(summary, err=str(out) == "-")
    if out is not None and not quiet:
        echo(f"\nwritten: {out}", err=str(out) == "-")


def _check_options(method: str, background: Path | None, steps: int | None, **_: Any) -> None:
    for option, value, its in (("--background", background, "ablation"), ("--steps", steps, "integrated")):
        if value is not None and method != its:
            raise click.UsageError(
                f"{option} belongs to --method {its}; the method is {method}; leave it out"
            )


def _check_rank(model: Model, rank: int | None) -> None:
    """Refuse a rank without scores before they are computed."""
    from hassenet.errors import ParameterError
    from hassenet.network import Ensemble
    from hassenet.network.elements import real_elements

    members = [real_elements(net.plan)[:-1] for net in Ensemble.of(model.network)]
    ranks = sorted({i for member in members for i, rows in enumerate(member) if len(rows)})
    if rank is not None and rank not in ranks:
        raise ParameterError(f"scores stand at the ranks {ranks}; got {rank}; give one of these")


def _relevance(
    model: Model,
    table: Any,
    method: str,
    label: str | None,
    target: str | None,
    background: Path | None,
    steps: int | None,
    reading: TableOptions,
    **_: Any,
) -> Relevance:
    chosen: dict[str, Any] = {} if steps is None else {"steps": steps}
    if background is not None:
        chosen["background"] = model.prepare(reading.read(background))
    explained = explained_by(model, label, target)
    found = method_of(method)(model.in_units, model.prepare(table), explained, **chosen)
    return _with_features(found, model)


def _with_features(relevance: Relevance, model: Model) -> Relevance:
    """Name the elements of rank 0 as the columns of the table."""
    return replace(relevance, elements=(*model.features, *relevance.elements[len(model.features) :]))


def _table(relevance: Relevance, rank: int | None) -> Any:
    import numpy as np

    from hassenet.tables import Table

    columns = relevance.table(rank)
    return Table({**columns, "element": np.array(list(map(str, columns["element"])), object)})


def _summary(relevance: Relevance, n: int, rank: int | None, of_what_is_left: str) -> str:
    from hassenet.cli.text import columns, number, short
    from hassenet.errors import counted

    members = f", {counted(len(relevance.members), 'network')}" if relevance.members else ""
    head = (
        f"{relevance.method} of {relevance.output!r} over {counted(relevance.n_examples, 'row')}{members}, whose mean "
        f"signal is {number(relevance.value)}"
    )
    further = _member_spread(relevance)
    names = ["element", "rank", "score", "absolute", "spread", *(["over networks"] if further else [])]
    rows = [
        [short(s.element), str(s.rank), *map(number, s[2:]), *further.get(s.element, ())]
        for s in relevance.top(n, rank)
    ]
    table = columns([names, *rows])
    return "\n\n".join([head, table, *_of_totals(relevance, of_what_is_left)])


def _member_spread(relevance: Relevance) -> dict[Any, tuple[str]]:
    """Return the spread of each element over the members of an ensemble; of a network nothing."""
    from hassenet.cli.text import number

    if relevance.member_spread is None:
        return {}
    pairs = zip(relevance.elements, relevance.member_spread, strict=True)
    return {element: (number(spread),) for element, spread in pairs}


def _of_totals(relevance: Relevance, of_what_is_left: str) -> list[str]:
    """Return what the ranks add up to, where the method shares the value out, and what it leaves over."""
    from hassenet.cli.text import number

    if relevance.remainder is None:
        return []
    start = f"at the baseline the signal is {number(relevance.reference)}; " if relevance.reference else ""
    whole = number(relevance.value - relevance.reference)
    return [
        f"{start}each rank, with what passes it, adds up to {whole}, but for {_left(relevance, of_what_is_left)}"
    ]


def _left(relevance: Relevance, of_what_is_left: str) -> str:
    import numpy as np

    from hassenet.cli.text import number

    remainder = np.asarray(relevance.remainder)
    size = max(abs(relevance.value), abs(relevance.reference), relevance.absolute.max(initial=0.0))
    if np.abs(remainder).max() <= _ROUNDING * size:
        return "rounding"
    return f"what is left over, rank by rank: {', '.join(map(number, remainder))}{of_what_is_left}"
