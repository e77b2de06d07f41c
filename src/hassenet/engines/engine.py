"""What an engine is: it lays a plan out once, takes the data in once, and computes with both."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.engines.dropout import Dropout, Masks
from hassenet.engines.given import Given
from hassenet.engines.normalisation import Normalisation
from hassenet.engines.objective import Objective
from hassenet.engines.plan import Plan
from hassenet.engines.steps import Steps
from hassenet.optimizers import Optimizer, State

Array = NDArray[Any]


@final
class Request(NamedTuple):
    """What an engine is asked for, as far as it might not be able to do it; None where a call does without.

    Attributes
    ----------
    plan : Plan
    dtype : dtype
        That of θ.
    data : Given, optional
    objective : Objective, optional
    optimizer : Optimizer, optional
    dropout : Dropout, optional
    normalisation : Normalisation, optional
    """

    plan: Plan
    dtype: np.dtype[Any]
    data: Given | None = None
    objective: Objective | None = None
    optimizer: Optimizer | None = None
    dropout: Dropout | None = None
    normalisation: Normalisation | None = None


class Engine(ABC):
    """What computes values, costs, gradients and trainings of a network.

    ``lay_out`` returns what the calls take in place of a plan, ``put`` what they take in place of the data: what costs
    time and does not change is done there, once. Both are the engine's own and are only handed back to it. The calls
    have the results of the readable engine's, but for rounding. Overflow gives no warning: what is not finite is found
    by the cost.

    Attributes
    ----------
    takes_rows_by_number : bool
        Whether ``put`` takes rows of an array by their numbers, a ``hassenet.data.rows_of.RowsOf``, as X; where not,
        they are copied.
    """

    takes_rows_by_number: ClassVar[bool] = False

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is called in parameters; an attribute of the class will do."""

    @abstractmethod
    def description(self) -> str:
        """Return in a line what runs."""

    @abstractmethod
    def supports(self, request: Request) -> bool:
        """Return whether it can do what is asked for; where not, the readable engine does."""

    @abstractmethod
    def lay_out(self, plan: Plan) -> Any:
        """Return what the calls take as ``layout``, the same object for a plan each time."""

    @abstractmethod
    def put(self, X: Any, Y: Any = None, weight: Array | None = None) -> Any:
        """Return what the calls take as ``data``.

        Parameters
        ----------
        X : (m, n₀) array or scipy sparse array
        Y : (m, k) array, optional
            Of all outputs, or of those of one head; not needed for ``forward``. Classes may come as numbers, a
            ``hassenet.data.class_numbers.ClassNumbers``, of which ``numpy.asarray`` makes the rows of 0 and 1. NaN is a
            target that is missing, and the last ``objective.top.offsets`` columns are added to the signals; the
            formulas of ``objective.top`` do both.
        weight : (m,) array, optional
        """

    @abstractmethod
    def forward(self, layout: Any, theta: Array, data: Any, rank: int | None = None) -> Array:
        """Return the hidden features x⁽ʳᵃⁿᵏ⁾ of each example, (m, n_rank); by default the output Nx."""

    @abstractmethod
    def cost(self, layout: Any, objective: Objective, theta: Array, data: Any) -> float:
        """Return J = Σᵢ wᵢ L(Nxᵢ, yᵢ) / Σw + R(θ)."""

    @abstractmethod
    def gradient(
        self, layout: Any, objective: Objective, theta: Array, data: Any, masks: Masks | None = None
    ) -> tuple[float, Array]:
        """Return J and the gradient of its smooth part, laid out like θ; with masks, of the network they leave."""

    @abstractmethod
    def step(
        self,
        layout: Any,
        objective: Objective,
        theta: Array,
        state: State,
        gradient: Array,
        optimizer: Optimizer,
        rate: float,
    ) -> None:
        """Take one step against a gradient, with the proximal step of the penalty; change θ and the state in place."""

    @abstractmethod
    def train(
        self, layout: Any, objective: Objective, theta: Array, state: State, data: Any, steps: Steps
    ) -> Array:
        """Take some steps; change θ and the state in place; return the costs J_B.

        Where a cost is not finite the step is not taken: that cost is the last one returned.
        """
