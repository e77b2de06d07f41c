"""The options that say what is read, of commands that make no model."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, final

import click
from click.core import ParameterSource

from hassenet.cli.fit.options import check_together
from hassenet.cli.fit.wishes import wish_of
from hassenet.cli.reading import NAMES, TableOptions
from hassenet.cli.terminal import echo

if TYPE_CHECKING:
    from hassenet.outcomes.recognition import Wish

OPTIONS = (
    "data",
    "target",
    "hierarchy",
    "hierarchy_format",
    "lineage_sep",
    "task",
    "drop",
    "categorical",
    "numerical",
    "date",
    "log10",
    *NAMES,
)
"""Those of hassenet fit that say what is read."""

OF_ONE_OUTCOME = ("time", "event", "strata", "likelihood", "order", "offset", "exposure")
"""Those that say of one target what else it is than a class or a number."""


@final
@dataclass(frozen=True)
class SourceOptions:
    """What is read, one field an option; the names are those of hassenet fit."""

    data: Path
    target: tuple[str, ...]
    hierarchy: tuple[Path, ...]
    hierarchy_format: str | None
    lineage_sep: str | None
    task: str
    drop: tuple[str, ...]
    categorical: tuple[str, ...]
    numerical: tuple[str, ...]
    date: tuple[str, ...]
    log10: float | None
    quiet: bool
    reading: TableOptions
    positive: ClassVar[str | None] = (
        None  # which of two classes the output is of: no score nor power depends on it
    )

    wish: Wish

    @staticmethod
    def of(options: Mapping[str, Any]) -> SourceOptions:
        """Return what is read, of all options of a command by their names."""
        own = {field.name: options[field.name] for field in fields(SourceOptions) if field.name != "wish"}
        return SourceOptions(**own, wish=wish_of(options))

    def say(self, text: str) -> None:
        """Print a line unless told to be quiet."""
        if not self.quiet:
            echo(text)


def options_of_fit(command: click.Command, more: Collection[str] = OF_ONE_OUTCOME) -> list[click.Parameter]:
    """Return the options of hassenet fit that say what is read, and more of them."""
    return [option for option in command.params if option.name in (*OPTIONS, *more)]


def check_source(context: click.Context) -> None:
    """Refuse options that contradict each other, and a command line without a hierarchy.

    Raises
    ------
    UsageError
        With the options' names.
    """
    check_together(context)
    command = context.command.name
    given = {
        name
        for name in ("hierarchy", "lineage_sep")
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    if not given:
        raise click.UsageError(f"{command} needs a hierarchy; give --hierarchy or --lineage-sep")
    targets = [*filter(None, (context.params.get("time"),)), *context.params["target"]]
    if len(targets) > 1 and command == "compare" and context.params.get("time") is not None:
        raise click.UsageError(
            f"{command} takes one target; got {', '.join(targets)}; take one after the other"
        )
    if command == "discover" and context.params["quantiles"]:
        raise click.UsageError(
            "power is the gain in a likelihood, which quantiles have none of; leave --quantiles out and ask of the "
            "number, or ask of quantiles by hassenet compare"
        )
