"""The engine of processes that share each batch: every rank computes its own rows, and one all-reduce adds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.distributed.divided import Divided
from hassenet.distributed.mapped import with_penalty, without_penalty
from hassenet.distributed.part import Part, whole_weight
from hassenet.distributed.spread import Rows, Spread
from hassenet.engines import Objective, WithFallback, formulas
from hassenet.engines.dropout import Masks
from hassenet.engines.plan import Plan

Array = NDArray[Any]


@final
@dataclass(frozen=True, eq=False)
class OnRanks:
    """Examples as this engine takes them in: those of this rank, and where all of them are."""

    spread: Spread
    part: Part
    examples: Rows
    whole: Any


@final
class Shared(Divided):
    """An engine of which every rank computes its share of a batch, all in step.

    What is added is [Σw ∂L/∂θ, Σw L, Σw], one vector of float64, by one all-reduce a step. MPI gives all ranks the same
    bits of it, so that θ is the same on each without being sent.
    """

    _places = "ranks"
    _kind = OnRanks

    def __init__(self, comm: Any, inner: WithFallback) -> None:
        self.comm, self.inner = comm, inner

    @property
    def name(self) -> str:
        """That of the engine of each rank."""
        return f"{self.inner.name} on ranks"

    def description(self) -> str:
        """Return what each rank computes with."""
        return f"{self.inner.description()}, on {self.comm.size} ranks"

    def put(self, X: Any, Y: Any = None, weight: Array | None = None) -> Any:
        """Return the rows of this rank with their targets and weights; examples that all have stay as they are."""
        if not hasattr(X, "mine"):
            return self.inner.put(X, Y, weight)
        rows, examples = X.mine
        own = (None if one is None else one[examples] for one in (Y, weight))
        part = Part(X.own, rows, *own)
        return OnRanks(X.spread, part, examples, self.inner.put(*part.given()))

    def forward(self, layout: Plan, theta: Array, data: Any, rank: int | None = None) -> Array:
        """Return the features of all examples, on every rank."""
        if not isinstance(data, OnRanks):
            return self.inner.forward(layout, theta, data, rank)
        every = self.comm.allgather((data.examples, self.inner.forward(layout, theta, data.whole, rank)))
        found = np.empty((data.spread.m, *every[0][1].shape[1:]), every[0][1].dtype)
        for examples, values in every:
            found[examples] = values
        return found

    def cost(self, layout: Plan, objective: Objective, theta: Array, data: Any) -> float:
        """Return J."""
        if not isinstance(data, OnRanks):
            return self.inner.cost(layout, objective, theta, data)
        own = np.zeros(2)
        if len(data.examples):
            cost = self.inner.cost(layout, without_penalty(objective), theta, data.whole)
            own = np.array([cost, 1.0]) * whole_weight(data.part.given())
        cost, weight = self._added(own)
        return float(cost / weight) + formulas.penalty(layout, objective, theta)[0]

    def gradient(
        self, layout: Plan, objective: Objective, theta: Array, data: Any, masks: Masks | None = None
    ) -> tuple[float, Array]:
        """Return J and its gradient."""
        if not isinstance(data, OnRanks):
            return self.inner.gradient(layout, objective, theta, data, masks)
        own = masks and masks._replace(examples=masks.examples[data.examples])
        weight = whole_weight(data.part.given()) if len(data.examples) else 0.0
        return self._together(layout, objective, theta, data.whole, weight, own)

    def _of_batch(
        self, plan: Plan, objective: Objective, theta: Array, data: OnRanks, batch: Rows, masks: Masks | None
    ) -> tuple[float, Array]:
        own = [share for share in data.spread.shares(batch) if share.part == self.comm.rank]
        if not own:
            return self._together(plan, objective, theta, None, 0.0, None)
        given = data.part.given(own[0].places)
        kept = masks and masks._replace(examples=masks.examples[own[0].within])
        return self._together(plan, objective, theta, self.inner.put(*given), whole_weight(given), kept)

    def _together(
        self, plan: Plan, objective: Objective, theta: Array, put: Any, weight: float, masks: Masks | None
    ) -> tuple[float, Array]:
        own = np.zeros(len(theta) + 2)
        if weight:
            cost, g = self.inner.gradient(plan, without_penalty(objective), theta, put, masks)
            with np.errstate(over="ignore", invalid="ignore"):
                own = np.concatenate([g.astype(np.float64), [cost, 1.0]]) * weight
        return with_penalty(plan, objective, theta, self._added(own))

    def _added(self, own: Array) -> Array:
        """Return the sum over the ranks, the same bits on each."""
        total = np.empty_like(own)
        self.comm.Allreduce(own, total)
        return total
