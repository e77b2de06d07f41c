"""A class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from hassenet.likelihoods import BinaryCrossEntropy, CrossEntropy, Loss
from hassenet.outcomes.one_of_classes import OneOfClasses
from hassenet.outcomes.outcome import Array


@final
@dataclass(frozen=True)
class Classes(OneOfClasses):
    """One of some classes: the outputs are their probabilities; of two classes one output, that of the second.

    Parameters
    ----------
    name : str
    classes : tuple of str, int, float or bool
        Two or more.

    Examples
    --------
    >>> Classes("health", ("well", "ill")).answer(np.array([[0.7], [0.2]]))
    array(['ill', 'well'], dtype='<U4')
    """

    @property
    def words(self) -> str:
        """What it is."""
        return f"{self.name!r} ({' or '.join(map(str, self.classes[:5]))}{', …' if self.classes[5:] else ''})"

    @property
    def outputs(self) -> tuple[str, ...]:
        """One for the second of two classes, else one a class."""
        shown = self.classes[1:] if len(self.classes) == 2 else self.classes
        return tuple(f"{self.name}={label}" for label in shown)

    @property
    def loss(self) -> Loss:
        """Cross-entropy."""
        return BinaryCrossEntropy() if len(self.classes) == 2 else CrossEntropy()

    def encoded(self, values: Array) -> Array:
        """Return the second class as 1 and the first as 0, or a column a class."""
        if len(self.classes) == 2:
            return values
        return np.where(np.isnan(values), np.nan, values == np.arange(len(self.classes)))

    def in_block(self, values: Array) -> Array:
        """Return the same."""
        return self.encoded(values)

    def probabilities(self, outputs: Array) -> Array:
        """Return the probability of each class, (m, c)."""
        return np.hstack([1 - outputs, outputs]) if len(self.classes) == 2 else outputs

    @property
    def signals(self) -> dict[str, tuple[float, ...]]:
        """The log-odds of the second of two classes; of more, what speaks for each."""
        if len(self.classes) == 2:
            return {self.outputs[0]: (1.0,)}
        c = len(self.classes)
        return {
            name: tuple(row) for name, row in zip(self.outputs, (np.eye(c) - 1 / c).tolist(), strict=True)
        }

    @property
    def shifted(self) -> tuple[float, ...]:
        """One signal of two classes; of more, nothing that an offset could be added to."""
        return (1.0,) if len(self.classes) == 2 else (0.0,) * len(self.classes)
