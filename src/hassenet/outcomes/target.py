"""The outcomes of each row of a table, to be learned from and judged by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Literal, final

import numpy as np
from numpy.typing import NDArray

from hassenet.outcomes.lost import reaching
from hassenet.outcomes.outcome import Array, known
from hassenet.outcomes.outcomes import Outcomes, Values
from hassenet.tables import Table
from hassenet.task.target import check_varies
from hassenet.task.task import Task


@final
@dataclass(frozen=True, eq=False)
class OutcomeTarget:
    """The target of each row, as :class:`hassenet.task.target.Target` is of one class or plain numbers.

    Parameters
    ----------
    outcomes : Outcomes
    values : tuple of arrays
        Those of each outcome, NaN where nothing is known.
    added : (m,) array, optional
        The offset of each row.
    """

    outcomes: Outcomes
    values: Values
    added: Array | None = None
    task: ClassVar[Literal["outcomes"]] = "outcomes"
    classes: ClassVar[None] = None

    @staticmethod
    def of(outcomes: Outcomes, table: Table) -> OutcomeTarget:
        """Return the target that a table holds; of rows without one there is no offset either."""
        found, offset = OutcomeTarget(outcomes, outcomes.read(table)), outcomes.offset
        return found if offset is None else replace(found, added=offset.read(table, found.is_known))

    def __len__(self) -> int:
        return len(self.values[0])

    def __str__(self) -> str:
        return str(self.outcomes)

    @property
    def names(self) -> tuple[str, ...]:
        """What the targets are called."""
        return self.outcomes.names

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table that are not features."""
        return self.outcomes.columns

    @cached_property
    def is_known(self) -> NDArray[np.bool_]:
        """Which rows have a target at all, (m,)."""
        return np.any([known(values) for values in self.values], axis=0)

    def note(self) -> None:
        """Warn of values that may be meant otherwise than they are learned."""
        for part, values in zip(self.outcomes.parts, self.values, strict=True):
            part.note(values)

    @property
    def is_learnable(self) -> NDArray[np.bool_]:
        """Which rows say something to the loss: not one that was lost before the end of the first interval."""
        return known(self.encoded)

    def learnable(self, rows: Array) -> Array:
        """Return those of some rows that say something to the loss; a warning counts those that were lost too early.

        Raises
        ------
        TargetError
            If all were.
        """
        of = self.take(rows)
        return np.asarray(rows)[
            reaching(self.outcomes.parts, of.is_learnable, of.is_known & ~of.is_learnable)
        ]

    @property
    def missing(self) -> dict[str, int]:
        """How many rows lack each target, of those that some row lacks."""
        counts = zip(self.names, (int((~known(values)).sum()) for values in self.values), strict=True)
        return {name: n for name, n in counts if n}

    def take(self, rows: Any) -> OutcomeTarget:
        """Return that of some rows."""
        added = None if self.added is None else self.added[rows]
        return replace(self, values=tuple(values[rows] for values in self.values), added=added)

    def joined(self, other: OutcomeTarget) -> OutcomeTarget:
        """Return the rows of this one, and behind them those of another of the same outcomes."""
        added = None if self.added is None else np.concatenate([self.added, other.added])
        pairs = zip(self.values, other.values, strict=True)
        return replace(self, values=tuple(map(np.concatenate, pairs)), added=added)

    def check_varies(self) -> None:
        """Refuse an amount, a count or quantiles of a number that is the same in every row; folds count classes.

        Raises
        ------
        TargetError
        """
        for part, values in zip(self.outcomes.parts, self.values, strict=True):
            if part.width == 1 and part.strata(values) is None:
                check_varies(part.name, values[:, 0])

    def begun(self, rows: Any) -> OutcomeTarget:
        """Return it with what is learned of the values of some rows before training."""
        return replace(self, outcomes=self.outcomes.begun(self.take(rows).values))

    def settled(self, rows: Any, outputs: Array, weight: Array | None = None) -> Outcomes:
        """Return the outcomes with what is learned of the outputs of these rows."""
        return self.outcomes.settled(self.take(rows).values, outputs, weight)

    @property
    def strata(self) -> NDArray[np.int64] | None:
        """What is to be on both sides of a split."""
        return self.outcomes.strata(self.values)

    @property
    def encoded(self) -> Array:
        """The target as the loss takes it."""
        return self.outcomes.encoded(self.values)

    @property
    def offset(self) -> Array | None:
        """What is added to the signal of each output, (m, k)."""
        return None if self.added is None else self.outcomes.offsets(self.added)

    @property
    def outputs(self) -> tuple[Any, ...]:
        """The names wished for the outputs."""
        return self.outcomes.outputs

    def predicted(self, auxiliary_weight: float) -> Task:
        """Return what a network for this target is to predict."""
        return Task(self.outputs, self.outcomes.loss, auxiliary_weight)
