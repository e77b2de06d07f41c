"""The engine of rows that lie on workers: each computes on its own, and what goes to and fro is θ and sums."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pickle import dumps, loads
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.distributed.cluster import Cluster, Future
from hassenet.distributed.divided import Divided
from hassenet.distributed.drawn import Drawn, Own
from hassenet.distributed.part import Part, aligned, whole_weight
from hassenet.distributed.spread import Rows, Spread
from hassenet.distributed.targets import TargetsOnWorkers
from hassenet.engines import Engine, Objective, WithFallback, formulas, get_engine
from hassenet.engines.dropout import Dropout, Masks
from hassenet.engines.given import Given
from hassenet.engines.plan import Plan
from hassenet.engines.threads import limited
from hassenet.penalties import NoPenalty

Array = NDArray[Any]


@final
@dataclass(frozen=True, eq=False)
class OnWorkers:
    """Examples as this engine takes them in: a promise for each partition that has some."""

    spread: Spread
    parts: dict[int, Future]


@final
@dataclass(frozen=True, eq=False)
class What:
    """What workers need beside θ and the rows, sent once: plan, objective without its penalty, the engine's name."""

    plan: Plan
    objective: Objective | None
    engine: str

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as one string of bytes: arrays that travel beside a message need not be aligned."""
        return _unpacked, (dumps((self.plan, self.objective, self.engine)),)


def _unpacked(packed: bytes) -> What:
    return What(*loads(packed))


@final
class Mapped(Divided):
    """An engine that has another one compute where the rows are.

    J and its gradient are sums over the examples, so that each partition gives its own, one flat vector of float64 with
    Σw behind it, and they are added in a fixed order (:mod:`hassenet.distributed.tree`). A lost worker's partitions are
    computed by the others. Bits do not depend on who computes what, where all have the same instruction level.
    """

    _places = "workers"
    _kind = OnWorkers

    def __init__(self, cluster: Cluster, inner: WithFallback) -> None:
        self.cluster, self.inner = cluster, inner
        self._sent: tuple[What, Future] | None = None

    @property
    def name(self) -> str:
        """That of the engine of the workers, and where it is."""
        return f"{self.inner.name} on workers"

    def description(self) -> str:
        """Return what the workers compute with."""
        return f"{self.inner.description()}, by the workers of a cluster"

    def put(self, X: Any, Y: Any = None, weight: Array | None = None) -> Any:
        """Return promises of the partitions with their targets and weights; examples that are here stay here."""
        if isinstance(X, np.ndarray) or not hasattr(X, "spread"):
            return self.inner.put(X, Y, weight)
        if isinstance(Y, TargetsOnWorkers):
            both = zip(X.futures, Y.futures, strict=True)
            return OnWorkers(
                X.spread, {p: self.cluster.submit(Part.beside, *one) for p, one in enumerate(both)}
            )
        whole, parts = X.spread.rows is None, {}
        for part, rows, examples in X.spread.parts:
            own = (None if one is None else one[examples] for one in (Y, weight))
            parts[part] = self.cluster.submit(Part.of, X.futures[part], None if whole else rows, *own)
        return OnWorkers(X.spread, parts)

    def forward(self, layout: Plan, theta: Array, data: Any, rank: int | None = None) -> Array:
        """Return the features, brought here."""
        if not isinstance(data, OnWorkers):
            return self.inner.forward(layout, theta, data, rank)
        what, point = self._what(layout, None), self.cluster.kept(theta)
        futures = [self.cluster.submit(fed_forward, what, part, point, rank) for part in data.parts.values()]
        return _in_order(data.spread, self.cluster.results(futures))

    def cost(self, layout: Plan, objective: Objective, theta: Array, data: Any) -> float:
        """Return J."""
        if not isinstance(data, OnWorkers):
            return self.inner.cost(layout, objective, theta, data)
        what, point = self._what(layout, objective), self.cluster.kept(theta)
        futures = [self.cluster.submit(whole_cost, what, part, point) for part in data.parts.values()]
        cost, weight = self.cluster.total(futures, added)
        return float(cost / weight) + formulas.penalty(layout, objective, theta)[0]

    def gradient(
        self, layout: Plan, objective: Objective, theta: Array, data: Any, masks: Masks | None = None
    ) -> tuple[float, Array]:
        """Return J and its gradient."""
        if not isinstance(data, OnWorkers):
            return self.inner.gradient(layout, objective, theta, data, masks)
        rows = None if masks is None else np.arange(data.spread.m)
        return self._of_batch(layout, objective, theta, data, rows, masks)

    def _of_batch(
        self,
        plan: Plan,
        objective: Objective,
        theta: Array,
        data: OnWorkers,
        batch: Rows | Drawn | None,
        masks: Masks | None,
    ) -> tuple[float, Array]:
        what, point = self._what(plan, objective), self.cluster.kept(theta)
        futures = [
            self.cluster.submit(compute, what, data.parts[part], point, *rest)
            for compute, part, *rest in _calls(data, batch, masks)
        ]
        return with_penalty(plan, objective, theta, self.cluster.total(futures, added))

    def _what(self, plan: Plan, objective: Objective | None) -> Future:
        """Return the promise of plan and objective, sent when they are others than in the call before."""
        bare = None if objective is None else without_penalty(objective)
        if self._sent is None or self._sent[0].plan is not plan or self._sent[0].objective != bare:
            what = What(plan, bare, self.inner.name)
            self._sent = what, self.cluster.kept(what)
        return self._sent[1]


def _calls(data: OnWorkers, batch: Rows | Drawn | None, masks: Masks | None) -> Iterator[tuple[Any, ...]]:
    """Yield what computes the gradient of a batch: a function, the number of a partition, and which examples of it."""
    if batch is None:
        yield from ((whole_gradient, part) for part in data.parts)
    elif isinstance(batch, Drawn):
        yield from ((drawn_gradient, own.part, own, masks and masks.dropout) for own in batch)
    else:
        for s in data.spread.shares(batch):
            kept = masks and masks._replace(examples=masks.examples[s.within])
            yield whole_gradient, s.part, s.places, kept


def without_penalty(objective: Objective) -> Objective:
    """Return the objective of the examples alone: a penalty is not a sum over them."""
    return replace(objective, penalty=NoPenalty(), groups=None, signs=None, apart=None)


def with_penalty(plan: Plan, objective: Objective, theta: Array, total: Array) -> tuple[float, Array]:
    """Return J and its gradient of [Σw ∂L/∂θ, Σw L, Σw]."""
    value, slope = formulas.penalty(plan, objective, theta)
    with np.errstate(over="ignore", invalid="ignore"):
        g = (total[:-2] / total[-1] + slope).astype(theta.dtype)
    return float(total[-2] / total[-1]) + value, g


def added(some: Sequence[Array]) -> Array:
    """Return the sum of vectors, from left to right."""
    total = some[0].copy()
    with np.errstate(over="ignore", invalid="ignore"):
        for one in some[1:]:
            total += one
    return total


# ---------------------------------------------------------------- what a worker computes


def whole_gradient(
    what: What, part: Part, theta: Array, places: Array | None = None, masks: Masks | None = None
) -> Array:
    """Return [Σw ∂L/∂θ, Σw L, Σw] of some examples of a partition, (p + 2,) of float64."""
    data = part.given(places)
    return _by_engine(
        what, data, lambda engine, put: weighted_gradient(engine, what, theta, put, data, masks)
    )


def drawn_gradient(what: What, part: Part, theta: Array, own: Own, dropout: Dropout | None) -> Array:
    """Return [Σw ∂L/∂θ, Σw L, Σw] of the examples of a partition that its own order gives."""
    masks = None if dropout is None else Masks(dropout, own.examples)
    return whole_gradient(what, part, theta, own.places, masks)


def weighted_gradient(
    engine: Engine, what: What, theta: Array, put: Any, data: Given, masks: Masks | None
) -> Array:
    """Return [Σw ∂L/∂θ, Σw L, Σw] of examples that an engine has taken in."""
    cost, g = engine.gradient(what.plan, what.objective, aligned(theta), put, masks)  # type: ignore[arg-type]  # it is there
    with np.errstate(over="ignore", invalid="ignore"):
        return np.concatenate([g.astype(np.float64), [cost, 1.0]]) * whole_weight(data)


def whole_cost(what: What, part: Part, theta: Array) -> Array:
    """Return [Σw L, Σw] of a partition."""
    data = part.given()
    cost = _by_engine(what, data, lambda e, put: e.cost(what.plan, what.objective, aligned(theta), put))
    return np.array([cost, 1.0]) * whole_weight(data)


def fed_forward(what: What, part: Part, theta: Array, rank: int | None) -> Array:
    """Return the features of the examples of a partition."""
    features: Array = _by_engine(
        what, part.given(), lambda e, put: e.forward(what.plan, aligned(theta), put, rank)
    )
    return features


def _by_engine(what: What, data: Given, compute: Callable[[Any, Any], Any]) -> Any:
    """Return what the worker's engine computes, with one thread: a worker has several such calls at a time."""
    engine = get_engine(what.engine)
    with limited(1):
        return compute(engine, engine.put(*data))


def _in_order(spread: Spread, values: Sequence[Array]) -> Array:
    """Return values of the examples of each partition in the order of all examples."""
    found = np.empty((spread.m, *values[0].shape[1:]), values[0].dtype)
    for (_, _, examples), value in zip(spread.parts, values, strict=True):
        found[examples] = value
    return found
