"""Weights of classes that make each count the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils.class_weight import compute_class_weight

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
