"""The filling of gaps, learned on training data and kept with a model, as a step of the preparation of features."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, issparse

from hassenet.data.checks import is_finite, unmasked_numbers, where
from hassenet.data.compact import on_stored
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.side_by_side import some_columns
from hassenet.data.step import Array, Step
from hassenet.errors import NotFiniteError, ParameterError, ShapeError, listing


@final
@dataclass(frozen=True, eq=False)
class Fill(Step):
    """x ↦ x where there is a value, and a value of the feature's own where it is missing (NaN).

    Parameters
    ----------
    values : array (n,)
        What a gap of each feature becomes, finite.

    Raises
    ------
    ParameterError
        If they are not a vector of finite numbers.

    Examples
    --------
    >>> fill = Fill.of([[1.0, np.nan], [2.0, np.nan], [9.0, np.nan]])  # medians; 0 where there is nothing
    >>> fill([[np.nan, np.nan], [5.0, 6.0]])
    array([[2., 0.],
           [5., 6.]])
    >>> Fill.of([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], categories=[(0, 1)]).values
    array([0., 1.])
    """

    values: Array

    def __post_init__(self) -> None:
        """Keep a read-only copy."""
        values = np.array(self.values, np.float64, ndmin=1)
        values.flags.writeable = False
        object.__setattr__(self, "values", values)
        if values.ndim != 1 or not np.isfinite(values).all():
            raise ParameterError(
                "what fills gaps is a vector of finite numbers, one a feature; look at the data they come from"
            )

    @staticmethod
    def of(X: ArrayLike, names: Sequence[Hashable] = (), categories: Sequence[Sequence[int]] = ()) -> Fill:
        """Return the step that fills with the median of each column's values, with 0 where a column has none.

        Columns that are the levels of one category, whose places stand together in ``categories``, are filled together:
        by the level that most rows have.

        Raises
        ------
        NotFiniteError
            If a value is infinite.
        """
        if isinstance(X, Elsewhere):
            return Fill(_of_elsewhere(X, categories))
        if issparse(X):
            return Fill(_medians(X, names))
        x = unmasked_numbers(X)
        _check_not_infinite(x, names)
        values = np.concatenate([_medians_of(part) for part in some_columns(x)])
        for places in categories:
            values[list(places)] = _most_frequent(x[:, list(places)])
        return Fill(values)

    @property
    def words(self) -> str:
        """What is done to features."""
        return "gaps filled"

    def check_fits(self, n: int) -> None:
        """Refuse another number of features."""
        if self.values.size != n:
            raise ShapeError(
                f"gaps are filled with one value a feature, {n}; got {self.values.size}; take those of these features"
            )

    def of_some(self, places: Sequence[int] | NDArray[np.int64]) -> Fill:
        """Return what fills gaps of some of the features."""
        return Fill(self.values[np.asarray(places)])

    def __call__(self, X: ArrayLike, names: Sequence[Hashable] = ()) -> Array:
        """Return X without gaps, shape (m, n).

        Raises
        ------
        NotFiniteError
            If a value is infinite.
        """
        if isinstance(X, Elsewhere):
            return X.mapped(self)
        if issparse(X):
            return self._of_sparse(csr_array(X), names)
        x = unmasked_numbers(X)
        if is_finite(x):
            return x
        _check_not_infinite(x, names)
        return np.where(np.isnan(x), self.values, x)

    def _of_sparse(self, X: Any, names: Sequence[Hashable]) -> Any:
        """Return a sparse array with its gaps filled, which are values of its own; what it does not hold is 0."""
        _check_not_infinite(X, names)
        return on_stored(X, lambda data: np.where(np.isnan(data), self.values[X.indices], data))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fill):
            return NotImplemented
        return np.array_equal(self.values, other.values)

    def __hash__(self) -> int:
        return hash(self.values.tobytes())

    def __repr__(self) -> str:
        return f"Fill({self.values.size:,} features)"


def _of_elsewhere(X: Elsewhere, categories: Sequence[Sequence[int]]) -> Array:
    values, levels = np.nan_to_num(X.medians()), list(chain(*categories))
    counts = np.zeros(len(values))
    if levels:
        counts[levels] = X[:, levels].summed(_sums_of_known)
    for places in map(list, categories):
        values[places] = np.arange(len(places)) == counts[places].argmax()
    return values


def _sums_of_known(X: Any) -> Array:
    return np.asarray(np.nansum(X, axis=0), np.float64)


def _medians_of(X: Array) -> Array:
    """Return the median of each column, 0 of one without any value."""
    x = X.copy()
    x[:, np.isnan(x).all(axis=0)] = 0.0
    return np.asarray(np.nanmedian(x, axis=0)) if len(x) else np.zeros(x.shape[1])


def _medians(X: Any, names: Sequence[Hashable]) -> Array:
    """Return the median of each column of a sparse array; that of one which is mostly zeros is 0."""
    _check_not_infinite(X, names)
    by_columns = X.tocsc()
    dense = np.flatnonzero(2 * np.diff(by_columns.indptr) >= X.shape[0])
    found = np.zeros(X.shape[1])
    found[dense] = [_median(by_columns[:, [k]].toarray()) for k in dense.tolist()]
    return found


def _most_frequent(levels: Array) -> Array:
    """Return 1 for the level that most rows have, and 0 for the others."""
    return np.arange(levels.shape[1]) == np.nansum(levels, axis=0).argmax()


def _median(column: Array) -> float:
    return 0.0 if np.isnan(column).all() else float(np.nanmedian(column))


def _check_not_infinite(x: Any, names: Sequence[Hashable]) -> None:
    """Refuse infinity: it is a value and not a gap, and no network takes it."""
    values = x.data if issparse(x) else x
    if np.isinf(values).any():
        bad = on_stored(x, np.isinf).toarray() if issparse(x) else np.isinf(x)
        raise NotFiniteError(
            f"features are finite or missing; there are infinite ones in {listing(where(bad, names))}; "
            "correct them, or make them missing"
        )
