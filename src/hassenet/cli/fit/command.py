"""``hassenet fit``: a table to a model folder."""

from __future__ import annotations

from typing import Any

import click

from hassenet.cli.checkpoint import check_checkpoint, checkpoint_options
from hassenet.cli.fit.options import FitOptions, check_together, chooses_settings, sizes
from hassenet.cli.fit.wishes import KINDS, outcome_options
from hassenet.cli.guard import INTERRUPTED, guarded
from hassenet.cli.hierarchy.command import NAMES_OF_FORMATS
from hassenet.cli.place import Place
from hassenet.cli.reading import FILE, TABLE_OR_FOLDER, cache_option, reading_options, targets_option
from hassenet.cli.streamed import is_streamed

_POSITIVE = click.FloatRange(min=0, min_open=True)
_ACTIVATIONS = ("identity", "relu", "leaky_relu", "sigmoid", "tanh", "softplus", "elu", "gelu", "silu")


@click.command()
@click.argument("data", type=TABLE_OR_FOLDER)
@click.option(
    "--target",
    multiple=True,
    metavar="COLUMN",
    help="Column to predict; several, of any kinds, with commas between or repeated.",
)
@click.option("--out", required=True, type=Place(), help="Folder to make for the model.")
@click.option(
    "--hierarchy",
    type=FILE,
    multiple=True,
    help="Edge list (lower element, upper element), or a file as hassenet hierarchy takes; may be repeated for formats "
    "of several files.",
)
@click.option(
    "--hierarchy-format", type=click.Choice(NAMES_OF_FORMATS), help="[default: that of the first file]"
)
@click.option(
    "--lineage-sep", help="Build the hierarchy from column names such as a|b|c with this separator."
)
@click.option(
    "--task",
    type=click.Choice(["auto", *KINDS]),
    default="auto",
    show_default=True,
    help="auto: classification of a target that holds text, truth values or at most 10 different whole numbers; else "
    "regression.",
)
@outcome_options
@click.option(
    "--positive",
    metavar="CLASS",
    help="Of two classes, the one whose probability is the output.  [default: the second in sorted order]",
)
@click.option(
    "--drop",
    "--ignore",
    multiple=True,
    metavar="COLUMN",
    help="Column that is not a feature; several with commas between, or repeated.",
)
@click.option(
    "--categorical",
    multiple=True,
    metavar="COLUMN",
    help="Column whose numbers stand for categories, as those of a zip code; several with commas between, or repeated.",
)
@click.option(
    "--numerical",
    multiple=True,
    metavar="COLUMN",
    help="Column of numbers that would be taken for codes or identifiers; several with commas between, or repeated.",
)
@click.option(
    "--date",
    multiple=True,
    metavar="COLUMN",
    help="Column of dates that would be taken for numbers, as 20190131; several with commas between, or repeated.",
)
@click.option(
    "--increasing",
    multiple=True,
    metavar="COLUMN",
    help="Feature with which the output never falls; several with commas between, or repeated.",
)
@click.option(
    "--decreasing",
    multiple=True,
    metavar="COLUMN",
    help="Feature with which the output never rises; several with commas between, or repeated.",
)
@click.option(
    "--covariate",
    multiple=True,
    metavar="COLUMN",
    help="Column outside the hierarchy, as age, sex or a batch, at which every output looks; several with commas "
    "between, or repeated.",
)
@click.option(
    "--covariate-l2",
    type=click.FloatRange(min=0),
    default=0.001,
    show_default=True,
    help="Strength of the penalty on the weights of covariates, in place of that of the others.",
)
@reading_options
@targets_option
@click.option("--log10", type=float, metavar="OFFSET", help="Take log10(x + OFFSET) of every feature first.")
@click.option(
    "--standardize/--no-standardize",
    default=True,
    help="Scale features to mean 0, deviation 1.",
    show_default=True,
)
@click.option(
    "--hidden-layer-sizes",
    default="100",
    show_default=True,
    callback=sizes,
    help="Without a hierarchy, such as 64,32.",
)
@click.option(
    "--activation", type=click.Choice(_ACTIVATIONS), help="[default: tanh with a hierarchy, else relu]"
)
@click.option(
    "--heads",
    type=click.Choice(["all", "features", "maximal"]),
    default="all",
    show_default=True,
    help="With a hierarchy: outputs look at all its ranks, at these and all features, or at what nothing covers.",
)
@click.option(
    "--auxiliary",
    type=click.Choice(["rank", "element"]),
    help="Train with further heads, each of which predicts the target from one rank or one element; the model keeps "
    "the main outputs.",
)
@click.option(
    "--auxiliary-weight",
    type=click.FloatRange(min=0),
    default=0.3,
    show_default=True,
    help="Of each such head in the cost, where the main outputs have 1.",
)
@click.option("--epochs", type=click.IntRange(1), default=100, show_default=True)
@click.option(
    "--batch-size",
    type=click.IntRange(1),
    help="[default: 32; of --survival cox an eighth of the rows, 256 at most]",
)
@click.option("--learning-rate", type=_POSITIVE, default=0.003, show_default=True, help="Of Adam.")
@click.option(
    "--l2",
    "--alpha",
    type=click.FloatRange(min=0),
    default=0.001,
    show_default=True,
    help="Strength s of the penalty s/2 times the sum of squared weights.",
)
@click.option(
    "--dropout",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.0,
    show_default=True,
    help="Share of the hidden elements that each step of training leaves out.",
)
@click.option(
    "--early-stopping", is_flag=True, help="Stop when the cost on 10 % of the training rows no longer falls."
)
@click.option(
    "--single",
    is_flag=True,
    help="Train one network with the defaults here. So does any other option about a network or its training; without "
    "them settings are chosen by cross-validation, and an ensemble is kept.",
)
@click.option(
    "--members",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="Where settings are chosen: networks of each.",
)
@click.option(
    "--test-size",
    type=click.FloatRange(0, 0.9),
    default=0.2,
    show_default=True,
    help="Share of rows held out to judge the model; 0 for none.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--plots/--no-plots", default=True, show_default=True, help="Draw costs.png and hierarchy.png.")
@click.option("--force", is_flag=True, help="Replace a model folder that is there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@cache_option
@checkpoint_options
@click.pass_context
@guarded
def fit(context: click.Context, /, **options: Any) -> None:
    """Train a network on a table: CSV, TSV (also .gz), Parquet, Arrow, AnnData (.h5ad) or PLINK (.bed); - for a pipe.

    A table whose rows are clades or features with lineages (MetaPhlAn, Kraken, QIIME2) is turned, and says so.

    Every column but the target is a feature: numbers, categories, dates, with gaps or without. A category is an element
    over its levels, which are called column=level, as sex=f; the feature "column is missing" says where a gap was. What
    became of each is printed; identifiers and columns without anything to learn from are left out, and so are rows
    without a target. Part of the rows is held out; the model is judged on them, beside logistic or ridge regression and
    gradient boosting as scikit-learn has them (hassenet compare tunes these, on repeated folds), and kept as it was
    judged. Ctrl-C ends training early; what was learned until then is kept, and the exit code is 130.
    With --checkpoint a run that was interrupted or killed is kept there, and the same command goes on.

    Settings are chosen by cross-validation inside the rows to learn from (as HierarchyClassifier, HierarchyRegressor
    and HierarchyOutcomes do it): gaps are filled, and an ensemble of networks and linear models is kept, on the
    hierarchy given or on complete layers. With --single, or any option about a network or its training, it is one
    network with the settings given; and so it is, with a line that says why, of a very large table without a hierarchy.
    A folder of Parquet or Arrow, or a file of these, CSV, TSV, AnnData or PLINK of more than 256 MB, is read a block at
    a time, in little memory: settings are chosen on some rows of it, from which the usual models learn too, and the
    networks learn from all; with --cache it is decoded once.

    \b
    Examples:
      hassenet fit people.csv --target disease --drop sample --out model
      hassenet fit genes.csv --target response --hierarchy pathways.tsv --out model
      hassenet fit cells.h5ad --target cell_type --hierarchy pathways.gmt --layer counts --log10 1 --out model
      hassenet fit genes.csv --target response --hierarchy pathways.tsv --covariate age,sex --out model
      hassenet fit people.csv --time months --event died --out model
      hassenet fit people.csv --target died --target weight --out model
      hassenet fit folder_of_parquet --target died --epochs 5 --out model
      hassenet fit abundance.csv.gz --target disease --lineage-sep "|" --log10 1e-4 --out model
      hassenet fit abundance.csv.gz --target disease --lineage-sep "|" --log10 1e-4 --l2 0.03 --out one-network
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.cli.fit.chosen import run_chosen
    from hassenet.cli.fit.chosen_by_blocks import run_chosen_by_blocks
    from hassenet.cli.fit.run import run

    check_together(context)
    check_checkpoint(
        options["checkpoint"], options.pop("resume"), options["out"], options["every"], options["cache"]
    )
    chosen = run_chosen_by_blocks if is_streamed(options["data"], options["layer"]) else run_chosen
    way = chosen if chooses_settings(context) else run
    if not way(FitOptions.of(**options)):
        context.exit(INTERRUPTED)
