"""``hassenet discover``: which elements of a hierarchy carry the target."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import click

from hassenet.cli.checkpoint import check_checkpoint, checkpoint_options
from hassenet.cli.discover.options import DiscoverOptions
from hassenet.cli.fit.command import fit
from hassenet.cli.guard import guarded
from hassenet.cli.place import Place
from hassenet.cli.reading import gathered, spreadsheet_option
from hassenet.cli.source import OF_ONE_OUTCOME, SourceOptions, check_source, options_of_fit
from hassenet.cli.stability.command import check_jobs


@click.command()
@click.option(
    "--covariate",
    multiple=True,
    metavar="COLUMN",
    help="Column outside the hierarchy that is known to matter, as age; power is what elements say beyond it. May be "
    "repeated.",
)
@click.option("--folds", type=click.IntRange(3), default=5, show_default=True, help="Parts of the rows.")
@click.option(
    "--repeats", type=click.IntRange(1), default=1, show_default=True, help="How often rows are divided anew."
)
@click.option(
    "--draws",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="Targets dealt out by chance, for p-values and false discovery rates; 0 for none.",
)
@click.option("--rank", type=click.IntRange(1), help="Print elements of this rank only.")
@click.option("--top", type=click.IntRange(0), default=20, show_default=True, help="How many to print.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--jobs", type=int, default=1, show_default=True, help="Processes side by side; -1 for all.")
@click.option("--out", type=Place(), help="Folder to make for table and pictures.")
@spreadsheet_option
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@checkpoint_options
@click.pass_context
@guarded
def discover(context: click.Context, /, **options: Any) -> None:
    """Say which elements of a hierarchy carry the target, on rows that training has not seen.

    The power of an element is how much better the target is predicted from the features below it than from none (or
    than from the covariates), in nats an example; its local power is what it has beyond the best of its parts. Beside
    it stand the interval over the parts held out, p and the false discovery rate by targets dealt out by chance, and
    the place of the element by the plain test of the mean of its features.

    The target is a class, a number, a time until an event (--time, --event; dealt out with its event, within --strata),
    a count (--task count) or one of ordered classes (--task ordinal). Of several targets, of any of these kinds
    (--kind), each is measured by itself in the rows that have it; they are dealt out together, and the false discovery
    rate is over all elements and targets.

    power.csv, power.png and diagram.png are written to the folder; hassenet report --power takes the table. Where there
    are several targets diagram and report show the highest power of each element.

    \b
    Examples:
      hassenet discover genes.csv --target response --hierarchy pathways.tsv --out found
      hassenet discover genes.csv --target response --hierarchy pathways.tsv --covariate age --draws 99
      hassenet discover genes.csv --time months --event died=yes --hierarchy pathways.tsv --out found
      hassenet discover genes.csv --target response,relapse --hierarchy pathways.tsv --out found
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.cli.discover.run import run

    check_source(context)
    check_jobs(options["jobs"])
    check_checkpoint(options["checkpoint"], options.pop("resume"), options["out"], options["every"])
    options = gathered(options)
    study = {field.name: options[field.name] for field in fields(DiscoverOptions)}
    run(SourceOptions.of(options), DiscoverOptions(**study))


discover.params[:0] = options_of_fit(fit, (*OF_ONE_OUTCOME, "kinds", "quantiles"))
