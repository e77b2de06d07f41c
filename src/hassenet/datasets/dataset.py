"""Data with the names that belong to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray


@final
@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """m examples of n features, with what is to be predicted.

    Parameters
    ----------
    name : str
        What the data are called.
    X : (m, n) array of float64
        A row an example, a column a feature; the unit stands in the description.
    y : (m,) array of str
        The class of each example.
    feature_names : tuple of n str
        The names of the columns of X.
    target_names : tuple of str
        The classes, sorted.
    description : str
        What was measured, by whom, and where the table comes from.
    licence : str
        The terms of use, in full.

    Examples
    --------
    >>> Dataset("two", np.eye(2), np.array(["a", "b"]), ("u", "v"), ("a", "b"), "Two examples.", "none")
    Dataset('two': 2 examples, 2 features, 2 classes)
    """

    name: str
    X: NDArray[np.float64]
    y: NDArray[np.str_]
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    description: str
    licence: str

    def __repr__(self) -> str:
        m, n = self.X.shape
        return f"Dataset({self.name!r}: {m} examples, {n} features, {len(self.target_names)} classes)"
