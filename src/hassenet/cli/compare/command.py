"""``hassenet compare``: a network beside its twins and the usual models."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import click

from hassenet.cli.checkpoint import check_checkpoint, checkpoint_options
from hassenet.cli.fit.command import fit
from hassenet.cli.guard import INTERRUPTED, guarded
from hassenet.cli.place import Place
from hassenet.cli.reading import gathered, spreadsheet_option
from hassenet.cli.source import OF_ONE_OUTCOME, SourceOptions, check_source, options_of_fit
from hassenet.cli.stability.command import check_jobs

_OF_TARGETS = (*OF_ONE_OUTCOME, "quantiles")


@click.command()
@click.option(
    "--covariate",
    multiple=True,
    metavar="COLUMN",
    help="Column outside the hierarchy, as age, sex or a batch: all models have it; several with commas between, or "
    "repeated.",
)
@click.option("--folds", type=click.IntRange(2), default=5, show_default=True, help="Parts of the rows.")
@click.option(
    "--repeats",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="Cross-validations, each with folds of its own.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--jobs", type=int, default=1, show_default=True, help="Processes side by side; -1 for all.")
@click.option("--out", type=Place(), help="Folder to make for tables and picture.")
@spreadsheet_option
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@checkpoint_options
@click.pass_context
@guarded
def compare(context: click.Context, /, **options: Any) -> None:
    """Say whether a hierarchy helps: a network beside its twins and the usual models, on the same folds.

    The complete twin has the same elements and all covers between neighbouring ranks, the rewired twin as many covers
    at each element, at random. The usual models are a linear one, a random forest and gradient boosting. Whatever is
    filled in, scaled or chosen is learned from the rows that are not held out. Each model is compared with the
    network, with a 95 % interval that allows for folds that share rows; a sentence says what that shows.

    The target is a class, a number, or of another kind: a time until an event (--time, --event, --strata) beside a
    linear Cox model, a count (--task count) beside models of Poisson's deviance, one of ordered classes (--task
    ordinal), quantiles of a number (--quantiles), several numbers at once (--target may be repeated). Counts may have
    an --exposure.

    comparison.csv, folds.csv, comparison.json and comparison.png are written to the folder. Ctrl-C keeps the folds that
    all models have done; the exit code is 130 then.

    \b
    Examples:
      hassenet compare genes.csv --target response --hierarchy pathways.tsv --jobs 2 --out comparison
      hassenet compare abundance.csv.gz --target disease --lineage-sep "|" --log10 1e-4
      hassenet compare genes.csv --time months --event status=dead --hierarchy pathways.tsv
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.cli.compare.run import run

    check_source(context)
    check_jobs(options["jobs"])
    check_checkpoint(options["checkpoint"], options.pop("resume"), options["out"], options["every"])
    options = gathered(options)
    source = SourceOptions.of(options)
    own = {*(field.name for field in fields(SourceOptions)), *_OF_TARGETS}
    others = {name: value for name, value in options.items() if name not in own}
    if not run(source, **others):
        context.exit(INTERRUPTED)


compare.params[:0] = options_of_fit(fit, _OF_TARGETS)
