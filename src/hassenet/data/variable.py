"""What becomes of a column that is more than a number in each row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.columns import Columns

Array = NDArray[Any]


@final
class Values(NamedTuple):
    """The features of a column, and what of it was not known.

    Attributes
    ----------
    features : sequence of array (m,)
        Numbers, or truth values; where the column's value is missing they are not looked at.
    missing : (m,) array of bool
        The rows without a value.
    unknown : tuple of str
        Values that training never had.
    n_unknown : int
        In how many rows they stand.
    negated : int
        In how many rows a number stands in parentheses.
    """

    features: Sequence[Array]
    missing: Array
    unknown: tuple[str, ...] = ()
    n_unknown: int = 0
    negated: int = 0


class Variable(ABC):
    """A column and the features that are made of it; ``Numerical``, ``Categorical`` and ``Temporal`` are concrete.

    Attributes
    ----------
    name : str
        The column.
    gaps : bool
        Whether values were missing in training: then "… is missing" is the last of the features.
    """

    name: str
    gaps: bool

    @property
    @abstractmethod
    def parts(self) -> tuple[str, ...]:
        """The names of the features beside the one that says whether the value is missing."""

    @property
    @abstractmethod
    def words(self) -> str:
        """What kind of column it is, in a word or two."""

    @property
    @abstractmethod
    def details(self) -> str:
        """What is known of it beside its kind; "" where nothing."""

    @property
    @abstractmethod
    def is_covering(self) -> bool:
        """Whether the column is an element that covers its features; else it is a feature itself."""

    @abstractmethod
    def read(self, columns: Columns, column: Hashable) -> Values:
        """Return the features of the column in a table, without the one that says whether the value is missing.

        Raises
        ------
        FeatureError
            If the column holds something else than in training.
        """


def missing_of(name: str) -> str:
    """Return the name of the feature that says whether the value of a column is missing.

    >>> missing_of("age")
    'age is missing'
    """
    return f"{name} is missing"


def features_of(variable: Variable) -> tuple[str, ...]:
    """Return the names of all features of a variable."""
    return (*variable.parts, *((missing_of(variable.name),) if variable.gaps else ()))


def median(values: Array, counts: Array) -> float:
    """Return the median of numbers, none missing, that so many rows have.

    >>> median(np.array([5.0, 1.0, 9.0]), np.array([1, 2, 1]))
    3.0
    """
    order = np.argsort(values, kind="stable")
    upto = np.cumsum(counts[order])
    middle = np.array([(upto[-1] - 1) // 2, upto[-1] // 2])
    low, high = values[order][np.searchsorted(upto, middle, side="right")].tolist()
    return float((low + high) / 2)
