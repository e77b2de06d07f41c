"""The options of ``hassenet fit``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, final

import click


@final
@dataclass(frozen=True)
class FitOptions:
    """What the user asked for, one field an option."""

    data: Path
    target: tuple[str, ...]
    out: Path
    hierarchy: Path | None
    lineage_sep: str | None
    task: Literal["auto", "classification", "regression"]
    drop: tuple[str, ...]
    log10: float | None
    standardize: bool
    hidden_layer_sizes: tuple[int, ...]
    activation: str | None
    heads: Literal["all", "maximal"]
    epochs: int
    batch_size: int
    learning_rate: float
    l2: float
    early_stopping: bool
    test_size: float
    seed: int
    plots: bool
    force: bool
    quiet: bool

    def say(self, text: str) -> None:
        """Print a line unless told to be quiet."""
        if not self.quiet:
            click.echo(text)

    @property
    def hidden(self) -> str:
        """The activation of hidden elements: tanh where a hierarchy is given, whose elements stand for something."""
        given = self.hierarchy is not None or self.lineage_sep is not None
        return self.activation or ("tanh" if given else "relu")


def sizes(_: click.Context, __: click.Parameter, value: str) -> tuple[int, ...]:
    """Return the numbers in ``"64,32"``; an empty text means no hidden layer."""
    try:
        numbers = tuple(int(part) for part in value.split(",") if part.strip())
    except ValueError:
        numbers = (0,)
    if any(n < 1 for n in numbers):
        raise click.BadParameter(
            f"sizes are whole numbers from 1 on, with commas between, such as 64,32; got {value!r}"
        )
    return numbers
