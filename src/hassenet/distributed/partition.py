"""What a partition is before anything is computed on it: checked on its worker, told in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from hassenet.data.match import check_own_names
from hassenet.errors import DataError, FeatureError, ShapeError, listing

Array = NDArray[Any]
SPARSE = "Sparse["


@final
class Partition(NamedTuple):
    """The shape and the kind of a partition.

    Attributes
    ----------
    rows : int
    columns : tuple of str, or int
        Their names, or how many there are.
    types : tuple of str
        Of each column; of an array one.
    is_sparse : bool
        Whether it is a sparse array, or a table of columns alone that are sparse, and zero where nothing is stored.
    axes : int
        One of a Series too; 0 of what is neither a table of pandas nor an array, of which the types are its own.
    is_masked : bool
        Whether it is an array of which values are masked.
    """

    rows: int
    columns: tuple[str, ...] | int
    types: tuple[str, ...]
    is_sparse: bool = False
    axes: int = 2
    is_masked: bool = False

    @staticmethod
    def of(part: Any) -> Partition:
        """Return what a partition is: of a table of pandas, a series or an array."""
        if not hasattr(part, "iloc") and not (hasattr(part, "dtype") and hasattr(part, "ndim")):
            kind = type(part)
            return Partition(1, 0, (f"{kind.__module__.partition('.')[0]}.{kind.__name__}",), axes=0)
        if hasattr(part, "columns"):
            types = tuple(map(_name_of, part.dtypes))
            is_sparse = bool(types) and all(getattr(one, "fill_value", None) == 0 for one in part.dtypes)
            return Partition(len(part), tuple(map(str, part.columns)), types, is_sparse)
        width = part.shape[1] if part.ndim > 1 else 1
        is_sparse, name = hasattr(part, "tocsr"), _name_of(part.dtype)
        types = (f"{SPARSE}{name}, 0]" if is_sparse else name,)
        is_masked = bool(np.ma.is_masked(part))
        return Partition(part.shape[0], width, types, is_sparse, part.ndim, is_masked)


def _name_of(dtype: Any) -> str:
    """Return the name of a type; that of text without its width, which the longest of a partition has.

    >>> import pandas as pd
    >>> _name_of(np.dtype("U5")), _name_of(pd.CategoricalDtype(["low", "high"], ordered=True))
    ('str', 'category (low < high)')
    """
    if getattr(dtype, "ordered", None):
        return f"{dtype} ({' < '.join(map(str, dtype.categories))})"
    return "str" if getattr(dtype, "kind", "") == "U" else str(dtype)


def check_alike(what: str, parts: Sequence[Partition]) -> None:
    """Refuse partitions that are not parts of one table; a message names the partition, from 0.

    Raises
    ------
    ShapeError, FeatureError, DataError
        If one is neither a table nor an array of one or two axes, has no rows, other columns, the same ones in another
        order, other types or masked values; or two columns have one name.

    Examples
    --------
    >>> check_alike("X", [Partition(2, ("a", "b"), ("f", "f")), Partition(2, ("b", "a"), ("f", "f"))])
    Traceback (most recent call last):
    hassenet.errors.FeatureError: all partitions of X have the same columns in one order; partition 1 has ('b', 'a'),
    partition 0 ('a', 'b'); select them in one order: X[list(names)]
    """
    first = parts[0]
    if not isinstance(first.columns, int):
        check_own_names(what, first.columns)
    for p, part in enumerate(parts):
        if part.axes not in (1, 2):
            raise ShapeError(_other_axes(what, p, part))
        if not part.rows:
            raise ShapeError(
                f"each partition has rows to learn from; partition {p} of {what} has none; {what}.repartition(…), or "
                "of an array rechunk(…)"
            )
        if part.columns != first.columns:
            raise FeatureError(_other_columns(what, p, part, first))
        if part.types != first.types:
            raise DataError(_other_types(what, p, part, first))
        if part.is_masked:
            raise DataError(f"{what} has masked values, first in partition {p}; fill or drop them")


def check_two_dimensional(part: Partition) -> None:
    """Refuse features without columns.

    Raises
    ------
    ShapeError
        If they are an array of one axis, or a Series, or have none.
    """
    if not part.columns:
        raise ShapeError("features have a column each; X has none; give some")
    if part.axes == 1:
        raise ShapeError(
            "features have a row an example and a column each; X has one axis; X.reshape(-1, 1) of an array, or "
            "X.to_frame() of a Series"
        )


def _other_axes(what: str, p: int, part: Partition) -> str:
    if part.axes:
        return f"a row is an example, and has its columns; {what} has {part.axes} axes; reshape it"
    return (
        f"a partition is a table of pandas, an array or a sparse one of scipy; partition {p} of {what} is of the type "
        f"{part.types[0]}; convert it, as by pandas.DataFrame or numpy.asarray"
    )


def _other_columns(what: str, p: int, part: Partition, first: Partition) -> str:
    rule = f"all partitions of {what} have the same columns in one order"
    if isinstance(part.columns, int) or isinstance(first.columns, int):
        return f"{rule}; partition {p} has {part.columns}, partition 0 {first.columns}; give as many in each"
    if set(part.columns) == set(first.columns):
        k = next(k for k, (a, b) in enumerate(zip(part.columns, first.columns, strict=True)) if a != b)
        shown = slice(k, k + 2)
        return (
            f"{rule}; partition {p} has {part.columns[shown]}, partition 0 {first.columns[shown]}; select them in one "
            "order: X[list(names)]"
        )
    more, less = set(part.columns) - set(first.columns), set(first.columns) - set(part.columns)
    told = [f"{verb} {listing(sorted(names), 3)}" for verb, names in (("also", more), ("not", less)) if names]
    return f"{rule}; partition {p} has {', but '.join(told)}, unlike partition 0; select the same columns"


def _other_types(what: str, p: int, part: Partition, first: Partition) -> str:
    k = next(k for k, (a, b) in enumerate(zip(part.types, first.types, strict=True)) if a != b)
    which = "it is" if isinstance(part.columns, int) else f"{part.columns[k]!r} is"
    return (
        f"a column has one type in all partitions of {what}; in partition {p} {which} {part.types[k]}, in partition 0 "
        f"{first.types[k]}; convert it: {what}.astype(…)"
    )


def kind_of(name: str) -> str:
    """Return the kind of a type by its name, as NumPy has letters for kinds; of pandas' own, and of sparse ones too.

    >>> [kind_of(name) for name in ("Float64", "boolean", "Sparse[float32, 0]", "string")]
    ['f', 'b', 'f', 'O']
    """
    bare = name.removeprefix(SPARSE).partition(",")[0].lower()
    try:
        return np.dtype(bare).kind  # pandas calls those with gaps Int64 and Float64
    except TypeError:
        return "b" if bare == "boolean" else "O"


def numbers(part: Any, dtype: np.dtype[Any]) -> Any:
    """Return a partition as an array of a type, (m, n), gaps as NaN; one that is sparse stays so."""
    if hasattr(part, "to_numpy"):
        return np.ascontiguousarray(part.to_numpy(dtype, na_value=np.nan))
    if hasattr(part, "tocsr"):
        return csr_array(part.tocsr(), dtype=dtype)
    return np.ascontiguousarray(part, dtype)


def sparse_numbers(part: Any, dtype: np.dtype[Any]) -> Any:
    """Return a table of sparse columns as a sparse array of a type, (m, n)."""
    return csr_array(part.sparse.to_coo().tocsr(), dtype=dtype)


def values(part: Any) -> Any:
    """Return targets or weights as an array, a dense one; a column whose categories have an order as it is."""
    if hasattr(part, "toarray"):
        return part.toarray()
    return part if is_ordered(part) else np.asarray(part)


def is_ordered(part: Any) -> bool:
    """Return whether a part is a column whose categories have an order."""
    return bool(getattr(getattr(part, "dtype", None), "ordered", False))
