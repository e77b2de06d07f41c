"""The command line, ``hassenet COMMAND``. One file a command; heavy imports wait inside them."""

from __future__ import annotations

import click

from hassenet import __version__
from hassenet.cli.compare.command import compare as compare_command
from hassenet.cli.demo import demo
from hassenet.cli.discover.command import discover as discover_command
from hassenet.cli.evaluate import evaluate
from hassenet.cli.explain import explain
from hassenet.cli.fit.command import fit as fit_command
from hassenet.cli.hierarchy.command import hierarchy as hierarchy_command
from hassenet.cli.predict import predict
from hassenet.cli.report import report
from hassenet.cli.show import show
from hassenet.cli.stability.command import stability as stability_command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="hassenet")
def main() -> None:
    """Train and use neural networks whose architecture is a hierarchy.

    \b
    Example:
      hassenet fit people.csv --target disease --out model
      hassenet predict model new.csv --out predictions.csv
      hassenet explain model people.csv --out relevance.csv
    """  # noqa: D301 - click looks for the character that \b stands for


# The packages keep their names in this one.
COMMANDS = (
    hierarchy_command,
    fit_command,
    predict,
    evaluate,
    show,
    explain,
    compare_command,
    discover_command,
    stability_command,
    report,
    demo,
)
for command in COMMANDS:
    main.add_command(command)
