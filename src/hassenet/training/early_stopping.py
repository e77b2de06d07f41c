"""When to stop before the epochs are over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, final

from hassenet._checks import FINITE, UP_TO_INFINITY, require_number
from hassenet.errors import ParameterError

Monitor = Literal["cost", "score", "training_cost"]


@final
@dataclass(frozen=True)
class EarlyStopping:
    """Stop when the monitored number has not got better by ``tol`` for more than ``patience`` epochs.

    Watching validation data, it restores the parameters of the best epoch. The training cost of an epoch is a mean over
    steps and belongs to no one set of parameters: watching it, training stops and the last parameters stay.

    Parameters
    ----------
    monitor : "cost", "score" or "training_cost"
        The validation cost, the validation score, or the training cost.
    patience : float
        In epochs; infinity never stops, and still restores the best.
    tol : float
        In the units of the monitored number.
    """

    monitor: Monitor = "cost"
    patience: float = 10
    tol: float = 1e-4

    def __post_init__(self) -> None:
        """Check the options."""
        if self.monitor not in ("cost", "score", "training_cost"):
            raise ParameterError(
                f"early stopping monitors 'cost', 'score' or 'training_cost'; got {self.monitor!r}"
            )
        require_number("patience", self.patience, UP_TO_INFINITY)
        require_number("tol", self.tol, FINITE)

    @property
    def restores(self) -> bool:
        """Whether the best parameters are restored."""
        return self.monitor != "training_cost"
