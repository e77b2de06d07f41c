"""The steps of shaping that a command line asks for, in the order in which they are taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, final

import click

from hassenet import shaping
from hassenet.cli.hierarchy.bounds import Bounds
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.report import Report
from hassenet.shaping import Shaped

Step = Callable[[Hierarchy], Shaped]
"""A step of shaping: a hierarchy to another one, and what it did."""


@final
@dataclass(frozen=True)
class ShapingOptions:
    """What to do with a hierarchy that was read, one field an option; None, empty or False: nothing."""

    measurements: tuple[str, ...] = ()
    columns: Sequence[str] | None = None
    between: Bounds | None = None
    prune: Bounds | None = None
    keep: tuple[str, ...] = ()
    collapse: bool = False
    thin: bool = False
    rerank: Literal["below", "above"] | None = None

    def __post_init__(self) -> None:
        """Refuse a choice that is about no step."""
        if self.keep and self.prune is None:
            raise click.UsageError("--keep is about what --prune would drop; give both, or neither")

    @property
    def steps(self) -> list[Step]:
        """The steps, one after the other: features first, then elements, ranks last."""
        chosen: list[tuple[object, Step]] = [
            (self.measurements, lambda H: shaping.with_measurements(H, self.measurements)),
            (self.columns is not None, lambda H: shaping.restrict(H, self.columns or ())),
            (self.between, lambda H: _between(H, self.between)),
            (self.prune, lambda H: shaping.prune(H, *(self.prune or ()), keep=self.keep)),
            (self.collapse, shaping.collapse),
            (self.thin, shaping.thin),
            (self.rerank, lambda H: shaping.rerank(H, self.rerank or "below")),
        ]
        return [step for wanted, step in chosen if wanted]


def shaped(H: Hierarchy, steps: Sequence[Step]) -> tuple[Hierarchy, list[Report]]:
    """Return the hierarchy after all steps, and the report of each."""
    reports = []
    for step in steps:
        H, report = step(H)
        reports.append(report)
    return H, reports


def _between(H: Hierarchy, bounds: Bounds | None) -> Shaped:
    """Keep ranks; a bound that was left out is the first rank above the features, or the last."""
    low, high = bounds or (None, None)
    return shaping.between(H, 1 if low is None else low, H.depth if high is None else high)
