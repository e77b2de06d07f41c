"""What engines have in common of which a batch lies in several places."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, final

from numpy.typing import NDArray

from hassenet.distributed.spread import Rows
from hassenet.engines import Engine, Objective, Request, WithFallback
from hassenet.engines.dropout import Masks
from hassenet.engines.plan import Plan
from hassenet.engines.steps import Steps, take
from hassenet.errors import ParameterError
from hassenet.optimizers import Optimizer, State

Array = NDArray[Any]


class Divided(Engine):
    """An engine that has another one compute, a part of each batch in each place; θ and its steps are in one.

    Examples that lie in one place are left to the other engine.
    """

    inner: WithFallback
    _places: ClassVar[str]
    _kind: ClassVar[type]

    @final
    def supports(self, request: Request) -> bool:
        """Return that it can; refuse what looks at all rows of a batch at once."""
        if request.normalisation is not None:
            raise ParameterError(
                f"normalise=True looks at all signals of a batch, which lie on several {self._places} here; leave "
                "it out"
            )
        return True

    @final
    def lay_out(self, plan: Plan) -> Plan:
        """Return the plan: it is laid out in each place."""
        return plan

    @final
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
        """Take a step."""
        self.inner.step(layout, objective, theta, state, gradient, optimizer, rate)

    @final
    def train(
        self, layout: Plan, objective: Objective, theta: Array, state: State, data: Any, steps: Steps
    ) -> Array:
        """Take steps, each of a batch of which every place has its share."""
        if not isinstance(data, self._kind):
            return self.inner.train(layout, objective, theta, state, data, steps)
        return take(
            steps,
            lambda rows, masks: self._of_batch(layout, objective, theta, data, rows, masks),
            lambda g, rate: self.step(layout, objective, theta, state, g, steps.optimizer, rate),
        )

    @abstractmethod
    def _of_batch(
        self, plan: Plan, objective: Objective, theta: Array, data: Any, batch: Rows, masks: Masks | None
    ) -> tuple[float, Array]:
        """Return J and its gradient over a batch."""
