"""What is predicted of an example: one target of one kind, and what outputs of a network say of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.part_of_all import is_a_part
from hassenet.data.target_notes import note_numbers
from hassenet.likelihoods import Loss
from hassenet.tables import Table

Array = NDArray[Any]


class Outcome(ABC):
    """A target of some kind: how it is read, the loss of its outputs, and what these say of it.

    A concrete one is final. Its *values* are the target as people have it, (m, w), NaN where nothing is known; its
    *outputs* are those of the network, (m, k). What it has to know of the values, as their scale, it learns before
    training (:meth:`begun`), and what it has to know of the outputs, as a baseline of hazards, after it
    (:meth:`settled`).
    """

    name: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a table that hold it."""
        return (self.name,)

    @property
    def width(self) -> int:
        """How many columns its values have, w."""
        return len(self.columns)

    @property
    @abstractmethod
    def words(self) -> str:
        """What it is, to stand in a list of targets."""

    @property
    @abstractmethod
    def outputs(self) -> tuple[Hashable, ...]:
        """The names wished for its outputs; one that is a ``Constant`` looks at nothing."""

    @property
    @abstractmethod
    def loss(self) -> Loss:
        """The loss of its outputs, by itself or in a block of ``Joint``."""

    @property
    def amounts(self) -> tuple[str, ...]:
        """Those of its columns that hold numbers."""
        return (self.name,)

    @abstractmethod
    def values_in(self, table: Table) -> Array:
        """Return its values in the rows of a table, (m, w), whatever they say together: :meth:`read` looks at that.

        Raises
        ------
        FeatureError, DataError
            If a column is missing, or a cell holds what it cannot be.
        """

    def said(self, table: Table, values: Array) -> Any:
        """Return what has to be known of rows, all or a part of them, to :meth:`check` all; here nothing."""
        return None

    def check(self, said: Sequence[Any]) -> None:  # noqa: B027  # most are whatever each row is
        """Refuse what all rows say together, of what each part of them said; here nothing."""

    def read(self, table: Table) -> Array:
        """Return its values in a table that has all rows, (m, w), or inside ``a_part_of_all`` some of them.

        Raises
        ------
        FeatureError, DataError
            If a column is missing, or holds what it cannot be.
        """
        values = self.values_in(table)
        if not is_a_part():
            self.check([self.said(table, values)])
        return values

    def note(self, values: Array) -> None:
        """Warn of values that may be meant otherwise than they are learned; here of numbers."""
        note_numbers(self.name, values[:, 0])

    def begun(self, values: Array) -> Outcome:
        """Return it with what it learns from values before training; here nothing."""
        return self

    def settled(self, values: Array, outputs: Array, weight: Array | None = None) -> Outcome:
        """Return it with what it learns from the outputs of the rows learned from; here nothing."""
        return self

    def encoded(self, values: Array) -> Array:
        """Return values as the loss takes them."""
        return values

    def in_block(self, values: Array) -> Array:
        """Return values as the loss takes them beside others: a column an output."""
        return np.tile(self.encoded(values), (1, len(self.outputs)))

    def strata(self, values: Array) -> NDArray[np.int64] | None:
        """Return the number of what is to be on both sides of a split in each row; None where chance will do."""
        return None

    @abstractmethod
    def answer(self, outputs: Array) -> Array:
        """Return what ``Model.predict`` says of each example, (m,), or (m, q) of several numbers."""

    @abstractmethod
    def answers(self, outputs: Array, *, alone: bool) -> dict[str, Array]:
        """Return the columns of a table of predictions, by their names; those beside other targets may be longer."""

    @property
    def scaling(self) -> tuple[float, float]:
        """The mean and the scale of the values, of which the outputs know nothing."""
        return 0.0, 1.0

    @property
    def shifted(self) -> tuple[float, ...]:
        """By what an offset is multiplied before it is added to the signal of each output."""
        return (1 / self.scaling[1],) + (0.0,) * (len(self.outputs) - 1)

    @property
    def exposed(self) -> NDArray[np.bool_]:
        """Which of its outputs an exposure moves, (k,)."""
        return self.loss.exposed(len(self.outputs))

    @property
    def direction(self) -> str:
        """For which way the sign of a score of it speaks; nothing where + is more of it."""
        return ""

    @property
    def signals(self) -> dict[str, tuple[float, ...]]:
        """What can be explained of it: sums of the signals of its outputs, as weights, by name; here the first."""
        return {self.name: (1.0,) + (0.0,) * (len(self.outputs) - 1)}


def known(values: Array) -> NDArray[np.bool_]:
    """Return in which rows something is known, (m,)."""
    return np.asarray(~np.isnan(values).all(axis=1))
