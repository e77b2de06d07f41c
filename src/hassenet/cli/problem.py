"""A table, its target and a hierarchy of its features, as commands read them that make no model."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.encoded import encoded_below
from hassenet.cli.fit.reading import divided, read_source
from hassenet.cli.source import SourceOptions
from hassenet.data.checks import unmasked_numbers
from hassenet.data.logarithm import Logarithm
from hassenet.data.scaling import check_squares
from hassenet.hierarchy import Hierarchy
from hassenet.outcomes.target import OutcomeTarget
from hassenet.tables import Table
from hassenet.task.target import Target

Floats = NDArray[np.float64]


class Problem(NamedTuple):
    """What was read.

    Attributes
    ----------
    table : Table
    target : Target or OutcomeTarget
    hierarchy : Hierarchy
        Without outputs.
    X : (m, n₀) array
        The features in the order of rank 0, NaN where a value is missing.
    C : (m, q) array
        What covariates were made into, NaN where a value is missing.
    beside : tuple of str
        The columns that are covariates.
    categories : tuple of tuple of int
        The places of the levels of each category, in X and the columns of C behind it.
    """

    table: Table
    target: Target | OutcomeTarget
    hierarchy: Hierarchy
    X: Floats
    C: Floats
    beside: tuple[str, ...] = ()
    categories: tuple[tuple[int, ...], ...] = ()

    @property
    def both(self) -> Floats:
        """Features and covariates side by side, (m, n₀ + q)."""
        return np.hstack([self.X, self.C])

    @property
    def added(self) -> NDArray[Any] | None:
        """What is added to the signal of the target, (m,): the offset, or the logarithm of the exposure."""
        return self.target.added if isinstance(self.target, OutcomeTarget) else None

    @property
    def several(self) -> Table | None:
        """The columns of several plain numbers, NaN where one is missing; None of one target, and of other kinds."""
        target = self.target
        if isinstance(target, OutcomeTarget) or len(target.names) == 1:
            return None
        return Table(dict(zip(target.names, target.values.T, strict=True)))

    @property
    def labels(self) -> NDArray[Any]:
        """The classes as a message names them, or the amounts; of another kind the target as people have it.

        (m,), of several amounts, and of another kind, (m, k).
        """
        if isinstance(self.target, OutcomeTarget):
            return np.asarray(self.target.values[0])
        if self.target.classes is None:
            return self.target.values[:, 0] if len(self.target.names) == 1 else self.target.values
        return np.array([str(label) for label in self.target.classes], object)[self.target.values]


def read_problem(o: SourceOptions, filled: str, beside: tuple[str, ...] = ()) -> Problem:
    """Return the table, the target and the hierarchy that the options name; covariates beside it are not features.

    ``filled`` says what becomes of missing values.
    """
    read = read_source(o)
    table, target = read.table, read.target
    columns, others = divided(read, beside)
    encoding, X, amounts, H, known = encoded_below(table, columns, None, o, filled, others)
    o.say(f"{H!r}")
    # also cells and genotypes: the usual models are among those that learn from them
    X = unmasked_numbers(X)
    n = len(encoding.features) - len(known)
    X = X if o.log10 is None else Logarithm(o.log10, amounts).beside_gaps(X, encoding.features)
    check_squares(X, encoding.features)
    return Problem(table, target, H, X[:, :n], X[:, n:], others, encoding.categories)
