"""A class of some that have an order."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import final

from hassenet.hierarchy import Constant
from hassenet.likelihoods import OrdinalLoss
from hassenet.outcomes.one_of_classes import OneOfClasses
from hassenet.outcomes.outcome import Array


@final
@dataclass(frozen=True)
class OrderedClasses(OneOfClasses):
    """One of some classes in order, by thresholds on one signal: P(y ≤ j|x) = σ(θⱼ − η).

    The thresholds are the same for every x.

    Parameters
    ----------
    name : str
    classes : tuple of str, int, float or bool
        In their order, the lowest first.

    Examples
    --------
    >>> import numpy as np
    >>> stage = OrderedClasses("stage", ("I", "II", "III"))
    >>> stage.answer(np.array([[-3.0, 1.5], [2.0, 1.5], [7.0, 1.5]]))
    array(['I', 'II', 'III'], dtype='<U3')
    """

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

    @property
    def direction(self) -> str:
        """For the last class."""
        return f"+ speaks for {self.classes[-1]!r}, − for {self.classes[0]!r}"

    def probabilities(self, outputs: Array) -> Array:
        """Return the probability of each class, (m, c)."""
        return self.loss.likelihood.probabilities(outputs)
