"""A class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import ParameterError, listing
from hassenet.likelihoods import BinaryCrossEntropy, CrossEntropy, Loss
from hassenet.outcomes.outcome import Array, Outcome
from hassenet.outcomes.reading import codes_in
from hassenet.tables import Table
from hassenet.task.label import Label


@final
@dataclass(frozen=True)
class Classes(Outcome):
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

    name: str
    classes: tuple[Label, ...]

    def __post_init__(self) -> None:
        """Check the classes."""
        check_labels(self.name, self.classes)

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

    def read(self, table: Table) -> Array:
        """Return class numbers, (m, 1)."""
        return codes_in(table, self.name, self.classes)

    def encoded(self, values: Array) -> Array:
        """Return the second class as 1 and the first as 0, or a column a class."""
        if len(self.classes) == 2:
            return values
        return np.where(np.isnan(values), np.nan, values == np.arange(len(self.classes)))

    def in_block(self, values: Array) -> Array:
        """Return the same."""
        return self.encoded(values)

    def strata(self, values: Array) -> NDArray[np.int64] | None:
        """Return the classes; None where some are missing."""
        return None if np.isnan(values).any() else values[:, 0].astype(np.int64)

    def probabilities(self, outputs: Array) -> Array:
        """Return the probability of each class, (m, c)."""
        return np.hstack([1 - outputs, outputs]) if len(self.classes) == 2 else outputs

    def answer(self, outputs: Array) -> Array:
        """Return the most probable class, (m,)."""
        return most_probable(self.classes, self.probabilities(outputs))

    def answers(self, outputs: Array, *, alone: bool) -> dict[str, Array]:
        """Return the most probable class, and the probability of each."""
        return columns_of_classes(self.name, self.classes, self.probabilities(outputs), alone=alone)

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


def check_labels(name: str, classes: tuple[Label, ...]) -> None:
    """Refuse fewer than two classes, and two that are written alike."""
    written = list(map(str, classes))
    if len(written) < 2 or len(set(written)) < len(written):
        raise ParameterError(
            f"{name!r} has two classes or more, which are told apart as they are written; got {listing(written)}; "
            "name each once"
        )


def most_probable(classes: tuple[Label, ...], p: Array) -> NDArray[Any]:
    """Return the class of each row with the highest probability."""
    alike = all(type(c) is type(classes[0]) for c in classes)
    labels: NDArray[Any] = np.array(classes, None if alike else object)
    return labels[p.argmax(axis=1)]


def columns_of_classes(name: str, classes: tuple[Label, ...], p: Array, *, alone: bool) -> dict[str, Array]:
    """Return the columns of a table that say which class each row has, and how probable each class is."""
    found = most_probable(classes, p)
    spelled = found if found.dtype.kind in "iU" else found.astype(str)
    called = [f"probability_{c}" if alone else f"probability_{name}={c}" for c in classes]
    return {f"predicted_{name}": spelled, **dict(zip(called, p.T, strict=True))}
