"""``hassenet demo``: the real thing, on real data."""

from __future__ import annotations

from pathlib import Path

import click

from hassenet.cli.guard import guarded
from hassenet.cli.place import Place


@click.command()
@click.option(
    "--repeats", type=click.IntRange(1), default=4, show_default=True, help="Of the 5-fold cross-validation."
)
@click.option(
    "--out",
    type=Place(),
    default="hassenet-demo",
    show_default=True,
    help="Folder for report and pictures.",
)
@guarded
def demo(repeats: int, out: Path) -> None:
    """Tell ill from healthy by gut microbes: a network of named taxa beside three usual models.

    \b
    Example:
      hassenet demo --repeats 1
    """  # noqa: D301 - click looks for the character that \b stands for
    from hassenet.demo import run

    run(repeats=repeats, out=out)
