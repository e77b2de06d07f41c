"""Whether the entries of a sparse array are where it says: compiled code follows it, and would read beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.errors import DataError

Array = NDArray[Any]


def check_sparse(name: str, X: Any) -> None:
    """Refuse a csr or csc array whose entries are not where it says; entries behind the last row or column are unused.

    Raises
    ------
    DataError
        If ``indptr`` falls, or leads beyond the entries, or an index is none of a column (of csc, of a row).

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> X = csr_array(np.eye(2))
    >>> check_sparse("X", X)
    >>> X.indices[1] = 7
    >>> check_sparse("X", X)
    Traceback (most recent call last):
    hassenet.errors.DataError: a sparse array says where its entries are; in X an index is outside of the columns; make
    it anew
    """
    if not issparse(X) or X.format not in ("csr", "csc"):
        return
    rows, columns = X.shape if X.format == "csr" else X.shape[::-1]
    entries = min(len(X.data), len(X.indices), *X.indptr[-1:].tolist())
    check_ends(name, X.indptr, rows, entries)
    check_places(name, X.indices[:entries], columns, "rows" if X.format == "csc" else "columns")


def check_ends(name: str, indptr: Array, rows: int, entries: int) -> None:
    """Refuse rows that do not follow each other from the first entry to the last."""
    if indptr.shape != (rows + 1,):
        raise broken(name, f"indptr has the shape {indptr.shape}, for {rows:,} rows")
    if indptr[0] != 0 or indptr[-1] != entries or (np.diff(indptr) < 0).any():
        raise broken(name, "indptr does not rise from 0 to the number of entries")


def check_places(name: str, indices: Array, n: int, of: str = "columns") -> None:
    """Refuse an index that is none of n columns."""
    if indices.size and not (0 <= indices.min() and indices.max() < n):
        raise broken(name, f"an index is outside of the {of}")


def broken(name: str, what: str) -> DataError:
    """Return the error about a sparse array."""
    return DataError(f"a sparse array says where its entries are; in {name} {what}; make it anew")
