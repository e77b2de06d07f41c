"""A loss that an engine does not know, on that engine: the signals are its own, L and δ of them the library's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet.activations.rank import RankActivation
from hassenet.engines import formulas
from hassenet.engines.dropout import Masks
from hassenet.engines.engine import Engine, Request
from hassenet.engines.given import Given
from hassenet.engines.objective import Objective
from hassenet.engines.once import OncePerPlan
from hassenet.engines.plan import Plan
from hassenet.engines.steps import Steps, take
from hassenet.likelihoods.linear import Linear
from hassenet.likelihoods.top import Top, top
from hassenet.optimizers import Optimizer, State

Array = NDArray[Any]


@OncePerPlan
def _of_signals(plan: Plan) -> Plan:
    """Return the plan of the network whose outputs are its last signals."""
    *below, last = plan.layers
    G = RankActivation.of(["identity"] * plan.n_outputs)
    return replace(plan, layers=(*below, replace(last, G=G)))


@final
class _LaidOut(NamedTuple):
    """A plan, and the one of its signals as the engine has it."""

    plan: Plan
    signals: Any


@final
@dataclass(frozen=True)
class ThroughDeltas(Engine):
    """An engine with any loss: it feeds forward to the signals, is given their δ, and propagates it back.

    That is one feed-forward more than with a loss of its own. Dropout, whose signals it does not give, it cannot do.
    """

    engine: Engine

    @property
    def name(self) -> str:
        """That of the engine, and how: data as they are taken in are another thing."""
        return f"{self.engine.name} with deltas"

    def description(self) -> str:
        return f"{self.engine.description()}; the loss is computed by NumPy"

    def supports(self, request: Request) -> bool:
        if request.objective is None or request.dropout is not None:
            return False
        data = request.data
        if data is not None and issparse(data.Y):
            return False
        given = None if data is None else Given(data.X, np.empty((0, request.plan.n_outputs)), data.weight)
        goal = _linear(request.objective)
        return self.engine.supports(
            request._replace(plan=_of_signals(request.plan), data=given, objective=goal)
        )

    def lay_out(self, plan: Plan) -> _LaidOut:
        return _LaidOut(plan, self.engine.lay_out(_of_signals(plan)))

    def put(self, X: Any, Y: Any = None, weight: Array | None = None) -> Given:
        return Given(X, Y, weight)

    def forward(self, layout: _LaidOut, theta: Array, data: Given, rank: int | None = None) -> Array:
        return self.engine.forward(self.engine.lay_out(layout.plan), theta, self.engine.put(data.X), rank)

    def cost(self, layout: _LaidOut, objective: Objective, theta: Array, data: Given) -> float:
        return self._cost(layout, objective, theta, data, *self._top(layout, objective, theta, data))

    def gradient(
        self, layout: _LaidOut, objective: Objective, theta: Array, data: Given, masks: Masks | None = None
    ) -> tuple[float, Array]:
        one, s, y = self._top(layout, objective, theta, data)
        with np.errstate(over="ignore", invalid="ignore"):
            delta = one.delta(s, y).T
        given = self.engine.put(data.X, np.ascontiguousarray(delta), data.weight)
        _, g = self.engine.gradient(layout.signals, _linear(objective), theta, given)
        return self._cost(layout, objective, theta, data, one, s, y), g

    def step(
        self,
        layout: _LaidOut,
        objective: Objective,
        theta: Array,
        state: State,
        gradient: Array,
        optimizer: Optimizer,
        rate: float,
    ) -> None:
        formulas.take_step(layout.plan.weights, objective, theta, state, gradient, optimizer, rate)

    def train(
        self, layout: _LaidOut, objective: Objective, theta: Array, state: State, data: Given, steps: Steps
    ) -> Array:
        return take(
            steps,
            lambda rows, _: self.gradient(layout, objective, theta, data.rows(rows)),
            lambda g, rate: self.step(layout, objective, theta, state, g, steps.optimizer, rate),
        )

    def _top(
        self, layout: _LaidOut, objective: Objective, theta: Array, data: Given
    ) -> tuple[Top, Array, Array]:
        """Return what makes L and δ of the signals, the signals, and the targets as it takes them."""
        s = self.engine.forward(layout.signals, theta, self.engine.put(data.X)).T
        with np.errstate(over="ignore", invalid="ignore"):
            if objective.loss.looks_at_others:
                return formulas.known(objective, s, data), s, s
        return objective.top, s, formulas.columns(data.Y, slice(None), theta.dtype)

    def _cost(
        self, layout: _LaidOut, objective: Objective, theta: Array, data: Given, one: Top, s: Array, y: Array
    ) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            value = float(one.value(s, y) @ formulas.shares(data))
        return value + formulas.penalty(layout.plan, objective, theta)[0]


def _linear(objective: Objective) -> Objective:
    """Return the objective of a given δ, with the same penalties and signs."""
    identity = RankActivation.of(["identity"] * len(objective.top.G.names))
    return replace(objective, top=top(Linear(), identity))
