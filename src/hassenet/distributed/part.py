"""A partition as a worker has it: its rows, and the targets and weights that belong to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.examples import Examples
from hassenet.engines.given import Given

Array = NDArray[Any]


@final
@dataclass(frozen=True, eq=False)
class Part:
    """Rows of one partition with what is known of them.

    Attributes
    ----------
    X : (m, n) array or scipy sparse array
        The whole partition.
    rows : (r,) array of int or None
        Those of its rows that are examples; None: all.
    Y : (r, k) array, class numbers or None
    weight : (r,) array or None
    """

    X: Any
    rows: Array | None
    Y: Any = None
    weight: Array | None = None

    @staticmethod
    def of(X: Any, rows: Array | None, Y: Any, weight: Array | None) -> Part:
        """Return the part with arrays as an engine takes them."""
        return Part(aligned(X), rows, aligned(Y), aligned(weight))

    @staticmethod
    def beside(X: Any, examples: Examples) -> Part:
        """Return the part of features and examples that are these rows."""
        return Part.of(X, None, *examples.parts[1:])

    def given(self, places: Array | None = None) -> Given:
        """Return the examples, or those at some places among them."""
        rows = _at(self.rows, places)
        X = self.X if rows is None else self.X[rows]
        return Given(
            aligned(X), *(None if part is None else _taken(part, places) for part in (self.Y, self.weight))
        )


def _at(rows: Array | None, places: Array | None) -> Array | None:
    return places if rows is None else rows if places is None else rows[places]


def _taken(part: Any, places: Array | None) -> Any:
    return part if places is None else part[places]


def whole_weight(data: Given) -> float:
    """Return Σw, the number of examples where they have no weights."""
    return float(data.m if data.weight is None else np.sum(data.weight))


def aligned(part: Any) -> Any:
    """Return an array whose numbers lie where a processor wants them: what came in a message need not be so."""
    return np.require(part, requirements="A") if isinstance(part, np.ndarray) else part
