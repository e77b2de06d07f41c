"""Whether targets are classes or amounts."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

# Whole numbers with more distinct values than this are taken for amounts, not classes.
_MOST_CLASSES = 10
Kind = Literal["classification", "regression"]


def kind_of(y: NDArray[Any]) -> Kind:
    """Return "classification" for text, truth values and up to 10 distinct whole numbers, else "regression".

    Examples
    --------
    >>> kind_of(np.array(["ill", "well"])), kind_of(np.array([0.0, 1.0])), kind_of(np.array([0.5, 1.0]))
    ('classification', 'classification', 'regression')
    """
    return "classification" if _holds_classes(y) else "regression"


def _holds_classes(y: NDArray[Any]) -> bool:
    if y.dtype.kind not in "iuf":
        return True
    distinct = np.unique(y)
    return len(distinct) <= _MOST_CLASSES and bool((distinct == np.round(distinct)).all())
