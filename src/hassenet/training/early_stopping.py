"""When to stop before the epochs are over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, final

from hassenet._checks import FINITE, UP_TO_INFINITY, require_number
from hassenet.errors import ParameterError
from hassenet.training.progress import Progress

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

    def after(self, progress: Progress, value: float) -> tuple[Progress, bool]:
        """Return what is known after a further epoch, and whether training is over; if so, the count begins anew."""
        new = progress.after(value, self.tol)
        return (new.anew(), True) if new.is_over(self.patience) else (new, False)

    def progress(self, monitored: Iterable[float]) -> Progress:
        """Return what is known after the epochs of an earlier training."""
        progress = Progress()
        for value in monitored:
            progress, _ = self.after(progress, value)
        return progress
