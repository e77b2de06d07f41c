"""From raw features to what a network sees."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any, final

import numpy as np
from scipy.sparse import issparse

from hassenet.data.checks import NUMBERS, unmasked
from hassenet.data.columns import unread_columns
from hassenet.data.compact import is_compact
from hassenet.data.complete import Complete
from hassenet.data.elsewhere import Elsewhere
from hassenet.data.encoding import Encoding, check_none_missing
from hassenet.data.match import Match, check_each_once
from hassenet.data.not_numbers import not_numbers
from hassenet.data.objects import as_numbers, first_other, instance
from hassenet.data.packed import packed
from hassenet.data.step import Array, Step
from hassenet.data.table import columns_of, is_table, matrix
from hassenet.errors import FeatureError, ShapeError


@final
@dataclass(frozen=True)
class Preparation:
    """Features by name, and the steps that they go through, one after the other.

    Parameters
    ----------
    features : tuple of str
        The columns of a table that are the features, in their order.
    steps : tuple of Step
    encoding : Encoding, optional
        How the features are made of a table's columns, where these are more than numbers, or have gaps.

    Raises
    ------
    ShapeError
        If a step is not one for as many features.

    Examples
    --------
    >>> from hassenet.data.logarithm import Logarithm
    >>> from hassenet.tables import Table
    >>> prepare = Preparation(("a", "b"), (Logarithm(0.0),))
    >>> prepare(
    ...     Table({"b": np.array([10, 1]), "site": np.array(["x", "y"], object), "a": np.array([1, 100])})
    ... )
    array([[0., 1.],
           [2., 0.]])
    """

    features: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    encoding: Encoding | None = None

    def __post_init__(self) -> None:
        """Refuse steps for other features."""
        for step in self.steps:
            step.check_fits(len(self.features))
        if self.encoding is not None and self.encoding.features != self.features:
            raise ShapeError(
                "an encoding makes the features of a model, in their order; these are others; take the encoding's"
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a table that are read."""
        return self.features if self.encoding is None else self.encoding.columns

    @property
    def words(self) -> str:
        """What the steps do to features, each after a comma, to stand behind their number."""
        return "".join(f", {step.words}" for step in self.steps if step.words)

    def __call__(self, X: Any) -> Array:
        """Return the prepared features, (m, n): those of a table by name, whatever else it has; of an array in order.

        What is sparse stays so as far as the steps leave zeros where they are. Whole numbers of one byte stay so: what
        steps make of them is a table of their few values.

        Raises
        ------
        FeatureError
            If a table lacks features or has one twice, or they are not numbers.
        ShapeError
            If an array has not n columns.
        NotFiniteError
            If a step is not defined for a value.
        """
        read = self.read(X)
        if not all(isinstance(step, Complete) for step in self.steps):
            read = packed(read, self.features)
        return reduce(lambda x, step: step(x, self.features), self.steps, read)

    def read(self, X: Any) -> Array:
        """Return the features before the first step; NaN where a value is missing, unless an encoding fills it.

        The columns of an array are the features themselves, those of a table what they are made of.
        """
        if self.encoding is None:
            return self._by_name(X) if is_table(X) else self._by_place(X)
        return self.encoding(X) if is_table(X) else self.encoding.filled(self._by_place(X))

    def _by_name(self, table: Any) -> Array:
        columns = columns_of(table)
        found = Match.of(self.features, columns.names)
        check_none_missing(found, unread_columns(table))
        check_each_once(found)
        names = [found.column[name] for name in self.features]
        values = matrix(columns, names, not_numbers)
        return values if is_compact(values) else np.require(values, np.float64, ["C", "W"])

    def _by_place(self, X: Any) -> Array:
        x = _numbers(X)
        if x.ndim != 2 or x.shape[1] != len(self.features):
            raise ShapeError(
                f"an array has {len(self.features)} columns, one a feature; got the shape {x.shape}"
            )
        return x if is_compact(x) else np.asarray(x, np.float64)


def _numbers(X: Any) -> Any:
    if isinstance(X, Elsewhere):
        return X
    if issparse(X):
        return X.tocsr()
    values = as_numbers(np.asarray(unmasked("an array of features", X)))
    if not values.ndim:
        raise ShapeError(
            f"features are a table with columns, or an array with rows and columns; got a {type(X).__name__}; make it "
            "one of them"
        )
    if values.dtype.kind not in NUMBERS:
        raise FeatureError(
            f"features are numbers; the array holds others{instance(first_other(values))}; "
            "encode them as they were for training"
        )
    return values
