"""From collections of Dask to rows on workers, and to targets and weights beside them, or here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.checks import NUMBERS
from hassenet.distributed.cluster import Cluster, Future
from hassenet.distributed.partition import (
    SPARSE,
    Partition,
    check_alike,
    kind_of,
    numbers,
    sparse_numbers,
    values,
)
from hassenet.distributed.rows import RowsOnWorkers
from hassenet.distributed.spread import Spread
from hassenet.distributed.tables import TableOnWorkers
from hassenet.distributed.targets import TargetsOnWorkers
from hassenet.errors import FeatureError, ParameterError, ShapeError, counted
from hassenet.estimators.checks import sample_weights
from hassenet.files.optional import pandas

Array = NDArray[Any]
Rows = RowsOnWorkers | TableOnWorkers


@final
class Taken(NamedTuple):
    """What a training takes: rows where they are, targets and weights beside them, or here."""

    X: Rows
    y: Any
    weight: Any


def is_collection(X: Any) -> bool:
    """Return whether something is a DataFrame, Series or Array of Dask."""
    return hasattr(X, "to_delayed") and hasattr(X, "dask")


def taken(cluster: Cluster, X: Any, y: Any, weight: Any, most: float = np.inf) -> Taken:
    """Return the data of a training, checked partition by partition.

    Parameters
    ----------
    cluster : Cluster
    X : dask DataFrame or Array
        A table may have columns of text, categories and dates; blocks of an array may be sparse.
    y : dask Series, DataFrame or Array with the same partitions; or an array of all
    weight : the same, or None
    most : float
        Of so many rows at most a collection of targets comes here; of more it stays where it is, and the weights too.

    Raises
    ------
    ParameterError
        If X is not a collection of Dask.
    DataError
        If partitions do not fit together; the message names the first that does not.
    """
    if not is_collection(X):
        raise ParameterError(
            f"X is a DataFrame or an Array of Dask, whose rows lie on the workers; got {type(X).__name__}; take the "
            "estimator without Dask for what is here"
        )
    raw = _futures(cluster, X)
    parts = cluster.results(cluster.each(Partition.of, raw))
    check_alike("X", parts)
    rows = _rows(cluster, raw, parts)
    if is_collection(y) and rows.spread.m > most:
        return Taken(rows, _there(cluster, y, weight, parts, rows.spread), None)
    return Taken(rows, _here(cluster, "y", y, parts), _here(cluster, "sample_weight", weight, parts))


def _futures(cluster: Cluster, collection: Any) -> list[Future]:
    """Return the promise of each partition, all columns of an array in one."""
    whole = (
        collection.rechunk({1: -1}) if hasattr(collection, "rechunk") and collection.ndim > 1 else collection
    )
    found: list[Future] = cluster.client.compute(np.ravel(whole.to_delayed()).tolist())
    return found


def _rows(cluster: Cluster, raw: Sequence[Future], parts: Sequence[Partition]) -> Rows:
    """Return the features where they are: of an array rows, of a table one whose columns are still to be recognised."""
    first, spread = parts[0], Spread(np.cumsum([0, *(part.rows for part in parts)]))
    if not isinstance(first.columns, int) and not first.is_sparse:
        return TableOnWorkers(cluster, tuple(raw), spread, first.columns, first.types)
    dtype = _type_of(first)
    futures = tuple(cluster.each(numbers if isinstance(first.columns, int) else sparse_numbers, raw, dtype))
    return RowsOnWorkers(cluster, futures, spread, first.columns, dtype, first.is_sparse)


def _type_of(part: Partition) -> np.dtype[Any]:
    """Return float32 where all values are of it, else float64."""
    if other := next((one for one in part.types if kind_of(one) not in NUMBERS), None):
        raise FeatureError(
            f"an array of features holds real numbers; X is one of {other}; make a table of it, whose columns may be "
            "text too: dask.dataframe.from_dask_array"
        )
    single = all(one.removeprefix(SPARSE).startswith("float32") for one in part.types)
    return np.dtype(np.float32 if single else np.float64)


def _here(cluster: Cluster, what: str, given: Any, parts: Sequence[Partition]) -> Any:
    """Return targets or weights, brought here partition by partition; what is here is taken as it is."""
    if not is_collection(given):
        return given
    raw, columns = _beside(cluster, what, given, parts)
    return _joined(columns, given, cluster.results(cluster.each(values, raw)))


def _there(
    cluster: Cluster, y: Any, weight: Any, parts: Sequence[Partition], spread: Spread
) -> TargetsOnWorkers:
    """Return targets and weights where they are; weights that are here are sent."""
    raw, columns = _beside(cluster, "y", y, parts)
    weights = None if weight is None else _weights(cluster, weight, parts, spread)
    names = tuple(name for name in [_name_of(y)] if name is not None) if isinstance(columns, int) else columns
    return TargetsOnWorkers.of(cluster, raw, weights, spread, names or None)


def _weights(cluster: Cluster, weight: Any, parts: Sequence[Partition], spread: Spread) -> list[Future]:
    if is_collection(weight):
        return _beside(cluster, "sample_weight", weight, parts)[0]
    w = sample_weights(weight, spread.m)
    return [cluster.kept(w[start:end]) for start, end in pairwise(spread.starts.tolist())]


def _name_of(given: Any) -> str | None:
    """Return the name of a Series, where it is text; an Array has one that is Dask's own."""
    name = None if hasattr(given, "chunks") else getattr(given, "name", None)
    return name if isinstance(name, str) else None


def _beside(
    cluster: Cluster, what: str, given: Any, parts: Sequence[Partition]
) -> tuple[list[Future], tuple[str, ...] | int]:
    """Return the partitions of targets or weights, which are those of the features, and their columns."""
    raw = _futures(cluster, given)
    own = cluster.results(cluster.each(Partition.of, raw))
    if len(own) != len(parts):
        raise ShapeError(
            f"X and {what} have the same partitions; X has {len(parts)}, {what} has {len(own)}; "
            f"{what}.repartition(…), or make both of one table"
        )
    check_alike(what, own)
    uneven = next((p for p, (a, b) in enumerate(zip(parts, own, strict=True)) if a.rows != b.rows), None)
    if uneven is not None:
        raise ShapeError(
            f"X and {what} have the same partitions; in partition {uneven} X has {counted(parts[uneven].rows, 'row')}, "
            f"{what} {own[uneven].rows:,}; make both of one table"
        )
    return raw, own[0].columns


def _joined(columns: tuple[str, ...] | int, given: Any, some: Sequence[Array]) -> Any:
    """Return the values of all partitions; those of a table or of a series with a name have it still."""
    found = np.concatenate(some)
    if isinstance(columns, int):
        return found if _name_of(given) is None else pandas().Series(found, name=_name_of(given))
    return pandas().DataFrame(dict(zip(columns, found.T, strict=True)))
