"""Predictions that are not finite are refused: a class or an amount made of them would say nothing."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.data.checks import is_finite
from hassenet.errors import NotFiniteError, counted, listing

Array = NDArray[Any]
_SHOWN = 3


def check_predictions(value: Array, X: Any, names: Sequence[Hashable]) -> None:
    """Refuse predictions, (m,) or (m, k), that are NaN or infinite.

    Parameters
    ----------
    value : array (m,) or (m, k)
    X : (m, n₀) array or sparse array
        What they were predicted from, as the network sees it.
    names : sequence of n₀ Hashable

    Raises
    ------
    NotFiniteError
        Naming the rows, from 0, and the features that are largest in the first of them.
    """
    if is_finite(value):
        return
    rows = np.flatnonzero(~np.isfinite(value.reshape(len(value), -1)).all(axis=1))
    raise NotFiniteError(
        f"predictions are finite; {counted(len(rows), 'row')} of {len(value):,} would get NaN or infinity: "
        f"{listing(rows.tolist(), 5)} (from 0); the largest features of row {rows[0]}, as the network sees them, are "
        f"{_largest(X, int(rows[0]), names)}; use another unit, leave out such rows, or call the network with "
        "check_finite=False"
    )


def _largest(X: Any, row: int, names: Sequence[Hashable]) -> str:
    x = np.abs((X[[row]].toarray() if issparse(X) else np.asarray(X[row : row + 1]))[0].astype(float))
    order = np.argsort(-x, kind="stable")[:_SHOWN].tolist()
    return ", ".join(f"{str(names[k])!r} ({x[k]:.3g})" for k in order)
