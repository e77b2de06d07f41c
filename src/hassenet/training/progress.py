"""How far a number that is to fall has come: its best value, and for how long nothing has been gained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import final


@final
@dataclass(frozen=True)
class Progress:
    """What is known of a monitored number after some epochs; lower is better.

    An epoch is progress where its value is finite and v ≤ best − tol. What is better by less is the best from then on,
    and no progress.

    Attributes
    ----------
    best : float
        The least value so far.
    idle : int
        How many epochs in a row have not been progress.

    Examples
    --------
    >>> progress = Progress().after(3.0, tol=0.1).after(3.0, tol=0.1).after(2.95, tol=0.1)
    >>> progress, progress.is_over(patience=1), progress.anew().is_over(patience=1)
    (Progress(best=2.95, idle=2), True, False)
    """

    best: float = inf
    idle: int = 0

    def after(self, value: float, tol: float) -> Progress:
        """Return what is known after an epoch with that value."""
        gained = isfinite(value) and value <= self.best - tol
        return Progress(value if self.is_best(value) else self.best, 0 if gained else self.idle + 1)

    def is_best(self, value: float) -> bool:
        """Return whether a value is better than all before."""
        return value < self.best

    def is_over(self, patience: float) -> bool:
        """Return whether more epochs in a row than patience allows have not been progress."""
        return self.idle > patience

    def anew(self) -> Progress:
        """Return the same with the count of epochs begun anew."""
        return replace(self, idle=0)
