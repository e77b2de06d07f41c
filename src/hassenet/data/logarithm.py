"""The logarithm of features, as a step of their preparation."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from hassenet.data.checks import first_places, unmasked_numbers
from hassenet.data.compact import on_stored
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.packed import Packed
from hassenet.data.step import Array, Step
from hassenet.errors import NotFiniteError, ParameterError, ShapeError, listing


@final
@dataclass(frozen=True)
class Logarithm(Step):
    """x ↦ log₁₀(x + c), for every feature or for some.

    Parameters
    ----------
    offset : float
        c, finite; with it, numbers such as shares may be 0.
    places : tuple of int, optional
        The features it is taken of, by their places; others stay as they are, as levels of categories. By default all.

    Raises
    ------
    ParameterError
        If c is not finite, or places are not such.

    Examples
    --------
    >>> Logarithm(1.0)(np.array([[0.0, 9.0]]))
    array([[0., 1.]])
    """

    offset: float
    places: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse an offset that is not a number, and places that are not whole numbers."""
        if self.places is not None and any(type(k) is not int or k < 0 for k in self.places):
            raise ParameterError(
                f"places of features are whole numbers from 0; got {listing(self.places)}; give these"
            )
        if not np.isfinite(self.offset):
            raise ParameterError(
                f"the offset of the logarithm is finite; got {self.offset}; give a number such as 1e-4"
            )

    @property
    def words(self) -> str:
        """The formula."""
        return f"log10(x + {self.offset:g})"

    def check_fits(self, n: int) -> None:
        """Refuse places beyond the number of features."""
        if self.places and max(self.places) >= n:
            raise ShapeError(
                f"a logarithm is of some of the {n} features; got the place {max(self.places)}; take those below {n}"
            )

    def of_some(self, places: Sequence[int] | NDArray[np.int64]) -> Logarithm:
        """Return the logarithm of some of the features."""
        if self.places is None:
            return self
        taken = np.isin(np.asarray(places), self.places)
        return Logarithm(self.offset, tuple(np.flatnonzero(taken).tolist()))

    def __call__(self, X: Any, names: Sequence[Hashable] = ()) -> Any:
        """Return log₁₀(X + c).

        Raises
        ------
        NotFiniteError
            If it is not defined for a feature.
        """
        if isinstance(X, Elsewhere):
            return X.mapped(self)
        if issparse(X) and self.offset == 1:  # then the logarithm of 0 is 0
            own = self._are_taken(csr_array(X))
            if (csr_array(X).data[own] > -1).all():
                return on_stored(X, lambda data: np.log10(1.0 + data, out=data.astype(float), where=own))
        X = unmasked_numbers(X)
        if self.places is None:
            return self._of_all(X, names)
        some, Z = list(self.places), np.array(X)
        Z[:, some] = self._of_all(X[:, some], [names[k] for k in some] if names else some)
        return Z

    def _are_taken(self, X: Any) -> NDArray[np.bool_]:
        """Return of which values of a sparse array there is a logarithm."""
        if self.places is None:
            return np.ones(X.data.shape, bool)
        taken = np.zeros(X.shape[1], bool)
        taken[list(self.places)] = True
        return np.asarray(taken[X.indices])

    def _of_all(self, X: Array, names: Sequence[Hashable]) -> Array:
        c, shifted = self.offset, X + self.offset
        if not (shifted > 0).all():
            raise NotFiniteError(
                f"log10(x + {c:g}) needs x + {c:g} > 0; not so in {first_places(~(shifted > 0), shifted - c, names)}; "
                "choose a greater offset"
            )
        return np.asarray(np.log10(shifted), np.float64)

    def beside_gaps(self, X: Any, names: Sequence[Hashable] = ()) -> Any:
        """Return log₁₀(X + c) where there is a value, and NaN where it is missing.

        Raises
        ------
        NotFiniteError
            If it is not defined for a feature.
        """
        if issparse(X) and not np.isnan(X.data).any():
            return self(X, names)
        if isinstance(X, Packed):
            beside = self.of_some(X.places).beside_gaps(X.others)
            return X.with_others(np.full_like(X.others, 1 - self.offset)).mapped(self).with_others(beside)
        X = unmasked_numbers(X)
        gaps = np.isnan(X)
        return np.where(gaps, np.nan, self(np.where(gaps, 1 - self.offset, X), names))
