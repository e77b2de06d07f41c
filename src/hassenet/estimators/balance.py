"""Weights of classes that make each count the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils.class_weight import compute_class_weight

from hassenet._checks import NOT_NEGATIVE
from hassenet.errors import ParameterError

Array = NDArray[Any]


def balanced(y: Any, weight: Array | None) -> Array:
    """Return for each example Σw / (number of classes · Σw of its class); of several columns the product.

    The same as copies in place of weights; scikit-learn has it so for logistic regression.

    Parameters
    ----------
    y : (m,) array of labels, or (m, k) indicator, which may be sparse
    weight : (m,) array, optional
        Above 0.

    Examples
    --------
    >>> balanced(np.array(["ill", "well", "well"]), None)
    array([1.5 , 0.75, 0.75])
    >>> balanced(np.array(["ill", "well", "well"]), np.array([4.0, 1.0, 3.0]))
    array([1., 1., 1.])
    """
    Y = y.toarray() if issparse(y) else np.asarray(y)
    columns = Y.reshape(len(Y), -1).T
    return np.prod([_of_column(column, weight) for column in columns], axis=0)


def _of_column(labels: Array, weight: Array | None) -> Array:
    classes, codes = np.unique(labels, return_inverse=True)
    of_class = compute_class_weight("balanced", classes=classes, y=labels, sample_weight=weight)
    return np.asarray(of_class)[codes]


def check_class_weight(given: Any) -> None:
    """Refuse weights of classes that are not numbers ≥ 0, before any training.

    Parameters
    ----------
    given : mapping from class to weight, or a list of such and "balanced", one a label

    Raises
    ------
    ParameterError
        With the class.

    Examples
    --------
    >>> check_class_weight({"ill": -1, "healthy": 1})
    Traceback (most recent call last):
    hassenet.errors.ParameterError: a class weight is a finite number ≥ 0; that of 'ill' is -1; correct it
    """
    of_labels = given if isinstance(given, list) else [given]
    if not all(isinstance(weights, Mapping) or weights == "balanced" for weights in of_labels):
        raise ParameterError(
            "class_weight is 'balanced', a mapping from class to weight, or of several labels a list of these; got "
            f"{given!r}; give {{class: weight}}"
        )
    pairs = [pair for weights in of_labels if isinstance(weights, Mapping) for pair in weights.items()]
    odd = next(((label, weight) for label, weight in pairs if weight not in NOT_NEGATIVE), None)
    if odd is not None:
        raise ParameterError(
            f"a class weight is a finite number ≥ 0; that of {odd[0]!r} is {odd[1]!r}; correct it"
        )
