"""Whether a table's columns were given names."""

from __future__ import annotations

from typing import Any


def has_names(columns: Any) -> bool:
    """Return whether the labels of columns are names; a frame of pandas that was given none counts them from 0.

    Examples
    --------
    >>> import pandas as pd
    >>> (
    ...     has_names(pd.DataFrame([[1, 2]]).columns),
    ...     has_names(pd.DataFrame([[1, 2]], columns=[472, 7157]).columns),
    ... )
    (False, True)
    """
    counted = getattr(columns, "start", None) == 0 and getattr(columns, "step", None) == 1
    return not (counted and hasattr(columns, "stop"))
