"""J and its gradient on examples that may be a stream: the mean over its parts, added in their order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.ahead import Ahead
from hassenet.data.examples import Examples
from hassenet.data.stream import is_stream
from hassenet.engines import Objective, WithFallback
from hassenet.engines.fallback import Put
from hassenet.engines.plan import Plan
from hassenet.errors import ParameterError
from hassenet.training.portions import in_memory

Array = NDArray[Any]


@final
class Parts:
    """Examples as an engine takes them: handed over once, or read anew each time, a window of a stream at a time.

    J = Σ_b (w_b/w) J_b and the same of the gradients, of float64, where w_b are the weights of a part.

    Parameters
    ----------
    engine : WithFallback
    data : Examples
    """

    def __init__(self, engine: WithFallback, data: Examples) -> None:
        self.engine, self.data = engine, data
        self._put = None if is_stream(data.X) else engine.put(*data.parts)

    @property
    def reads(self) -> bool:
        """Whether they are read anew each time."""
        return self._put is None

    def __iter__(self) -> Iterator[tuple[float, Put]]:
        """Yield each part with its share of the weights."""
        if self._put is not None:
            yield 1.0, self._put
            return
        total = _weight(self.data)
        with Ahead(in_memory(self.data), self.data.X.ahead) as parts:
            for part in parts:
                yield _weight(part) / total, self.engine.put(*part.parts)

    def check(self, objective: Objective) -> None:
        """Refuse a stream of a loss that looks at all examples together.

        Raises
        ------
        ParameterError
            If it is one.
        """
        if self._put is None and objective.loss.looks_at_others:
            raise ParameterError(
                f"the cost of {objective.loss!r} is one of all examples together, and a stream has them in parts; read "
                "them into memory"
            )

    def cost(self, plan: Plan, objective: Objective, theta: Array) -> float:
        """Return J."""
        self.check(objective)
        if self._put is not None:
            return self.engine.cost(plan, objective, theta, self._put)
        return float(sum(share * self.engine.cost(plan, objective, theta, part) for share, part in self))

    def gradient(self, plan: Plan, objective: Objective, theta: Array) -> tuple[float, Array]:
        """Return J and the gradient of its smooth part."""
        self.check(objective)
        if self._put is not None:
            return self.engine.gradient(plan, objective, theta, self._put)
        cost, total = 0.0, np.zeros(len(theta))
        for share, part in self:
            J, g = self.engine.gradient(plan, objective, theta, part)
            cost += share * J
            total += share * g
        return cost, total

    def forward(self, plan: Plan, theta: Array) -> Array:
        """Return the outputs of all examples."""
        return np.concatenate([self.engine.forward(plan, theta, part) for _, part in self])


def _weight(data: Examples) -> float:
    w = data.training_weight
    return float(len(data)) if w is None else float(w.sum())
