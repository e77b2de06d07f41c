"""From collections of Dask to rows on workers, and to targets and weights beside them, or here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, final

import numpy as np

from hassenet.data.checks import NUMBERS, check_one_each, unmasked
from hassenet.distributed.cluster import Cluster, Future
from hassenet.distributed.partition import (
    SPARSE,
    Partition,
    check_alike,
    check_two_dimensional,
    is_ordered,
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
from hassenet.files.optional import dask, pandas

Rows = RowsOnWorkers | TableOnWorkers


@final
class Taken(NamedTuple):
    """What a training takes: rows where they are, targets and weights beside them, or here."""

    X: Rows
    y: Any
    weight: Any
    offset: Any = None
    exposure: Any = None

    @property
    def added(self) -> dict[str, Any]:
        """What is added to signals, by what it is called: of targets that stay it is beside them."""
        both = {"offset": self.offset, "exposure": self.exposure}
        return {name: one for name, one in both.items() if one is not None}


def is_collection(X: Any) -> bool:
    """Return whether something is a DataFrame, Series or Array of Dask, or a list of its promises, a partition each."""
    return is_promised(X) or (hasattr(X, "to_delayed") and hasattr(X, "dask"))


def is_promised(X: Any) -> bool:
    """Return whether something is a list of futures, or of what is delayed, a partition each; or one of these.

    >>> is_promised([[1.0], [2.0]]), is_promised([])
    (False, False)
    """
    some = X if isinstance(X, list | tuple) else [X]
    return bool(some) and all(_is_future(one) or _is_delayed(one) for one in some)


def _is_future(one: Any) -> bool:
    return type(one).__module__.startswith("distributed.") and type(one).__name__ == "Future"


def _is_delayed(one: Any) -> bool:
    return type(one).__module__.startswith("dask.delayed")  # which has any attribute that it is asked for


def taken(
    cluster: Cluster,
    X: Any,
    y: Any,
    weight: Any = None,
    offset: Any = None,
    exposure: Any = None,
    *,
    most: float = np.inf,
) -> Taken:
    """Return the data of a training, checked partition by partition.

    Parameters
    ----------
    cluster : Cluster
    X : dask DataFrame or Array, or list of promises
        A table may have columns of text, categories and dates; blocks of an array may be sparse.
    y : dask Series, DataFrame or Array with the same partitions; or an array of all
    weight, offset, exposure : the same, or None
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
            f"X is a DataFrame or an Array of Dask, or a list of its futures, whose rows lie on the workers; got "
            f"{type(X).__name__}; take the estimator without Dask for what is here"
        )
    raw = _futures(cluster, X)
    parts = cluster.results(cluster.each(Partition.of, raw))
    check_alike("X", parts)
    check_two_dimensional(parts[0])
    rows = _rows(cluster, raw, parts)
    beside = {"sample_weight": weight, "offset": offset, "exposure": exposure}
    if is_collection(y) and rows.spread.m > most:
        return Taken(rows, _there(cluster, y, beside, parts, rows.spread), None)
    return Taken(rows, *(_here(cluster, name, one, parts) for name, one in ({"y": y} | beside).items()))


def _futures(cluster: Cluster, collection: Any) -> list[Future]:
    """Return the promise of each partition, all columns of an array in one."""
    return [one if _is_future(one) else cluster.client.compute(one) for one in partitions_of(collection)]


def partitions_of(collection: Any) -> list[Any]:
    """Return the partitions of a collection, delayed, all columns of an array in one; those of a list as they are.

    Raises
    ------
    ParameterError
        If it is a Bag, of objects.
    """
    if is_promised(collection):
        return list(collection) if isinstance(collection, list | tuple) else [collection]
    if not hasattr(collection, "ndim"):
        raise ParameterError(
            f"a collection of Dask is a DataFrame, a Series or an Array; got a {type(collection).__name__}, of "
            "objects; make it a DataFrame: to_dataframe()"
        )
    is_wide = hasattr(collection, "rechunk") and collection.ndim > 1
    whole = collection.rechunk({1: -1}) if is_wide else collection
    return list(np.ravel(whole.to_delayed()).tolist())


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
    if not isinstance(columns, int):
        return pandas().concat(cluster.results(raw), ignore_index=True)
    each = cluster.results(cluster.each(values, raw))
    if all(map(is_ordered, each)):
        return pandas().concat(each, ignore_index=True)
    found = np.concatenate(each)
    return found if _name_of(given) is None else pandas().Series(found, name=_name_of(given))


def _there(
    cluster: Cluster, y: Any, beside: Mapping[str, Any], parts: Sequence[Partition], spread: Spread
) -> TargetsOnWorkers:
    """Return targets, and what is beside them, where they are; what of it is here is sent."""
    raw, columns = _beside(cluster, "y", y, parts)
    weights, offsets, exposures = (_sent(cluster, name, one, parts, spread) for name, one in beside.items())
    names = tuple(name for name in [_name_of(y)] if name is not None) if isinstance(columns, int) else columns
    return TargetsOnWorkers.of(cluster, raw, weights, offsets, exposures, spread, names or None)


def _sent(
    cluster: Cluster, what: str, given: Any, parts: Sequence[Partition], spread: Spread
) -> list[Future] | None:
    if given is None or is_collection(given):
        return None if given is None else _beside(cluster, what, given, parts)[0]
    whole = sample_weights(given, spread.m) if what == "sample_weight" else np.asarray(given)
    check_one_each(what, whole.shape, spread.m)
    return [cluster.kept(whole[start:end]) for start, end in pairwise(spread.starts.tolist())]


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
    check_as_many(what, len(own), len(parts))
    check_alike(what, own)
    uneven = next((p for p, (a, b) in enumerate(zip(parts, own, strict=True)) if a.rows != b.rows), None)
    if uneven is not None:
        raise ShapeError(
            f"X and {what} have the same partitions; in partition {uneven} X has {counted(parts[uneven].rows, 'row')}, "
            f"{what} {own[uneven].rows:,}; make both of one table"
        )
    return raw, own[0].columns


def check_as_many(what: str, own: int, parts: int) -> None:
    """Refuse a collection that has other partitions than the features.

    Raises
    ------
    ShapeError
    """
    if own != parts:
        raise ShapeError(
            f"X and {what} have the same partitions; X has {parts}, {what} has {own}; {what}.repartition(…), or make "
            "both of one table"
        )


def brought(what: str, given: Any) -> Any:
    """Return targets or weights themselves, of a collection all of its partitions; what is here is taken as it is."""
    if not is_collection(given):
        return given
    parts = dask("base").compute(*map(_delayed, partitions_of(given)))
    if hasattr(parts[0], "iloc"):
        return pandas().concat(parts, ignore_index=True)
    return np.concatenate([values(unmasked(what, part)) for part in parts])


def _delayed(one: Any) -> Any:
    return dask("delayed").delayed(one)
