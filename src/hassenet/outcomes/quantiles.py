"""Quantiles of a number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

import numpy as np

from hassenet.likelihoods import QuantileLoss
from hassenet.outcomes.amount import located
from hassenet.outcomes.outcome import Array, Outcome
from hassenet.outcomes.reading import amounts_in
from hassenet.tables import Table


@final
@dataclass(frozen=True)
class Quantiles(Outcome):
    """What shares of a number lie below, an output a share: (q̂ − mean)/scale.

    Where outputs cross, an answer has them in order: a sorted estimate of quantiles is never further off.

    Parameters
    ----------
    name : str
    shares : tuple of float
        Between 0 and 1, rising.
    mean, scale : float
        Median and deviation of the rows learned from, as those of :class:`Amount`.

    References
    ----------
    Chernozhukov, Fernández-Val and Galichon, Quantile and probability curves without crossing, Econometrica 78 (2010)
    1093–1125.

    Examples
    --------
    >>> Quantiles("weight", (0.1, 0.9), 70.0, 10.0).answer(np.array([[-1.0, 1.0], [0.2, 0.1]]))
    array([[60., 80.],
           [71., 72.]])
    """

    name: str
    shares: tuple[float, ...]
    mean: float = 0.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Check the shares."""
        shares = tuple(sorted({float(share) for share in self.shares}))
        QuantileLoss(shares)
        object.__setattr__(self, "shares", shares)

    @property
    def words(self) -> str:
        """What it is."""
        return f"{self.name!r} (quantiles {', '.join(f'{q:g}' for q in self.shares)})"

    @property
    def outputs(self) -> tuple[str, ...]:
        """One a share."""
        return tuple(f"{self.name} {q:g}" for q in self.shares)

    @property
    def loss(self) -> QuantileLoss:
        """The check loss."""
        return QuantileLoss(self.shares)

    @property
    def scaling(self) -> tuple[float, float]:
        """Mean and scale."""
        return self.mean, self.scale

    @property
    def shifted(self) -> tuple[float, ...]:
        """All alike."""
        return (1 / self.scale,) * len(self.shares)

    def values_in(self, table: Table) -> Array:
        """Return numbers, (m, 1)."""
        return amounts_in(table, self.name)

    def begun(self, values: Array) -> Quantiles:
        """Return it with the median and the scale of values."""
        mean, scale = located(values, robust=True)
        return replace(self, mean=mean, scale=scale)

    def encoded(self, values: Array) -> Array:
        """Return (y − mean)/scale."""
        return (values - self.mean) / self.scale

    def answer(self, outputs: Array) -> Array:
        """Return the quantiles, (m, q)."""
        return np.sort(outputs * self.scale + self.mean, axis=1)

    def answers(self, outputs: Array, *, alone: bool) -> dict[str, Array]:
        """Return a column a share."""
        each = zip(self.shares, self.answer(outputs).T, strict=True)
        return {f"quantile_{q:g}_{self.name}": column for q, column in each}

    @property
    def signals(self) -> dict[str, tuple[float, ...]]:
        """Each quantile."""
        return dict(zip(self.outputs, map(tuple, np.eye(len(self.shares)).tolist()), strict=True))
