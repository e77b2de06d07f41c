"""What the targets of an estimator over settings are learned as, and the model of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Hashable, Sequence
from typing import Any, NamedTuple, Self, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.class_numbers import ClassNumbers
from hassenet.data.step import Step
from hassenet.likelihoods import Loss
from hassenet.model import Model
from hassenet.selection import Problem, Selection
from hassenet.task.names import distinct

Array = NDArray[Any]
# How many of the settings that were chosen are told one by one.
_SHOWN = 6


@final
class Learnable(NamedTuple):
    """Targets as the loss wants them, (m, k), what folds spread evenly, (m,), and offsets."""

    Y: Array | ClassNumbers
    strata: Array
    offset: Array | None = None


class LearnedAs(ABC):
    """Targets of one kind, of which an ensemble is learned; a concrete one is final."""

    @abstractmethod
    def have_target(self, y: Array) -> NDArray[np.bool_]:
        """Return which rows have a target to learn from, (m,)."""

    @abstractmethod
    def note(self, y: Array) -> None:
        """Warn of targets that may be meant otherwise than they are learned."""

    def learnable(self, y: Array, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return those of some rows whose target says something to the loss; here all."""
        return rows

    def note_lost(self, n: int, m: int) -> None:  # noqa: B027  # most losses have no such rows
        """Warn that the targets of n of m rows say nothing to the loss; here no warning."""

    @abstractmethod
    def begun(self, y: Array, folds: int) -> Self:
        """Return it with what is learned of targets before training; refuse those that folds cannot hold."""

    @abstractmethod
    def keys(self, y: Array) -> Array:
        """Return what folds spread evenly, (m,) or (m, c): the same of the same targets, whatever others there are."""

    @abstractmethod
    def encoded(self, y: Array) -> Learnable:
        """Return the targets as the loss wants them, and what belongs to them."""

    def biases(self, y: Array, weight: Array | None) -> Array | None:
        """Return the biases of the outputs to start from, (k,); here those of any network."""
        return None

    @abstractmethod
    def outputs(self, taken: Container[Hashable]) -> Sequence[Hashable]:
        """Return the names of the outputs, beside others that are taken."""

    @property
    @abstractmethod
    def loss(self) -> Loss:
        """L."""

    @abstractmethod
    def model(self, selection: Selection, steps: tuple[Step, ...], problem: Problem, y: Array) -> Model:
        """Return the model of an ensemble, of the targets learned from."""


def settings_of(selection: Selection) -> dict[str, Any]:
    """Return what was chosen, as a model keeps it and shows it: the settings that count most, a line each."""
    chosen = sorted(selection.chosen, key=lambda c: -c.weight)
    lines = {f"setting {i}": str(c) for i, c in enumerate(chosen[:_SHOWN], start=1)}
    rest = {"further settings": len(chosen) - _SHOWN} if len(chosen) > _SHOWN else {}
    few = int(selection.is_chosen_on.sum())
    some = (
        {"settings chosen on rows": few}
        if few < max(len(selection.fold), selection.learned_from or 0)
        else {}
    )
    found = {"settings tried": len(selection.candidates), "networks": len(selection.ensemble)}
    return {**found, **lines, **rest, **some}


def features_of(problem: Problem) -> tuple[str, ...]:
    """Return names for the columns of a model: rank 0 as it is written."""
    return distinct(map(str, problem.flat.ranks[0]))
