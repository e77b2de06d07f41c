"""Sixty rows, how rows are divided into partitions, and the options of what is learned of them on workers."""

from __future__ import annotations

from typing import Any

import dask
import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd

from hassenet.selection import Setting

M = 60
X = np.random.default_rng(0).normal(size=(M, 3))
WEIGHT = np.random.default_rng(1).choice([0.0, 0.5, 2.0], M)
NETWORK: dict[str, Any] = {
    "hidden_layer_sizes": (2,),
    "solver": "lbfgs",
    "max_iter": 2,
    "random_state": 0,
}
SEARCH: dict[str, Any] = {
    "folds": 2,
    "members": 2,
    "settings": [Setting(0.1)],
    "steps": 3,
    "random_state": 0,
}


def array(values: Any, rows: int = 25) -> Any:
    """Return an Array of blocks of so many rows."""
    return da.from_array(np.asarray(values), chunks=(rows, *np.shape(values)[1:]))


def frame(values: Any) -> Any:
    """Return three partitions of a table, or of a column, called y if it has no name."""
    whole = values if hasattr(values, "iloc") else pd.Series(values, name="y")
    return dd.from_pandas(whole, npartitions=3)


def delayed(*parts: Any) -> list[Any]:
    """Return partitions as they are, each a promise."""
    return [dask.delayed(part) for part in parts]
