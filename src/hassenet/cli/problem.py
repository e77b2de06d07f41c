"""A table, its target and a hierarchy of its features, as commands read them that make no model."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.architecture import hierarchy_of
from hassenet.cli.fit.reading import enough_rows, feature_columns, target_of
from hassenet.cli.fit.source import Source
from hassenet.cli.source import SourceOptions
from hassenet.data.logarithm import Logarithm
from hassenet.hierarchy import Hierarchy
from hassenet.tables import Table, read_table
from hassenet.task.target import Target

Floats = NDArray[np.float64]


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
    return Problem(table, target, H, X if o.log10 is None else Logarithm(o.log10).beside_gaps(X, names))


def _say_gaps(X: Floats, o: Source, filled: str) -> None:
    share = float(np.isnan(X).mean())
    if share:
        o.say(f"missing values: {share:.2g} of all; {filled}")
