"""How good predictions are, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.scores import scores
from hassenet.cli.known import Known
from hassenet.cli.text import number
from hassenet.files.optional import pyarrow
from hassenet.outcomes.outcome import known as is_known

if TYPE_CHECKING:
    from hassenet.model import Model
    from hassenet.tables import Table

Array = NDArray[Any]


@final
class Predicted(NamedTuple):
    """What a model says of rows, and the columns of their target as they stand in the table: what scores need.

    Attributes
    ----------
    targets : Table
    prediction : (m, k) array
        Outputs of outcomes, else probabilities of classes, or numbers.
    """

    targets: Table
    prediction: Array

    @staticmethod
    def of(model: Model, table: Table, prediction: Array) -> Predicted:
        """Return that of the rows of a table that have a target, or a part of it."""
        rows = _with_target(model, table)
        is_of_numbers = model.outcomes is None and model.classes is None
        own = prediction.reshape(len(prediction), -1)[rows]
        return Predicted(
            table.select(model.target_columns).take(rows), own if is_of_numbers else _of_four_bytes(own)
        )

    def above(self, others: Sequence[Predicted]) -> Predicted:
        """Return it with the rows of others below."""
        targets = self.targets.above([one.targets for one in others])
        return Predicted(targets, np.concatenate([self.prediction, *(one.prediction for one in others)]))


def _with_target(model: Model, table: Table) -> NDArray[np.int64]:
    """Return the rows with a part of the target, and the first without, as whole numbers with gaps read otherwise."""
    offset = None if model.outcomes is None else model.outcomes.offset
    beside = () if offset is None else (offset.column,)
    names = [name for name in model.target_columns if name not in beside]
    gaps = np.all([_gaps(table.cells(name)) for name in names], axis=0)
    return np.flatnonzero(~gaps | (np.arange(len(gaps)) == np.argmax(gaps)))


def _gaps(cells: Any) -> NDArray[np.bool_]:
    return np.asarray(pyarrow("compute").is_null(cells, nan_is_null=True))


def _of_four_bytes(prediction: Array) -> Array:
    """Return probabilities or outputs as float32, which scores do not tell from them, unless one is beyond that."""
    is_within = (np.abs(prediction) <= np.finfo(np.float32).max).all()
    return prediction.astype(np.float32) if is_within else prediction


def scores_in(model: Model, known: Known, prediction: Array) -> str:
    """Return the scores of what was predicted of all rows, on those whose target is known."""
    own = prediction[known.rows].astype(np.float64)  # the logarithm of a small number is cut off by its type
    if model.outcomes is None:
        return scored(known, own)
    from hassenet.cli.fit.outcomes import scored_by

    found = list(scored_by("", model.outcomes, known.of_outcomes, np.arange(len(known.rows)), own))
    parts = zip(found, known.of_outcomes.values, strict=True)
    return "; ".join(_in_words(name[2:], scores, values) for (name, scores), values in parts)


def _in_words(name: str, scores: Mapping[str, float], values: Array) -> str:
    """Return the scores of an outcome, or why it has none."""
    said = ", ".join(f"{score} {number(value)}" for score, value in scores.items())
    why = "too few rows for a score" if is_known(values).any() else "known in no row"
    return (f"{name}: " if name else "") + (said or why)


def scored(known: Known, prediction: Array) -> str:
    """Return the scores of a prediction on the rows whose target is known."""
    found = scores(known.plain, np.arange(len(known.rows)), prediction)
    return ", ".join(f"{name} {number(value)}" for name, value in found.items())
