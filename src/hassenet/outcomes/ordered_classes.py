"""A class of some that have an order."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from hassenet.hierarchy import Constant
from hassenet.likelihoods import OrdinalLoss
from hassenet.outcomes.classes import check_labels, columns_of_classes, most_probable
from hassenet.outcomes.outcome import Array, Outcome
from hassenet.outcomes.reading import codes_in
from hassenet.tables import Table
from hassenet.task.label import Label


@final
@dataclass(frozen=True)
class OrderedClasses(Outcome):
    """One of some classes in order, by thresholds on one signal: P(y ≤ j|x) = σ(θⱼ − η).

    The thresholds are the same for every x.

    Parameters
    ----------
    name : str
    classes : tuple of str, int, float or bool
        In their order, the lowest first.

    Examples
    --------
    >>> stage = OrderedClasses("stage", ("I", "II", "III"))
    >>> stage.answer(np.array([[-3.0, 1.5], [2.0, 1.5], [7.0, 1.5]]))
    array(['I', 'II', 'III'], dtype='<U3')
    """

    name: str
    classes: tuple[Label, ...]

    def __post_init__(self) -> None:
        """Check the classes."""
        check_labels(self.name, self.classes)

    @property
    def words(self) -> str:
        """What it is."""
        return f"{self.name!r} ({' < '.join(map(str, self.classes))})"

    @property
    def outputs(self) -> tuple[Hashable, ...]:
        """The signal, and the logarithms of the gaps between thresholds."""
        gaps = (Constant(f"log gap {j}", self.name) for j in range(1, len(self.classes) - 1))
        return (self.name, *gaps)

    @property
    def loss(self) -> OrdinalLoss:
        """The cumulative logit."""
        return OrdinalLoss(len(self.classes))

    def read(self, table: Table) -> Array:
        """Return class numbers, (m, 1)."""
        return codes_in(table, self.name, self.classes)

    def strata(self, values: Array) -> NDArray[np.int64] | None:
        """Return the classes; None where some are missing."""
        return None if np.isnan(values).any() else values[:, 0].astype(np.int64)

    def probabilities(self, outputs: Array) -> Array:
        """Return the probability of each class, (m, c)."""
        return self.loss.likelihood.probabilities(outputs)

    def answer(self, outputs: Array) -> Array:
        """Return the most probable class, (m,)."""
        return most_probable(self.classes, self.probabilities(outputs))

    def answers(self, outputs: Array, *, alone: bool) -> dict[str, Array]:
        """Return the most probable class, and the probability of each."""
        return columns_of_classes(self.name, self.classes, self.probabilities(outputs), alone=alone)
