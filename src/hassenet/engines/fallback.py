"""An engine, and the readable one for what it does not support."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.rows_of import taken
from hassenet.engines.deltas import ThroughDeltas
from hassenet.engines.dropout import Dropout, Masks
from hassenet.engines.engine import Engine, Request
from hassenet.engines.given import Given
from hassenet.engines.objective import Objective
from hassenet.engines.plan import Plan
from hassenet.engines.reference import Reference
from hassenet.engines.steps import Steps
from hassenet.errors import HassenetWarning
from hassenet.likelihoods import LOSSES
from hassenet.likelihoods.joint import plain_losses
from hassenet.optimizers import Optimizer, State

Array = NDArray[Any]

_READABLE = Reference()


@final
class Put(NamedTuple):
    """Examples as they were given, and as each engine that has been asked for anything has taken them in."""

    given: Given
    taken: dict[str, Any]

    def into(self, engine: Engine) -> Any:
        """Return the examples as an engine takes them, put there when it first needs them."""
        if engine.name not in self.taken:
            self.taken[engine.name] = engine.put(*self.given)
        return self.taken[engine.name]


@final
class WithFallback(Engine):
    """An engine that has the readable one do what it does not support; its layout is the plan itself.

    A loss that it does not know is computed beside it, of its signals (``engines/deltas.py``).

    Examples
    --------
    >>> WithFallback(Reference()).name
    'reference'
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._deltas = ThroughDeltas(engine)

    @property
    def name(self) -> str:
        """The name of the engine."""
        return self.engine.name

    def description(self) -> str:
        return self.engine.description()

    def supports(self, request: Request) -> bool:
        return True

    def lay_out(self, plan: Plan) -> Plan:
        return plan

    def put(self, X: Any, Y: Any = None, weight: Array | None = None) -> Put:
        return Put(Given(X if self.engine.takes_rows_by_number else taken(X), Y, weight), {})

    def forward(self, layout: Plan, theta: Array, data: Put, rank: int | None = None) -> Array:
        one = self._for(Request(layout, theta.dtype, data.given))
        return one.forward(one.lay_out(layout), theta, data.into(one), rank)

    def cost(self, layout: Plan, objective: Objective, theta: Array, data: Put) -> float:
        one = self._for(Request(layout, theta.dtype, data.given, objective))
        return one.cost(one.lay_out(layout), objective, theta, data.into(one))

    def gradient(
        self, layout: Plan, objective: Objective, theta: Array, data: Put, masks: Masks | None = None
    ) -> tuple[float, Array]:
        dropout = None if masks is None else masks.dropout
        one = self._for(Request(layout, theta.dtype, data.given, objective, dropout=dropout))
        return one.gradient(one.lay_out(layout), objective, theta, data.into(one), masks)

    def step(
        self,
        layout: Plan,
        objective: Objective,
        theta: Array,
        state: State,
        gradient: Array,
        optimizer: Optimizer,
        rate: float,
    ) -> None:
        one = self._for(Request(layout, theta.dtype, None, objective, optimizer))
        one.step(one.lay_out(layout), objective, theta, state, gradient, optimizer, rate)

    def train(
        self, layout: Plan, objective: Objective, theta: Array, state: State, data: Put, steps: Steps
    ) -> Array:
        options = (steps.optimizer, steps.dropout, steps.normalisation)
        one = self._for(Request(layout, theta.dtype, data.given, objective, *options))
        return one.train(one.lay_out(layout), objective, theta, state, data.into(one), steps)

    def say_what_it_does_not_know(
        self, plan: Plan, objective: Objective, dropout: Dropout | None = None
    ) -> None:
        """Warn where the readable engine computes instead: of an activation of a user's own, or a loss beside it."""
        own = [f"the activation {G.name!r}" for layer in plan.layers for G, _ in layer.G.parts if G.is_own]
        losses = [L for L in plain_losses(objective.loss) if type(L) is not type(LOSSES.get(L.name))]
        if not self._takes_deltas(plan, objective, dropout):
            own += [f"the loss {getattr(L, 'label', L.name)!r}" for L in losses]
        if self.name != _READABLE.name and own:
            warnings.warn(
                f"engine={self.name!r} does not know {own[0]}; the readable engine computes, with the results that it "
                "would have, many times slower; leave engine out, and this is not said again",
                HassenetWarning,
                stacklevel=3,
            )

    def _takes_deltas(self, plan: Plan, objective: Objective, dropout: Dropout | None) -> bool:
        return self._deltas.supports(Request(plan, np.dtype(float), None, objective, dropout=dropout))

    def _for(self, request: Request) -> Engine:
        """Return the engine; where it does not know the loss, or that examples look at others, with given δ."""
        looks = request.objective is not None and request.objective.loss.looks_at_others
        if self.engine.name == _READABLE.name or (not looks and self.engine.supports(request)):
            return self.engine
        return self._deltas if self._deltas.supports(request) else _READABLE
