"""The readable engine: the formulas as they stand."""

from __future__ import annotations

from functools import partial
from typing import Any, final

from numpy.typing import NDArray

from hassenet.data.rows_of import taken
from hassenet.engines import formulas, normalisation
from hassenet.engines.dropout import Masks
from hassenet.engines.engine import Engine, Request
from hassenet.engines.given import Given
from hassenet.engines.objective import Objective
from hassenet.engines.plan import Plan
from hassenet.engines.steps import Steps, take
from hassenet.optimizers import Optimizer, State

Array = NDArray[Any]


@final
class Reference(Engine):
    """NumPy and SciPy, for everything; a layout is the plan, data are what was given."""

    name = "reference"
    takes_rows_by_number = True

    def description(self) -> str:
        return "reference: NumPy and SciPy"

    def supports(self, request: Request) -> bool:
        return True

    def lay_out(self, plan: Plan) -> Plan:
        return plan

    def put(self, X: Any, Y: Any = None, weight: Array | None = None) -> Given:
        return Given(X, Y, weight)

    def forward(self, layout: Plan, theta: Array, data: Given, rank: int | None = None) -> Array:
        return formulas.forward(layout, theta, taken(data.X), rank)

    def cost(self, layout: Plan, objective: Objective, theta: Array, data: Given) -> float:
        return formulas.cost(layout, objective, theta, data._replace(X=taken(data.X)))

    def gradient(
        self, layout: Plan, objective: Objective, theta: Array, data: Given, masks: Masks | None = None
    ) -> tuple[float, Array]:
        return formulas.gradient(layout, objective, theta, data._replace(X=taken(data.X)), masks)

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
        formulas.take_step(layout.weights, objective, theta, state, gradient, optimizer, rate)

    def train(
        self, layout: Plan, objective: Objective, theta: Array, state: State, data: Given, steps: Steps
    ) -> Array:
        of_a_batch = (
            formulas.gradient
            if steps.normalisation is None
            else partial(normalisation.gradient, steps.normalisation)
        )
        return take(
            steps,
            lambda rows, masks: of_a_batch(layout, objective, theta, data.rows(rows), masks),
            lambda g, rate: self.step(layout, objective, theta, state, g, steps.optimizer, rate),
        )
