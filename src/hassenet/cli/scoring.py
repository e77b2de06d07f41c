"""How good predictions are, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.scores import scores
from hassenet.cli.known import Known
from hassenet.cli.text import number

if TYPE_CHECKING:
    from hassenet.model import Model
    from hassenet.tables import Table

Array = NDArray[Any]


def prediction_in(model: Model, result: Table) -> Array:
    """Return the probabilities or numbers in a table of predictions."""
    if model.classes is None:
        return result.numbers([f"predicted_{name}" for name in model.targets])
    return result.numbers([f"probability_{label}" for label in model.classes])


def scores_in(model: Model, table: Table, result: Table, known: Known) -> str:
    """Return the scores of a table of predictions on the rows whose target is known."""
    if model.outcomes is None:
        return scored(known, prediction_in(model, result)[known.rows])
    from hassenet.cli.fit.outcomes import scored_by

    outputs = model.outputs(table)[known.rows]
    found = list(scored_by("", model.outcomes, known.of_outcomes, np.arange(len(known.rows)), outputs))
    parts = [(f"{name[2:]}: " if name else "", scores) for name, scores in found]
    return "; ".join(before + ", ".join(f"{n} {number(v)}" for n, v in of.items()) for before, of in parts)


def scored(known: Known, prediction: Array) -> str:
    """Return the scores of a prediction on the rows whose target is known."""
    found = scores(known.plain, np.arange(len(known.rows)), prediction)
    return ", ".join(f"{name} {number(value)}" for name, value in found.items())
