"""A number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, final

import numpy as np

from hassenet.data.scaling import Scaling
from hassenet.likelihoods import AbsoluteError, Loss, SquaredError, StudentTLoss
from hassenet.outcomes.outcome import Array, Outcome, known
from hassenet.outcomes.reading import amounts_in
from hassenet.tables import Table

Noise = Literal["gaussian", "student_t", "laplace"]
LOSSES: Mapping[Noise, Loss] = MappingProxyType(
    {"gaussian": SquaredError(), "student_t": StudentTLoss(), "laplace": AbsoluteError()}
)
"""The losses of numbers, by their likelihood."""

_HALF = 0.6744897501960817  # of a Gaussian half lies within so many deviations


@final
@dataclass(frozen=True)
class Amount(Outcome):
    """A number y, of which the output is (ŷ − mean)/scale.

    Parameters
    ----------
    name : str
    noise : "gaussian", "student_t" or "laplace"
        The likelihood; the last two hardly mind what lies far off. Student's has four degrees of freedom.
    mean, scale : float
        Of the rows learned from: mean and deviation; but of noise with outliers the median, and the deviation that
        makes half the rows lie so far from it as in a Gaussian.

    Examples
    --------
    >>> weight = Amount("weight").begun(np.array([[60.0], [80.0], [np.nan]]))
    >>> weight.mean, weight.scale, weight.answer(np.array([[0.5]]))
    (70.0, 10.0, array([75.]))
    """

    name: str
    noise: Noise = "gaussian"
    mean: float = 0.0
    scale: float = 1.0

    @property
    def words(self) -> str:
        """What it is."""
        return repr(self.name) if self.noise == "gaussian" else f"{self.name!r} ({self.noise})"

    @property
    def outputs(self) -> tuple[str, ...]:
        """One."""
        return (self.name,)

    @property
    def loss(self) -> Loss:
        """That of its noise."""
        return LOSSES[self.noise]

    @property
    def scaling(self) -> tuple[float, float]:
        """Mean and scale."""
        return self.mean, self.scale

    def values_in(self, table: Table) -> Array:
        """Return numbers, (m, 1)."""
        return amounts_in(table, self.name)

    def begun(self, values: Array) -> Amount:
        """Return it with the mean and the scale of values."""
        mean, scale = located(values, robust=self.noise != "gaussian")
        return replace(self, mean=mean, scale=scale)

    def encoded(self, values: Array) -> Array:
        """Return (y − mean)/scale."""
        return (values - self.mean) / self.scale

    def answer(self, outputs: Array) -> Array:
        """Return ŷ, (m,)."""
        return np.asarray(outputs[:, 0] * self.scale + self.mean)

    def answers(self, outputs: Array, *, alone: bool) -> dict[str, Array]:
        """Return ŷ."""
        return {f"predicted_{self.name}": self.answer(outputs)}


def located(values: Array, *, robust: bool) -> tuple[float, float]:
    """Return mean and deviation of the values that are there, or the median and the deviation of the inner half."""
    scaling = Scaling.of(values[known(values)])
    if not robust:
        return float(scaling.mean[0]), float(scaling.scale[0])
    middle = float(np.nanmedian(values))
    inner = float(np.nanmedian(np.abs(values - middle))) / _HALF
    return middle, inner or float(scaling.scale[0])
