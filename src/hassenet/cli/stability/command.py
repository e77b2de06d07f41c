"""``hassenet stability``: whether the scores of elements mean anything."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import click

from hassenet.cli.checkpoint import check_checkpoint, checkpoint_options
from hassenet.cli.explained import METHODS
from hassenet.cli.fit.command import fit
from hassenet.cli.fit.options import FitOptions, check_together
from hassenet.cli.guard import guarded
from hassenet.cli.place import Place
from hassenet.cli.reading import spreadsheet_option
from hassenet.cli.stability.options import StudyOptions

# What only the making of one model needs.
_OF_FIT_ALONE = {
    *("out", "single", "members", "test_size", "plots", "force", "quiet", "checkpoint", "every", "resume"),
}


@click.command()
@click.option("--out", required=True, type=Place(), help="Folder to make for the tables.")
@click.option("--runs", type=click.IntRange(2), default=20, show_default=True, help="Trainings on resamples.")
@click.option(
    "--nulls",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="Draws from each null model; p is never below 1 / (1 + NULLS). 0 for none.",
)
@click.option("--method", type=click.Choice(list(METHODS)), default="deeplift", show_default=True)
@click.option(
    "--class", "label", metavar="CLASS", help="What is explained.  [default: of two classes, the second]"
)
@click.option(
    "--explain-target", metavar="COLUMN", help="Of a regression with several targets, the one to explain."
)
@click.option("--jobs", type=int, default=1, show_default=True, help="Processes side by side; -1 for all.")
@spreadsheet_option
@click.option("--force", is_flag=True, help="Replace tables that are there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@checkpoint_options
@click.pass_context
@guarded
def stability(context: click.Context, /, **options: Any) -> None:
    """Train again and again, and say which elements' scores can be relied on.

    The options that say how a network is trained are those of fit. An element's score is its share in the mean
    absolute scores of its rank. It is collected over runs that start from other weights and learn from other rows
    (bootstrap; with --early-stopping 63 % of the rows, none twice), and set beside that of networks for permuted
    targets, and, where there is a hierarchy, on rewired covers; then the network is judged on rows held out (5 folds)
    beside its rewired and complete twins. Hidden elements that could change places, as all without a hierarchy, are
    others in each run: they are left out. With --auxiliary all heads are trained, and the main outputs explained and
    judged.

    Targets are those of fit: classes, numbers, times until an event (--time, --event), counts, ordered classes,
    quantiles, and several. Times are judged by Harrell's C, and permuted with their events, within the strata; other
    kinds by their log-likelihood. An --exposure, or --offset, goes with its target. What fills gaps and scales features
    and targets, each training learns of its rows.

    elements.csv, networks.csv and summary.txt are written to the folder.

    \b
    Examples:
      hassenet stability people.csv --target disease --runs 10 --nulls 99 --jobs 2 --out stability
      hassenet stability genes.csv --target response --hierarchy pathways.tsv --out stability
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.cli.stability.run import run

    check_together(context)
    check_jobs(options["jobs"])
    check_checkpoint(options["checkpoint"], options.pop("resume"), options["out"], options["every"])
    study = StudyOptions(**{field.name: options.pop(field.name) for field in fields(StudyOptions)})
    run(FitOptions.of(**options, single=True, members=1, test_size=0.0, plots=False), study)


def check_jobs(jobs: int) -> None:
    """Refuse 0 processes, which joblib would."""
    if jobs == 0:
        raise click.UsageError("--jobs is a number of processes, or -1 for one a processor; got 0")


stability.params[:0] = [option for option in fit.params if option.name not in _OF_FIT_ALONE]
