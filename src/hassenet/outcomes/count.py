"""A count."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, final

import numpy as np

from hassenet.errors import TargetError
from hassenet.hierarchy import Constant
from hassenet.likelihoods import LearnedDispersionLoss, Loss, PoissonLoss, ZeroInflatedLoss
from hassenet.outcomes.outcome import Array, Outcome
from hassenet.outcomes.reading import amounts_in
from hassenet.tables import Table

Dispersion = Literal[
    "poisson", "negative_binomial", "zero_inflated_poisson", "zero_inflated_negative_binomial"
]
LOSSES: Mapping[Dispersion, Loss] = MappingProxyType(
    {
        "poisson": PoissonLoss(),
        "negative_binomial": LearnedDispersionLoss(),
        "zero_inflated_poisson": ZeroInflatedLoss(),
        "zero_inflated_negative_binomial": ZeroInflatedLoss(LearnedDispersionLoss()),
    }
)
"""The losses of counts, by their likelihood."""

_PARAMETERS: Mapping[Dispersion, tuple[str, ...]] = MappingProxyType(
    {
        "poisson": (),
        "negative_binomial": ("log dispersion",),
        "zero_inflated_poisson": ("logit of zeros",),
        "zero_inflated_negative_binomial": ("log dispersion", "logit of zeros"),
    }
)


@final
@dataclass(frozen=True)
class Count(Outcome):
    """A count 0, 1, 2, … of mean μ(x): log μ is the signal of the first output.

    Parameters
    ----------
    name : str
    dispersion : "negative_binomial", "poisson", "zero_inflated_poisson" or "zero_inflated_negative_binomial"
        The likelihood. The dispersion α of the negative binomial, whose variance is μ + αμ², and the share of further
        zeros are learned, and are the same for every x.

    Examples
    --------
    >>> Count("visits", "poisson").answer(np.array([[2.5]])), Count("visits").answer(np.array([[0.0, 1.0]]))
    (array([2.5]), array([1.]))
    """

    name: str
    dispersion: Dispersion = "negative_binomial"

    @property
    def words(self) -> str:
        """What it is."""
        return f"{self.name!r} (count, {self.dispersion})"

    @property
    def outputs(self) -> tuple[Hashable, ...]:
        """The mean or its logarithm, and the parameters that are learned beside it."""
        return (self.name, *(Constant(what, self.name) for what in _PARAMETERS[self.dispersion]))

    @property
    def loss(self) -> Loss:
        """That of its dispersion."""
        return LOSSES[self.dispersion]

    @property
    def direction(self) -> str:
        """For more."""
        return "the logarithm of the mean is explained: + speaks for more, − for fewer"

    def values_in(self, table: Table) -> Array:
        """Return counts, (m, 1).

        Raises
        ------
        TargetError
            If a number is not a count.
        """
        values = amounts_in(table, self.name)
        strange = values[~((values >= 0) & (values == np.floor(values)) | np.isnan(values))]
        if len(strange):
            raise TargetError(
                f"a count is a whole number ≥ 0; {self.name!r} also holds {strange[0]:g}; correct it, or fit it as a "
                f"regression: hassenet fit --kind {self.name}=regression"
            )
        return values

    def answer(self, outputs: Array) -> Array:
        """Return the mean, (m,)."""
        if self.dispersion == "poisson":
            return np.asarray(outputs[:, 0])
        found: Array = self.loss.likelihood.mean(outputs)[:, 0]  # type: ignore[attr-defined]  # these have one
        return found

    def answers(self, outputs: Array, *, alone: bool) -> dict[str, Array]:
        """Return the mean."""
        return {f"predicted_{self.name}": self.answer(outputs)}
