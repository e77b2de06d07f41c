"""``hassenet predict``: a model and a table to predictions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hassenet.cli.guard import guarded
from hassenet.cli.models import model_at
from hassenet.cli.terminal import echo
from hassenet.errors import DataError, listing

if TYPE_CHECKING:
    from hassenet.model import Model
    from hassenet.tables import Table


@click.command()
@click.argument("model", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("data", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="CSV, TSV (.gz) or Parquet file to make."
)
@click.option(
    "--keep", multiple=True, metavar="COLUMN", help="Column of DATA to copy to the output; may be repeated."
)
@click.option(
    "--interval",
    type=float,
    metavar="LEVEL",
    help="Of a regression: also the ends of an interval that holds this share of targets, as 0.9.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@guarded
def predict(
    model: Path,
    data: Path,
    out: Path,
    keep: tuple[str, ...],
    interval: float | None,
    force: bool,
    quiet: bool,
) -> None:
    """Predict the target of each row of a table with a model made by fit.

    Columns are matched by name; those that the model does not know are ignored. A classification gives the class and
    the probability of each class; a regression, with --interval, two further columns low_… and high_….

    \b
    Examples:
      hassenet predict model new.csv --keep sample --out predictions.csv
      hassenet predict model new.csv --interval 0.9 --out predictions.csv
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.tables import read_table, write_table
    from hassenet.tables.writing import check_writable

    check_writable(out, force)
    trained, table = model_at(model, "predict"), read_table(data)
    table.require_columns(keep, "a column to keep")
    result = _result(trained, table, keep, interval)
    write_table(result, out, force)
    if not quiet:
        _tell(trained, table, keep, out)


def _result(model: Model, table: Table, keep: tuple[str, ...], interval: float | None) -> Table:
    from hassenet.tables import Table

    new = _predictions(model, table) if interval is None else _intervals(model, table, interval)
    twice = sorted(new.keys() & set(keep))
    if twice:
        raise DataError(
            f"a column has its own name; {twice[0]!r} names a prediction too; rename it in the data"
        )
    return Table({name: table[name] for name in keep} | new)


def _predictions(model: Model, table: Table) -> dict[str, Any]:
    value = model.predict(table)
    if model.classes is None:
        return _named("predicted", model, value)
    p = model.predict_proba(table).T
    probabilities = {f"probability_{c}": column for c, column in zip(model.classes, p, strict=True)}
    return {f"predicted_{model.targets[0]}": _spelled(value), **probabilities}


def _intervals(model: Model, table: Table, level: float) -> dict[str, Any]:
    found = model.predict(table, interval=level)
    ends = _named("low", model, found.low) | _named("high", model, found.high)
    return _named("predicted", model, found.prediction) | ends


def _named(what: str, model: Model, value: Any) -> dict[str, Any]:
    """Return the columns of a regression's targets."""
    each = value.reshape(len(value), -1).T
    return {f"{what}_{name}": column for name, column in zip(model.targets, each, strict=True)}


def _spelled(labels: Any) -> Any:
    """Return labels that a file would spell otherwise than the header, such as 0.0 and True, as text."""
    return labels if labels.dtype.kind in "iU" else labels.astype(str)


def _tell(model: Model, table: Table, keep: tuple[str, ...], out: Path) -> None:
    used = {*model.features, *keep}
    ignored = [name for name in table.columns if name not in used]
    if ignored:
        echo(f"ignored, as the model does not know them: {listing(ignored)}")
    echo(f"{len(table):,} rows predicted: {out}")
