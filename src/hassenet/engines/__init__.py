"""Engines: forward, gradient and train on a plan. The reference engine is the specification of the others."""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray

from hassenet.engines import reference
from hassenet.engines.plan import Plan
from hassenet.errors import ParameterError
from hassenet.optimizers import Optimizer, State

Array = NDArray[Any]


class Engine(Protocol):
    """The three calls; see :mod:`hassenet.engines.reference` for what each computes."""

    @property
    def name(self) -> str:
        """What it is called in parameters."""

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
    ) -> Array:
        """Take a step for each batch of ``order``; return the costs."""


_ENGINES: dict[str, Engine] = {reference.name: reference}


def available() -> tuple[str, ...]:
    """Return the names of the engines that can run here, the default first.

    Examples
    --------
    >>> "reference" in available()
    True
    """
    return tuple(_ENGINES)


def get_engine(name: str | None = None) -> Engine:
    """Return the engine of that name; None means the default.

    Raises
    ------
    ParameterError
        If there is none.

    Examples
    --------
    >>> get_engine("reference").name
    'reference'
    """
    chosen = available()[0] if name is None else name
    if chosen not in _ENGINES:
        raise ParameterError(f"no engine {name!r}; choose one of {', '.join(_ENGINES)}")
    return _ENGINES[chosen]
