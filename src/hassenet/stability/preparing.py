"""What is learned of the rows of a training before it begins: what fills gaps, and the scale of features."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, final

from scipy.sparse import issparse

from hassenet.data.checks import is_finite
from hassenet.data.examples import Examples
from hassenet.data.fill import Fill
from hassenet.data.scaling import Scaling
from hassenet.data.step import Step
from hassenet.errors import ParameterError
from hassenet.stability.added import apart, with_added
from hassenet.stability.resampling import Rows

Prepared = Callable[[Any, Any], tuple[Any, Any]]
"""(X, Y) ↦ features and targets as a training takes them, row by row."""

Prepare = Callable[[Any, Any], Prepared]
"""(X, Y) of the rows that are learned from ↦ what makes of any rows what a training takes.

Where there are offsets they are the last columns of Y, here and there: what scales targets divides them by the scale.
"""


def fill_gaps(X: Any, Y: Any, categories: Sequence[Sequence[int]] = ()) -> Prepared:
    """Return what fills gaps of features by medians of these rows, and by their most frequent levels.

    Parameters
    ----------
    X : (m, n₀) array or sparse array
        NaN where a value is missing.
    Y : (m,) or (m, k) array
        Targets stay as they are.
    categories : sequence of sequence of int
        The places of the features that are the levels of one category each, which are filled together;
        ``functools.partial(fill_gaps, categories=…)`` is a ``prepare`` of :func:`stability`.

    Examples
    --------
    >>> import numpy as np
    >>> prepared = fill_gaps(np.array([[1.0], [3.0]]), None)
    >>> prepared(np.array([[np.nan], [7.0]]), None)[0].T
    array([[2., 7.]])
    """
    return Steps((Fill.of(X, (), categories),))


def standardise(X: Any, Y: Any, categories: Sequence[Sequence[int]] = ()) -> Prepared:
    """Return what fills gaps as :func:`fill_gaps`, and then takes features in deviations from their mean.

    Parameters
    ----------
    X : (m, n₀) array or sparse array
        NaN where a value is missing.
    Y : (m,) or (m, k) array
        Targets stay as they are.
    categories : sequence of sequence of int

    Examples
    --------
    >>> import numpy as np
    >>> standardise(np.array([[1.0], [3.0], [5.0]]), None)(np.array([[np.nan], [7.0]]), None)[0].round(2).T
    array([[0.  , 2.45]])
    """
    fill = Fill.of(X, (), categories)
    return Steps((fill, Scaling.of(fill(X))))


@final
@dataclass(frozen=True)
class Steps:
    """(X, Y) ↦ the features after all steps, and the targets as they are."""

    steps: tuple[Step, ...]

    def __call__(self, X: Any, Y: Any) -> tuple[Any, Any]:
        """Return features and targets."""
        return reduce(lambda x, step: step(x), self.steps, X), Y


def prepare_of(prepare: Prepare | None, X: Any) -> Prepare | None:
    """Return what was given; else what fills gaps, where there are some.

    Raises
    ------
    ParameterError
        If it is not a function.
    """
    if prepare is not None and not callable(prepare):
        raise ParameterError(
            f"prepare is (X, Y) of the rows learned from ↦ (X, Y) ↦ (X, Y); got {prepare!r}; give standardise, "
            "fill_gaps, or another such function"
        )
    if prepare is None and not is_finite(X.data if issparse(X) else X):
        return fill_gaps
    return prepare


def prepared(prepare: Prepare | None, data: Examples, rows: Rows) -> Examples:
    """Return all examples as a training on some rows takes them: what that is, these rows say."""
    if prepare is None:
        return data
    learned = data.take(rows)
    X, Y = prepare(learned.X, with_added(learned))(data.X, with_added(data))
    return replace(apart(data, Y), X=X)
