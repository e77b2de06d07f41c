"""A smooth bound for features of heavy tails, as a step of their preparation."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse

from hassenet._checks import POSITIVE, require_number
from hassenet.data.checks import unmasked_numbers
from hassenet.data.compact import on_stored
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.step import Array, Step


@final
@dataclass(frozen=True)
class SoftClip(Step):
    """z ↦ z / √(1 + (z/c)²), for every feature: z near 0, and never beyond ±c.

    It is meant for features that are scaled already, of which a few values lie far out: order is kept, and an outlier
    counts as little more than any large value.

    Parameters
    ----------
    limit : float
        c > 0.

    Raises
    ------
    ParameterError
        If c is not a finite number above 0.

    Source: D. Holzmüller, L. Grinsztajn and I. Steinwart, "Better by default: strong pre-tuned MLPs and boosted trees
    on tabular data", NeurIPS 2024, the preprocessing of RealMLP.

    Examples
    --------
    >>> SoftClip(3.0)([[0.1, 4.0, -1e300]]).round(3)
    array([[ 0.1,  2.4, -3. ]])
    """

    limit: float

    def __post_init__(self) -> None:
        """Refuse a bound that is not a number above 0."""
        require_number("the limit of a soft clip", self.limit, POSITIVE)

    @property
    def words(self) -> str:
        """The bound."""
        return f"softly clipped at ±{self.limit:g}"

    def check_fits(self, n: int) -> None:
        """Fit any number of features."""

    def of_some(self, places: Sequence[int] | NDArray[np.int64]) -> SoftClip:
        """Return the step itself, which is the same for every feature."""
        return self

    def __call__(self, X: ArrayLike, names: Sequence[Hashable] = ()) -> Array:
        """Return X within the bound, shape (m, n)."""
        if isinstance(X, Elsewhere):
            return X.mapped(self)
        if issparse(X):
            return on_stored(X, self.__call__)
        # c sin(arctan(z/c)) is the same, and squares nothing that could overflow.
        return np.asarray(self.limit * np.sin(np.arctan2(unmasked_numbers(X), self.limit)))
