"""The scaling of features, learned on training data and kept with a model, as a step of their preparation."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, issparse

from hassenet.data.checks import unmasked_numbers
from hassenet.data.compact import on_stored
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.moments import Moments
from hassenet.data.side_by_side import some_columns
from hassenet.data.step import Array, Step
from hassenet.data.stream import is_stream
from hassenet.errors import NotFiniteError, ParameterError, ShapeError, first_of

_MOST_ROWS = 2.0**40


@final
@dataclass(frozen=True, eq=False)
class Scaling(Step):
    """x ↦ (x − mean) / scale, feature by feature.

    Parameters
    ----------
    mean, scale : array (n,)
        Finite numbers; scales are positive.

    Raises
    ------
    ParameterError
        If they are not.

    Examples
    --------
    >>> scaling = Scaling.of([[1.0, 5.0], [3.0, 5.0]])
    >>> scaling([[3.0, 6.0]])
    array([[1., 1.]])
    """

    mean: Array
    scale: Array

    def __post_init__(self) -> None:
        """Keep read-only copies."""
        for name in ("mean", "scale"):
            values = np.array(getattr(self, name), np.float64, ndmin=1)
            values.flags.writeable = False
            object.__setattr__(self, name, values)
        if self.mean.ndim != 1 or self.mean.shape != self.scale.shape:
            raise ParameterError(
                f"mean and scale are vectors with one entry a feature; got shapes {self.mean.shape}, {self.scale.shape}"
            )
        if not (np.isfinite(self.mean).all() and np.isfinite(self.scale).all() and (self.scale > 0).all()):
            raise ParameterError(
                "means are finite, scales finite and positive; look at the data they come from"
            )

    @staticmethod
    def of(X: ArrayLike, names: Sequence[Hashable] = ()) -> Scaling:
        """Return the mean and the standard deviation of each column; 1 in place of the deviation of a constant.

        Of a sparse array 0 stands for the mean of a column that has zeros, so that these stay zeros. A stream is read
        once, a block at a time.

        Parameters
        ----------
        X : (m, n) array, sparse array or stream
        names : sequence of Hashable, optional
            What columns are called in messages; by default by their numbers.

        Raises
        ------
        NotFiniteError
            If numbers are so large that their squares are not finite.
        """
        if is_stream(X):
            return _of_stream(X)
        if isinstance(X, Elsewhere):
            return _of_elsewhere(X)
        if issparse(X):
            return _of_sparse(X)
        parts = map(_moments, some_columns(unmasked_numbers(X)))
        mean, deviation, largest = (np.concatenate(of_all) for of_all in zip(*parts, strict=True))
        return _of_moments(mean, deviation, largest, names)

    @staticmethod
    def of_observed(Y: ArrayLike, names: Sequence[Hashable] = ()) -> Scaling:
        """Return the same of the numbers that each column has, where NaN marks those that are missing.

        >>> Scaling.of_observed([[1.0, 5.0], [3.0, np.nan]]).mean
        array([2., 5.])
        """
        Y = unmasked_numbers(Y)
        check_squares(Y, names)
        if not np.isnan(Y).any():
            return Scaling.of(Y)
        each = [Scaling.of(y[~np.isnan(y), None]) for y in Y.T]
        return Scaling(*(np.concatenate([getattr(one, part) for one in each]) for part in ("mean", "scale")))

    @property
    def words(self) -> str:
        """The word for features of mean 0 and deviation 1."""
        return "standardised"

    def check_fits(self, n: int) -> None:
        """Refuse another number of features."""
        if self.mean.size != n:
            raise ShapeError(f"a scaling has one entry a feature, {n}; got {self.mean.size}; fit it on them")

    def of_some(self, places: Sequence[int] | NDArray[np.int64]) -> Scaling:
        """Return the scaling of some of the features."""
        return Scaling(self.mean[np.asarray(places)], self.scale[np.asarray(places)])

    def __call__(self, X: ArrayLike, names: Sequence[Hashable] = ()) -> Array:
        """Return X scaled, shape (m, n); a sparse array stays sparse where most means are 0."""
        if isinstance(X, Elsewhere):
            return X.mapped(self)
        if issparse(X) and 2 * np.count_nonzero(self.mean) < self.mean.size:
            return self._of_sparse(csr_array(X))
        return (unmasked_numbers(X) - self.mean) / self.scale

    def _of_sparse(self, X: Any) -> Any:
        """Return a sparse array scaled; a column with a mean has a value in each row then."""
        scaled = on_stored(X, lambda data: data / self.scale[X.indices])
        places = np.flatnonzero(self.mean)
        if not places.size:
            return scaled
        rows, shifts = np.repeat(np.arange(X.shape[0]), places.size), self.mean[places] / self.scale[places]
        of_places = (np.tile(shifts, X.shape[0]), (rows, np.tile(places, X.shape[0])))
        return csr_array(scaled - csr_array(of_places, shape=X.shape))

    def inverse(self, Z: ArrayLike) -> Array:
        """Return Z · scale + mean, shape (m, n): what becomes Z when it is scaled."""
        return unmasked_numbers(Z) * self.scale + self.mean

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scaling):
            return NotImplemented
        return np.array_equal(self.mean, other.mean) and np.array_equal(self.scale, other.scale)

    def __hash__(self) -> int:
        return hash((self.mean.tobytes(), self.scale.tobytes()))

    def __repr__(self) -> str:
        return f"Scaling({self.mean.size:,} features)"


def _moments(X: Array) -> tuple[Array, Array, Array]:
    """Return the mean, the deviation and the largest |x| of each column."""
    with np.errstate(over="ignore", invalid="ignore"):
        deviation = np.where((X == X[:1]).all(axis=0), 0.0, X.std(0))  # Σx of many equal numbers is rounded
        return X.mean(0), deviation, np.abs(X).max(0)


def _of_moments(mean: Array, deviation: Array, largest: Array, names: Sequence[Hashable] = ()) -> Scaling:
    """Return the scaling by means and deviations of columns, of which the largest numbers are known."""
    _check_deviations(deviation, largest, names)
    # Rounding leaves a constant column with a deviation that is a few units of its last digit.
    constant = deviation <= 10 * np.finfo(np.float64).eps * largest
    return Scaling(mean, np.where(constant, 1.0, deviation))


def check_squares(X: Array, names: Sequence[Hashable] = ()) -> None:
    """Refuse numbers that are so large that the squares of their deviations from the mean have no finite sum.

    That is so of as many rows as a table may have: some of the rows are refused where all of them are.

    Parameters
    ----------
    X : (m, n) array
        Finite, or NaN where a value is missing.
    names : sequence of Hashable, optional

    Raises
    ------
    NotFiniteError

    Examples
    --------
    >>> check_squares(np.array([[1.0, 1e200], [np.nan, -1e200]]), ["age", "dose"])
    Traceback (most recent call last):
    hassenet.errors.NotFiniteError: a column that is scaled has a finite deviation; numbers are too large in 'dose', up
    to 1e+200; use another unit, or leave it out
    """
    largest = np.fmax(np.fmax.reduce(X, axis=0, initial=0.0), -np.fmin.reduce(X, axis=0, initial=0.0))
    with np.errstate(over="ignore"):
        _check_deviations(_MOST_ROWS * (2 * largest) ** 2, largest, names)


def _check_deviations(deviation: Array, largest: Array, names: Sequence[Hashable]) -> None:
    """Refuse finite numbers whose deviation is not finite."""
    large = np.flatnonzero(np.isfinite(largest) & ~np.isfinite(deviation))
    if large.size:
        k = int(large[0])
        called = repr(names[k]) if len(names) else f"column {k}"
        raise NotFiniteError(
            f"a column that is scaled has a finite deviation; numbers are too large in {called}, up to {largest[k]:g}"
            f"{first_of(large.size, 'column')}; use another unit, or leave it out"
        )


def _of_elsewhere(X: Elsewhere) -> Scaling:
    if X.is_sparse:
        return _of_sums(X.shape[0], X.summed(_sums))
    return _of_moments(*X.moments(), np.abs(X.bounds).max(axis=0))


def _of_stream(stream: Any) -> Scaling:
    blocks = stream.blocks()
    first = next(blocks)
    if issparse(first):
        return _of_sums(len(stream), sum(map(_sums, blocks), _sums(first)))
    found = Moments.of_blocks(chain((first,), blocks))
    return _of_moments(found.mean, found.deviation, found.largest)


def _of_sparse(X: Any) -> Scaling:
    return _of_sums(X.shape[0], _sums(X))


def _sums(X: Any) -> Array:
    """Return Σx, Σx² and how many entries are stored, of each column of a sparse array, (3, n)."""
    exact = X.astype(np.float64).tocsr()
    stored = np.bincount(exact.indices, minlength=X.shape[1])
    squares = on_stored(exact, np.square)
    return np.stack([np.asarray(part.sum(axis=0)).ravel() for part in (exact, squares)] + [stored])


def _of_sums(m: int, sums: Array) -> Scaling:
    """Return the deviation of each column of a sparse array, zeros among x: σ² = Σx²/m − (Σx/m)²."""
    mean, square = sums[0] / m, sums[1] / m
    deviation = np.sqrt(np.maximum(square - mean**2, 0.0))
    constant = deviation <= 1e-7 * np.sqrt(square)  # what is left of a difference of equal numbers
    full = sums[2] == m
    few = 2 * np.count_nonzero(full) < full.size  # else nothing would be left of the zeros
    return Scaling(np.where(full & few, mean, 0.0), np.where(constant, 1.0, deviation))
