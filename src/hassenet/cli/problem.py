"""A table, its target and a hierarchy of its features, as commands read them that make no model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, final

import click
import numpy as np
from click.core import ParameterSource
from numpy.typing import NDArray

from hassenet.cli.fit.architecture import hierarchy_of
from hassenet.cli.fit.options import check_together
from hassenet.cli.fit.reading import enough_rows, feature_columns, target_of
from hassenet.cli.fit.source import Source
from hassenet.data.logarithm import Logarithm
from hassenet.hierarchy import Hierarchy
from hassenet.tables import Table, read_table
from hassenet.task.target import Target

Floats = NDArray[np.float64]

OPTIONS = (
    "data",
    "target",
    "hierarchy",
    "hierarchy_format",
    "lineage_sep",
    "task",
    "positive",
    "drop",
    "log10",
)
"""Those of hassenet fit that say what is read."""


@final
@dataclass(frozen=True)
class SourceOptions:
    """What is read, one field an option; the names are those of hassenet fit."""

    data: Path
    target: tuple[str, ...]
    hierarchy: tuple[Path, ...]
    hierarchy_format: str | None
    lineage_sep: str | None
    task: Literal["auto", "classification", "regression"]
    positive: str | None
    drop: tuple[str, ...]
    log10: float | None
    quiet: bool

    def say(self, text: str) -> None:
        """Print a line unless told to be quiet."""
        if not self.quiet:
            click.echo(text)


class Problem(NamedTuple):
    """What was read.

    Attributes
    ----------
    table : Table
    target : Target
    hierarchy : Hierarchy
        Without outputs.
    X : (m, n₀) array
        The features in the order of rank 0, NaN where a value is missing.
    """

    table: Table
    target: Target
    hierarchy: Hierarchy
    X: Floats

    @property
    def y(self) -> NDArray[Any]:
        """The numbers of the classes, or the amounts, (m,)."""
        return self.target.values if self.target.classes is not None else self.target.values[:, 0]

    @property
    def labels(self) -> NDArray[Any]:
        """The classes as a message names them, or the amounts, (m,)."""
        if self.target.classes is None:
            return self.y
        return np.array([str(label) for label in self.target.classes], object)[self.target.values]


def options_of_fit(command: click.Command) -> list[click.Parameter]:
    """Return the options of hassenet fit that say what is read."""
    return [option for option in command.params if option.name in OPTIONS]


def check_source(context: click.Context) -> None:
    """Refuse options that contradict each other, several targets, and a command line without a hierarchy.

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
    targets = context.params["target"]
    if len(targets) > 1:
        raise click.UsageError(
            f"{command} takes one target; got {', '.join(targets)}; take one after the other"
        )


def read_problem(o: SourceOptions, filled: str, beside: tuple[str, ...] = ()) -> Problem:
    """Return the table, the target and the hierarchy that the options name; columns beside it are not features.

    ``filled`` says what becomes of missing values.
    """
    table = enough_rows(read_table(o.data), o)
    target = target_of(table, o)
    table.require_columns(beside, "what stands beside the hierarchy")
    o.say(f"{o.data.name}: {len(table):,} rows, {len(table.columns):,} columns; {target}")
    columns = [name for name in feature_columns(table, o) if name not in beside]
    H = hierarchy_of(columns, o)
    o.say(repr(H))
    names = tuple(map(str, H.ranks[0]))
    X = table.numbers_with_gaps(names)
    _say_gaps(X, o, filled)
    return Problem(table, target, H, X if o.log10 is None else _logarithm(X, o.log10, names))


def _say_gaps(X: Floats, o: Source, filled: str) -> None:
    share = float(np.isnan(X).mean())
    if share:
        o.say(f"missing values: {share:.2g} of all; {filled}")


def _logarithm(X: Floats, offset: float, names: tuple[str, ...]) -> Floats:
    gaps = np.isnan(X)
    logarithm = Logarithm(offset)
    return np.where(gaps, np.nan, logarithm(np.where(gaps, 1 - offset, X), names))
