"""``hassenet report``: a model and a table to one interactive page."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import click

from hassenet.cli.guard import guarded
from hassenet.cli.labels import labels_option, relabelled
from hassenet.cli.models import model_at, table_for
from hassenet.cli.place import Place
from hassenet.cli.reading import TABLE, TableOptions, reading_options, targets_option
from hassenet.cli.terminal import echo


@click.command()
@click.argument("model", type=Place(exists=True, file_okay=False))
@click.argument("data", type=TABLE)
@click.option("--out", required=True, type=Place(), help="HTML file to make.")
@click.option(
    "--class",
    "--target",
    "outputs",
    multiple=True,
    metavar="NAME",
    help="Class or target to explain; may be repeated. By default all; of two classes the one that is the output.",
)
@click.option(
    "--power",
    type=Place(exists=True, dir_okay=False),
    help="Table with columns element and power, as discover --out writes: elements are coloured by it.",
)
@click.option(
    "--stability",
    type=Place(exists=True),
    help="What hassenet stability found, its folder or elements.csv: p and stability stand beside elements.",
)
@click.option(
    "--max-rows",
    type=click.IntRange(1),
    default=10_000,
    show_default=True,
    help="Of a longer table so many rows are shown, drawn at random.",
)
@reading_options
@targets_option
@labels_option
@click.option("--title", default="", help="What stands on top. By default what is predicted.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@guarded
def report(
    model: Path,
    data: Path,
    out: Path,
    outputs: tuple[str, ...],
    power: Path | None,
    stability: Path | None,
    max_rows: int,
    title: str,
    force: bool,
    quiet: bool,
    labels: tuple[str, ...],
    **options: Any,
) -> None:
    """Write a page on which every element of a model can be looked up, for the rows of a table.

    The page is one file for any browser and needs no network: search an element, see what it covers and what covers
    it, with weights, relevance and the distribution of its feature; and see the course of training. If DATA holds
    the target of a classification, distributions are shown class by class.

    \b
    Examples:
      hassenet report model people.csv --out report.html
      hassenet report model people.csv --power found/power.csv --out report.html
      hassenet report model people.csv --stability stability --out report.html
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.errors import counted
    from hassenet.files.atomic import check_free
    from hassenet.page import write_report

    _check_name(out)
    check_free(out, force, "a page")
    powers, study = None if power is None else powers_of(power), study_of(stability)
    trained = model_at(model, "report")
    table = table_for(trained, data, TableOptions(**options))
    write_report(
        trained,
        relabelled(table, trained, labels),
        out,
        force,
        outputs=outputs,
        title=title,
        power=powers,
        stability=study,
        max_rows=max_rows,
    )
    if not quiet:
        drawn = "" if len(table) <= max_rows else f"{max_rows:,} of "
        echo(f"{drawn}{counted(len(table), 'row')} shown: {out}")


def powers_of(path: Path) -> dict[Hashable, float]:
    """Return the power of each element in a table; of several targets the highest."""
    from hassenet.stability.by_element import highest
    from hassenet.tables import read_table
    from hassenet.tables.guarding import unguarded

    table = read_table(path)
    table.require_columns(("element", "power"), "what elements are coloured by")
    values = table.numbers_with_gaps(("power",)).ravel()
    return highest(map(unguarded, table.names_in("element")), values.tolist())


def study_of(path: Path | None) -> dict[str, Any] | None:
    """Return what a study found of elements, a column each, or None where there is none."""
    from hassenet.tables import read_table
    from hassenet.tables.guarding import unguarded

    if path is None:
        return None
    file = path / "elements.csv" if path.is_dir() else path
    table = read_table(file)
    table.require_columns(("element",), "what a study found of elements")
    numbers = [name for name in table.columns if table[name].dtype != object and name != "element"]
    elements = list(map(unguarded, table.names_in("element")))
    return {"element": elements, **{name: table[name] for name in numbers}}


def _check_name(out: Path) -> None:
    if out.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(
            f"a page is HTML; {out.name} is not called so; name it {out.stem or 'report'}.html"
        )
