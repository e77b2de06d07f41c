"""The step of a preparation that lets nothing pass that is missing."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.data.checks import check_finite, first_places, is_finite
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.step import Step
from hassenet.errors import NotFiniteError


@final
@dataclass(frozen=True)
class Complete(Step):
    """x ↦ x for features that are finite, of which none is missing.

    Examples
    --------
    >>> Complete()(np.array([[1.0, np.nan]]), ["age", "height"])
    Traceback (most recent call last):
        ...
    hassenet.errors.NotFiniteError: features are finite and none is missing; not so in 'height' (1 row, the first row
    1: nan); fill in or leave out such rows
    """

    @property
    def words(self) -> str:
        """Nothing: the features stay as they are."""
        return ""

    def check_fits(self, n: int) -> None:
        """Fit any number of features."""

    def of_some(self, places: Sequence[int] | NDArray[np.int64]) -> Complete:
        """Return the step itself, which is the same for every feature."""
        return self

    def __call__(self, X: Any, names: Sequence[Hashable] = ()) -> Any:
        """Return X as it is.

        Raises
        ------
        NotFiniteError
            If a value is NaN or infinite.
        """
        if isinstance(X, Elsewhere):
            return X.mapped(self)
        if issparse(X):
            check_finite("a sparse array of features", X, names)
        elif not is_finite(X):
            raise NotFiniteError(
                f"features are finite and none is missing; not so in {first_places(~np.isfinite(X), X, names)}; "
                "fill in or leave out such rows"
            )
        return X
