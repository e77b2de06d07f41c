"""What models are compared on: a hierarchy, the features in its order, the targets."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.data.checks import NUMBERS, check_numbers, unmasked
from hassenet.data.columns import compact_columns, is_one_array
from hassenet.data.fill import Fill
from hassenet.data.objects import as_numbers
from hassenet.data.scaling import check_squares
from hassenet.data.table import check_is_of_rows, columns_of, is_table, matrix
from hassenet.errors import FeatureError, HierarchyError, NotFiniteError, ShapeError, listing
from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.labels import as_text
from hassenet.protocol.kinds import CLASSES, Asked, Compared
from hassenet.protocol.targets import added_of, check_likelihood, shares_of, targets_of
from hassenet.tables import Table
from hassenet.task.architecture import Given, without_outputs
from hassenet.task.columns import without
from hassenet.task.covariates import CovariateColumns, apart_from
from hassenet.task.folds import check_amounts
from hassenet.task.names import distinct

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False)
class Problem:
    """A task with a hierarchy.

    Parameters
    ----------
    hierarchy : Hierarchy
        Without outputs, graded; its rank 0 are the first columns of X.
    X : (m, n₀ + q) array
        The features, and behind them the covariates; NaN where a value is missing.
    y : (m,) array
        The numbers of the classes, or amounts; of times (m, 2) or (m, 3), of several amounts (m, k).
    kind : str
        One of ``Compared``.
    categories : tuple of tuple of int
        Columns of X that are the levels of one category each.
    shares : tuple of float
        Of quantiles which, in rising order.
    added : (m,) array, optional
        Of counts the logarithms of their exposures. Numbers and quantiles are compared without their offset: y − o.
    likelihood : str, optional
        What the network takes of counts or numbers; None for the usual one.
    """

    hierarchy: Hierarchy
    X: Floats
    y: NDArray[Any]
    kind: Compared
    categories: tuple[tuple[int, ...], ...] = ()
    shares: tuple[float, ...] = ()
    added: Floats | None = None
    likelihood: str | None = None

    @property
    def strata(self) -> NDArray[np.int64] | None:
        """What folds hold in equal shares: classes, or events; None where chance will do."""
        if self.kind in CLASSES:
            return np.asarray(self.y)
        return self.y[:, 1].astype(np.int64) if self.kind == "survival" else None

    @property
    def exposure(self) -> Floats | None:
        """In what counts are counted, (m,), where it is known."""
        return None if self.added is None else np.asarray(np.exp(self.added))

    def seen(self, rows: NDArray[np.int64]) -> Floats:
        """Return what models see: :meth:`filled` X, and as the last column the logarithm of an exposure."""
        X = self.filled(rows)
        return X if self.added is None else np.column_stack([X, self.added])

    def filled(self, rows: NDArray[np.int64]) -> Floats:
        """Return X with the most frequent level of some rows where a category is missing; other gaps stay."""
        places = [place for own in self.categories for place in own]
        if not np.isnan(self.X[:, places]).any():
            return self.X
        X, values = self.X.copy(), Fill.of(self.X[rows], (), self.categories).values
        X[:, places] = np.where(np.isnan(X[:, places]), values[places], X[:, places])
        return X

    @property
    def places(self) -> range:
        """The places of the covariates among the columns of X."""
        return range(self.hierarchy.shape[0], self.X.shape[1])

    @staticmethod
    def of(
        given: Given,
        X: Any,
        y: Any,
        task: Asked,
        folds: int,
        covariates: Sequence[Hashable] | None = None,
        categories: Sequence[Sequence[Hashable]] = (),
        quantiles: Any = None,
        likelihood: str | None = None,
        offset: Any = None,
        exposure: Any = None,
    ) -> Problem:
        """Return the problem that a hierarchy, a table or array, and targets make, to be learned on folds.

        Raises
        ------
        FeatureError, ShapeError, NotFiniteError, DataError
            If the features are not those of the hierarchy, not numbers or infinite, rows are not as many, or a
            covariate is not a column.
        HierarchyError
            If the hierarchy has no element above its features, or every cover that there can be.
        TargetError
            If classes or amounts are not such that every fold could hold them.
        ParameterError
            If there is no such task, or there are fewer than two folds.
        """
        read = _encoded(given, X, covariates) if not categories else None
        H, values, places = read or _numbers(given, X, covariates, categories)
        _check_covers(H)
        shares = shares_of(quantiles, task)
        kind, targets = targets_of(y, task, len(values), folds, shares)
        check_likelihood(likelihood, kind)
        added = added_of(kind, len(values), offset, exposure)
        problem = Problem(H, values, targets, kind, places, shares, added, likelihood)
        return problem if added is None or kind == "count" else problem.without_offset(folds)

    def without_offset(self, folds: int) -> Problem:
        """Return the problem of numbers less their offset: no model can tell the one from the other.

        Raises
        ------
        TargetError
            If what is left does not vary.
        """
        rest = self.y - self.added
        check_amounts(rest, folds)
        return replace(self, y=rest, added=None)


Features = tuple[Hierarchy, Floats, tuple[tuple[int, ...], ...]]
"""A hierarchy, the features below it and behind them the covariates, and the places of the levels of categories."""


def _encoded(given: Given, X: Any, covariates: Sequence[Hashable] | None) -> Features | None:
    """Return what columns of text, of dates and with gaps are made into; None where all are numbers."""
    from hassenet.task.table_columns import above_columns, encoding_of_gaps, in_features

    X, covariates = _named(given, X, covariates)
    if not is_table(X) or is_one_array(X) or compact_columns(X):
        return None
    encoding = encoding_of_gaps(X, given, None, covariates)
    if encoding is None:
        return None
    beside = set(in_features(covariates, encoding))
    H = above_columns(given, encoding, without(encoding, beside)).graded()
    last = np.array([feature in beside for feature in encoding.features])
    order = np.argsort(last, kind="stable")
    encoding = encoding.part(order.tolist())
    return H, np.asarray(encoding.read(X), np.float64), encoding.categories


def _named(
    given: Given, X: Any, covariates: Sequence[Hashable] | None
) -> tuple[Any, Sequence[Hashable] | None]:
    """Return an array of objects as a table, its columns by the names of rank 0, covariates by their number."""
    if not isinstance(X, np.ndarray) or X.dtype.kind not in "OUS" or X.ndim != 2:
        return X, covariates
    if not isinstance(given, Hierarchy) or as_numbers(X).dtype.kind in NUMBERS:
        return X, covariates
    split = CovariateColumns.of(covariates, None, X.shape[1])
    H = without_outputs(given, None, split.n_features)
    others = distinct((f"z{k}" for k in split.places), {*map(as_text, H.ranks[0])})
    names = dict(zip([*split.of_features, *split.places], [*map(as_text, H.ranks[0]), *others], strict=True))
    return Table({names[k]: X[:, k] for k in range(X.shape[1])}), others or None


def _numbers(
    given: Given, X: Any, covariates: Sequence[Hashable] | None, categories: Sequence[Sequence[Hashable]]
) -> Features:
    """Return columns of numbers as they are."""
    columns, values = _read(X)
    split = CovariateColumns.of(covariates, columns, values.shape[1])
    order = [*split.of_features, *split.places]
    H = without_outputs(apart_from(given, split.names), split.features, split.n_features).graded()
    return H, values[:, order] if split.places else values, _places(categories, columns, order)


def _read(X: Any) -> tuple[list[str] | None, Floats]:
    """Return the names of the columns, where there are any, and the numbers, NaN where one is missing."""
    check_is_of_rows(X)
    columns, values = _of_table(X) if is_table(X) else (None, _of_array(X))
    check_numbers("X", values)
    values = np.asarray(values, np.float64)
    infinite = np.isinf(values).any(axis=0)
    if infinite.any():
        where = [columns[k] if columns else k for k in np.flatnonzero(infinite).tolist()]
        raise NotFiniteError(
            f"X is finite, or NaN where a value is missing; infinite values in {listing(where, 3)}; correct them"
        )
    check_squares(values, columns or ())
    return columns, values


def _places(
    categories: Sequence[Sequence[Hashable]], columns: Sequence[str] | None, order: Sequence[int]
) -> tuple[tuple[int, ...], ...]:
    """Return where the levels of each category stand in an order of the columns."""
    names: Sequence[Hashable] = range(len(order)) if columns is None else columns
    place = {names[k]: i for i, k in enumerate(order)}
    others = [level for levels in categories for level in levels if level not in place]
    if others:
        raise FeatureError(
            f"the levels of a category are columns of X; {listing(others, 3)} is not there; name columns, or number "
            "them where X has no names"
        )
    return tuple(tuple(place[level] for level in levels) for levels in categories)


def _of_table(X: Any) -> tuple[list[str], NDArray[Any]]:
    columns = columns_of(X)
    values = matrix(columns, columns.names, _not_numbers)
    return list(map(str, columns.names)), values.toarray() if issparse(values) else values


def _not_numbers(others: Any) -> FeatureError:
    return FeatureError(f"X holds real numbers; the columns {listing(others)} do not; encode or drop them")


def _of_array(X: Any) -> NDArray[Any]:
    if issparse(X):
        raise ShapeError("models are compared on a table or array; X is sparse; give X.toarray()")
    values = as_numbers(np.asarray(unmasked("X", X)))
    if values.ndim != 2:
        raise ShapeError(
            f"X has a row an example and a column a feature; its shape is {values.shape}; give a table, or reshape it"
        )
    return values


def _check_covers(H: Hierarchy) -> None:
    if not H.depth or all(H.is_complete(i) for i in range(H.depth)):
        what = "has its features alone" if not H.depth else "has every cover that there can be"
        raise HierarchyError(
            f"a comparison asks whether it matters who covers whom; the hierarchy {what}; give another"
        )
