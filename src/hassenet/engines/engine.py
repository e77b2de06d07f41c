"""What an engine is: the calls that everything above is written with."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hassenet.engines.dropout import Dropout
from hassenet.engines.plan import Plan
from hassenet.optimizers import Optimizer, State

Array = NDArray[Any]


class Engine(Protocol):
    """The three calls; see :mod:`hassenet.engines.reference` for what each computes."""

    @property
    def name(self) -> str:
        """What it is called in parameters."""

    def description(self) -> str:
        """Return in a line what runs."""

    def forward(self, plan: Plan, theta: Array, X: Any, rank: int | None = None) -> Array:
        """Return x⁽ʳᵃⁿᵏ⁾ of each example."""

    def cost(self, plan: Plan, theta: Array, X: Any, Y: Array, weight: Array | None = None) -> float:
        """Return J."""

    def gradient(
        self, plan: Plan, theta: Array, X: Any, Y: Array, weight: Array | None = None
    ) -> tuple[float, Array]:
        """Return J and the gradient of its smooth part, laid out like θ."""

    def train(
        self,
        plan: Plan,
        theta: Array,
        state: State,
        X: Any,
        Y: Array,
        weight: Array | None,
        order: NDArray[Any],
        *,
        optimizer: Optimizer,
        rates: Array,
        batch_size: int,
        dropout: Dropout | None = None,
        stop: NDArray[np.bool_] | None = None,
    ) -> Array:
        """Take a step for each batch of ``order``; return the costs."""
