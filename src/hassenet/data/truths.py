"""Truth values that are spelled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.files.optional import pyarrow

TRUE = ("1", "True", "TRUE", "true")
FALSE = ("0", "False", "FALSE", "false")


def as_truths(texts: Any) -> Any | None:
    """Return truth values of Arrow, null where a text is; None where one is spelled otherwise, or all are digits.

    Parameters
    ----------
    texts : array of Arrow

    Examples
    --------
    >>> as_truths(pyarrow().array(["TRUE", None, "false", "1"])).to_pylist()
    [True, None, False, True]
    >>> as_truths(pyarrow().array(["yes", "no"])), as_truths(pyarrow().array(["1", "0"]))
    (None, None)
    """
    arrow, compute = pyarrow(), pyarrow("compute")
    if not _all_among(texts, (*TRUE, *FALSE)) or _all_among(texts, (TRUE[0], FALSE[0])):
        return None
    known = compute.is_in(texts, value_set=arrow.array(TRUE))
    return compute.if_else(compute.is_null(texts), arrow.scalar(None, "bool"), known)


def as_zeros_and_ones(texts: Any) -> NDArray[np.float64] | None:
    """Return truth values as numbers, for texts of which none is missing; None where one is spelled otherwise.

    >>> as_zeros_and_ones(pyarrow().array(["TRUE", "False"]))
    array([1., 0.])
    """
    truths = as_truths(texts) if len(texts) else None
    return None if truths is None else np.asarray(truths.to_numpy(zero_copy_only=False), np.float64)


def _all_among(texts: Any, spellings: tuple[str, ...]) -> bool:
    """Return whether all texts are among some, or missing; the first tells most that it is not."""
    arrow, compute = pyarrow(), pyarrow("compute")
    value_set = arrow.array([*spellings, None], "string")
    parts = (texts[:1], texts)
    return all(compute.all(compute.is_in(part, value_set=value_set)).as_py() is not False for part in parts)


def are_truths(values: NDArray[Any]) -> bool:
    """Return whether these are truth values, also where some are missing.

    >>> are_truths(np.array([1.0, np.nan, 0.0])), are_truths(np.array([1, 0]))
    (True, False)
    """
    if values.dtype.kind != "f":
        return values.dtype.kind == "b"
    return all(bool((np.isnan(v) | (v == 0) | (v == 1)).all()) for v in (values[:100], values))
