"""How good predictions are, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.scores import scores
from hassenet.cli.known import Known
from hassenet.cli.text import number

if TYPE_CHECKING:
    from hassenet.model import Model
    from hassenet.tables import Table

Array = NDArray[Any]


@final
class Predicted(NamedTuple):
    """What a model says of rows, and the columns of their target as they stand in the table.

    Attributes
    ----------
    targets : Table
    prediction : (m, k) array
        Outputs of outcomes, else probabilities of classes, or numbers.
    """

    targets: Table
    prediction: Array

    @staticmethod
    def of(model: Model, table: Table, result: Table) -> Predicted:
        """Return that of a table, of which there is a table of predictions."""
        prediction = prediction_in(model, result) if model.outcomes is None else model.outputs(table)
        return Predicted(table.select(model.target_columns), prediction)

    def above(self, others: Sequence[Predicted]) -> Predicted:
        """Return it with the rows of others below."""
        targets = self.targets.above([one.targets for one in others])
        return Predicted(targets, np.concatenate([self.prediction, *(one.prediction for one in others)]))


def prediction_in(model: Model, result: Table) -> Array:
    """Return the probabilities or numbers in a table of predictions."""
    if model.classes is None:
        return result.numbers([f"predicted_{name}" for name in model.targets])
    return result.numbers([f"probability_{label}" for label in model.classes])


def scores_in(model: Model, known: Known, prediction: Array) -> str:
    """Return the scores of what was predicted of all rows, on those whose target is known."""
    own = prediction[known.rows]
    if model.outcomes is None:
        return scored(known, own)
    from hassenet.cli.fit.outcomes import scored_by

    found = list(scored_by("", model.outcomes, known.of_outcomes, np.arange(len(known.rows)), own))
    parts = [(f"{name[2:]}: " if name else "", scores) for name, scores in found]
    return "; ".join(before + ", ".join(f"{n} {number(v)}" for n, v in of.items()) for before, of in parts)


def scored(known: Known, prediction: Array) -> str:
    """Return the scores of a prediction on the rows whose target is known."""
    found = scores(known.plain, np.arange(len(known.rows)), prediction)
    return ", ".join(f"{name} {number(value)}" for name, value in found.items())
