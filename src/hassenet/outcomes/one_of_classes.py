"""A class of some, with or without an order."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.target_notes import note_classes
from hassenet.errors import ParameterError, listing
from hassenet.outcomes.outcome import Array, Outcome
from hassenet.outcomes.reading import codes_in
from hassenet.tables import Table
from hassenet.task.label import Label


@dataclass(frozen=True)
class OneOfClasses(Outcome):
    """A target that is one of some classes, each with a probability."""

    name: str
    classes: tuple[Label, ...]

    def __post_init__(self) -> None:
        """Refuse fewer than two classes, and two that are written alike."""
        written = list(map(str, self.classes))
        if len(written) < 2 or len(set(written)) < len(written):
            raise ParameterError(
                f"{self.name!r} has two classes or more, which are told apart as they are written; got "
                f"{listing(written)}; name each once"
            )

    @property
    def amounts(self) -> tuple[str, ...]:
        """None: a class may be spelled as a number is."""
        return ()

    @abstractmethod
    def probabilities(self, outputs: Array) -> Array:
        """Return the probability of each class, (m, c)."""

    def values_in(self, table: Table) -> Array:
        """Return class numbers, (m, 1)."""
        return codes_in(table, self.name, self.classes)

    def note(self, values: Array) -> None:
        """Warn of classes that may be one, or stand for nothing."""
        there = values[~np.isnan(values)].astype(np.int64)
        note_classes(self.name, self.classes, np.array(self.classes)[there])

    def strata(self, values: Array) -> NDArray[np.int64] | None:
        """Return the classes; None where some are missing."""
        return None if np.isnan(values).any() else values[:, 0].astype(np.int64)

    def answer(self, outputs: Array) -> Array:
        """Return the most probable class, (m,)."""
        return self._most_probable(self.probabilities(outputs))

    def answers(self, outputs: Array, *, alone: bool) -> dict[str, Array]:
        """Return the most probable class, and the probability of each."""
        p = self.probabilities(outputs)
        found = self._most_probable(p)
        spelled = found if found.dtype.kind in "iU" else found.astype(str)
        called = [f"probability_{c}" if alone else f"probability_{self.name}={c}" for c in self.classes]
        return {f"predicted_{self.name}": spelled, **dict(zip(called, p.T, strict=True))}

    def _most_probable(self, p: Array) -> NDArray[Any]:
        alike = all(type(c) is type(self.classes[0]) for c in self.classes)
        labels: NDArray[Any] = np.array(self.classes, None if alike else object)
        return labels[p.argmax(axis=1)]
