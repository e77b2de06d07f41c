"""Targets and weights that lie on the workers of a Dask cluster, beside the features."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, Self, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.added import Added
from hassenet.data.class_numbers import ClassNumbers
from hassenet.data.examples import Examples
from hassenet.data.missing_targets import missing_in, without_target
from hassenet.data.targets_elsewhere import TargetsElsewhere
from hassenet.distributed.cluster import Cluster, Future
from hassenet.distributed.drawn import Drawn, evenly, in_turn
from hassenet.distributed.marks import mark_of
from hassenet.distributed.partition import values
from hassenet.distributed.refused import made_or_refused, refusal_of
from hassenet.distributed.spread import Spread
from hassenet.errors import DataError, TargetError

Array = NDArray[Any]


@final
@dataclass(frozen=True, eq=False, repr=False)
class TargetsOnWorkers(TargetsElsewhere):
    """Targets with their weights, a promise a partition.

    Parameters
    ----------
    cluster : Cluster
    futures : tuple of Future
        Of :class:`hassenet.data.examples.Examples`, whose X are the rows of the partition that they belong to.
    parts : tuple of int
        The partitions of the table that have examples.
    spread : Spread
        Where they lie.
    firsts : (P,) array of int
        The number of the first row of each partition of the table.
    few : array, or class numbers
        Targets that show what all are.
    names : tuple of str, optional
    """

    cluster: Cluster
    futures: tuple[Future, ...]
    parts: tuple[int, ...]
    spread: Spread
    firsts: Array
    few: Any
    names: tuple[str, ...] | None = None

    @staticmethod
    def of(
        cluster: Cluster,
        y: Sequence[Future],
        weight: Sequence[Future] | None,
        offset: Sequence[Future] | None,
        exposure: Sequence[Future] | None,
        spread: Spread,
        names: tuple[str, ...] | None,
    ) -> TargetsOnWorkers:
        """Return the targets of all rows of a table, as they were given; of what they are nothing is known yet."""
        beside = (one or [None] * len(y) for one in (weight, offset, exposure))
        futures = tuple(cluster.submit(_given, *each) for each in zip(y, *beside, strict=True))
        parts, nothing = tuple(range(len(y))), np.empty((0, 1))
        return TargetsOnWorkers(cluster, futures, parts, spread, spread.starts[:-1], nothing, names)

    def __len__(self) -> int:
        return self.spread.m

    # ---------------------------------------------------------------- what is made of them

    def each(self, function: Callable[[Any], Any], few: Any) -> Self:
        """Return what a function makes of the examples of each partition; one without any is left out."""
        return replace(self.picked([function] * len(self.parts)), few=few)

    def picked(self, functions: Sequence[Callable[[Any], Any]]) -> Self:
        """Return what of the examples of each partition a function of its own takes."""
        made = [
            self.cluster.submit(made_or_refused, *each) for each in zip(functions, self.futures, strict=True)
        ]
        sizes = self.cluster.results(self.cluster.each(_size, made))
        pairs = zip(self.parts, sizes, strict=True)
        if refused := {part: one for part, one in pairs if isinstance(one, DataError)}:
            raise self._refusal(refused)
        kept = np.flatnonzero(sizes).tolist()
        if not kept:
            raise TargetError(
                "an example has a target and a weight above 0; of no row of X both are so; give some"
            )
        return replace(
            self,
            futures=tuple(made[k] for k in kept),
            parts=tuple(self.parts[k] for k in kept),
            spread=Spread(np.cumsum([0, *(sizes[k] for k in kept)])),
        )

    def _refusal(self, refused: Mapping[int, DataError]) -> DataError:
        """Return one error of all partitions: of rows without a target their number, else how many others there are."""
        part, error = next(iter(refused.items()))
        missing = dict(zip(self.parts, self.found(_without_target), strict=True))
        n, first, m = missing[part]
        if n and without_target(n, m, f"row {first:,}") in str(error):
            each = np.array(list(missing.values())).sum(axis=0)
            return DataError(without_target(each[0], each[2], f"row {first:,} of partition {part}"))
        return refusal_of(refused)

    def mapped(self, function: Callable[[Any], Any]) -> Self:
        """Return what a function makes of the targets of each partition."""
        found = self.each(_OfTargets(function), self.few)
        return replace(found, few=function(self.few))

    def found(self, function: Callable[[Any], Any]) -> list[Any]:
        """Return what a function finds in the examples of each partition."""
        return self.cluster.results(self.cluster.each(function, self.futures))

    def added(self, function: Callable[[Any], Any]) -> Any:
        """Return the sum of what a function finds in the examples of each partition."""
        return self.cluster.total(self.cluster.each(function, self.futures), _sum)

    # ---------------------------------------------------------------- what a training asks

    @property
    def bounds(self) -> tuple[Array, Array]:
        """The least and the largest target of each column: the few have both."""
        few = np.asarray(self.few, np.float64)
        return np.fmin.reduce(few), np.fmax.reduce(few)

    @cached_property
    def digest(self) -> Array:
        """What marks the targets and weights, with their rows, and how many there are."""
        marks = [
            self.cluster.submit(_mark, one, first)
            for one, (first, _) in zip(self.futures, pairwise(self.spread.starts.tolist()), strict=True)
        ]
        mark: Array = self.cluster.total(marks, _sum)
        return np.concatenate([mark.view(np.uint32), self.spread.starts[-1:]]).astype(np.float64)

    @cached_property
    def mean_weight(self) -> float:
        """Σw/m in training."""
        return float(self.added(_whole_weight)) / len(self)

    @cached_property
    def offsets(self) -> int:
        """How many columns of offsets the examples have."""
        return max(self.found(_columns_of_offsets))

    def mean(self, function: Callable[[Any], Array]) -> float:
        """Return Σᵢ wᵢ f(yᵢ) / Σw."""
        total, weight = self.added(_Weighted(function))
        return float(total / weight)

    def order(self, seed: int, epoch: int) -> Drawn:
        """Return the examples in an order that each partition makes of its own, each with its share of a batch."""
        return Drawn(self._sizes, evenly, (seed, epoch), 0, len(self))

    @property
    def in_turn(self) -> Drawn:
        """The examples as they stand."""
        return Drawn(self._sizes, in_turn, None, 0, len(self))

    @property
    def _sizes(self) -> Any:
        return np.diff(self.spread.starts)

    # ---------------------------------------------------------------- what is brought

    @property
    def places(self) -> Array:
        """Which of all rows the examples are."""
        each = zip(self.parts, self.found(_rows_in_part), strict=True)
        return np.concatenate([self.firsts[p] + rows for p, rows in each])

    def brought(self) -> Examples:
        """Return the targets and weights themselves, here: for the few rows that are held out."""
        every = self.found(_itself)
        numbers = isinstance(every[0].Y, ClassNumbers)
        Y = np.concatenate([one.Y.numbers if numbers else one.Y for one in every])
        weights = [one.weight for one in every]
        return Examples(
            np.arange(len(self)),
            ClassNumbers(Y, every[0].Y.k) if numbers else Y,
            None if weights[0] is None else np.concatenate(weights),
            offset=None if every[0].offset is None else np.concatenate([one.offset for one in every]),
        )

    def __repr__(self) -> str:
        return f"TargetsOnWorkers({len(self):,} examples, {len(self.futures)} partitions)"


def rows_of(examples: TargetsOnWorkers, parts: Sequence[Future]) -> tuple[Future, ...]:
    """Return the rows that examples are, of the partitions of a table; one of which they are all stays as it is."""
    each = zip(examples.parts, examples.futures, strict=True)
    return tuple(examples.cluster.submit(_rows, parts[p], one) for p, one in each)


@final
class _OfTargets:
    """Examples ↦ the same with what a function makes of the targets; an object, so that workers can be handed it."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __call__(self, one: Examples) -> Examples:
        return replace(one, Y=self.function(one.Y))


@final
class _Weighted:
    """Examples ↦ [Σw f(y), Σw]."""

    def __init__(self, function: Callable[[Any], Array]) -> None:
        self.function = function

    def __call__(self, one: Examples) -> Array:
        w = _weights(one)
        return np.array([w @ self.function(one.Y), w.sum()])


def _given(y: Any, weight: Any, *added: Any) -> Examples:
    """Return the targets of a partition as they were given: a table stays one, whose columns have names.

    Its offset is as it was given, too: that, and an exposure.
    """
    own = y if hasattr(y, "columns") else values(y)
    offset, exposure = (None if one is None else np.asarray(one) for one in added)
    weight = None if weight is None else np.asarray(weight)
    both = None if offset is None and exposure is None else Added(offset, exposure)
    return Examples(np.arange(len(own)), own, weight, offset=both)  # type: ignore[arg-type]  # not yet one array


def _without_target(one: Examples) -> tuple[int, int, int]:
    """Return how many rows have no target, of one target, the first of them, and how many rows there are."""
    try:
        rows = missing_in(one.Y)
    except DataError:  # masked
        rows = []
    return len(rows), rows[0] if rows else 0, len(one)


def _size(one: Any) -> Any:
    return one if isinstance(one, DataError) else len(one)


def _rows(part: Any, one: Examples) -> Any:
    if len(one) == part.shape[0]:
        return part
    return part.iloc[one.X] if hasattr(part, "iloc") else part[one.X]


def _weights(one: Examples) -> Array:
    w = one.training_weight
    return np.ones(len(one)) if w is None else w


def _whole_weight(one: Examples) -> float:
    return float(_weights(one).sum())


def _sum(some: Sequence[Any]) -> Any:
    total = some[0]
    for one in some[1:]:
        total = total + one
    return total


def _columns_of_offsets(one: Examples) -> int:
    return one.offsets


def _rows_in_part(one: Examples) -> Array:
    return np.asarray(one.X)


def _itself(one: Any) -> Any:
    return one


def _mark(one: Examples, first: int) -> Array:
    Y = one.Y.numbers[:, None] if isinstance(one.Y, ClassNumbers) else one.Y
    added = [] if one.offset is None else [one.offset]
    return mark_of(np.column_stack([Y, _weights(one), *added]), first)
