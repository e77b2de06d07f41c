"""Arrays of records, as scikit-survival has times and events."""

from __future__ import annotations

from typing import Any

import numpy as np


def time_and_event(Y: Any) -> Any:
    """Return an array of records with a number and a truth value as its columns (number, truth); others as they are.

    Examples
    --------
    >>> Y = np.array([(True, 6.0), (False, 7.0)], [("relapse", "?"), ("weeks", "f8")])
    >>> time_and_event(Y)
    array([[6., 1.],
           [7., 0.]])
    """
    names = getattr(getattr(Y, "dtype", None), "names", None)
    if not names or sorted(Y.dtype[name].kind == "b" for name in names) != [False, True]:
        return Y
    event, time = sorted(names, key=lambda name: bool(Y.dtype[name].kind != "b"))
    return np.column_stack([np.asarray(Y[time], float), np.asarray(Y[event], float)])
