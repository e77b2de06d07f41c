"""What θ is trained for: a loss on an output activation, and a penalty."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

from hassenet.engines.groups import Groups
from hassenet.engines.plan import Plan
from hassenet.likelihoods import Loss
from hassenet.likelihoods.top import Top, top
from hassenet.penalties import Elements, NoPenalty, Penalty


@final
@dataclass(frozen=True)
class Objective:
    """J(θ) = Σᵢ wᵢ L(Nxᵢ, yᵢ) / Σw + R(θ), all of it but the data.

    Attributes
    ----------
    top : Top
        L and the output activation together, as functions of the last signal.
    penalty : Penalty
        R, but for what ``groups`` is.
    groups : Groups, optional
        The part of R that lets weights vanish together.

    Examples
    --------
    >>> from hassenet import Hierarchy, L2, Network
    >>> from hassenet.likelihoods import SquaredError
    >>> J = Objective.of(Network(Hierarchy.complete(2, 1)).plan, SquaredError(), L2(0.1))
    >>> J.loss, J.penalty
    (SquaredError(), L2(strength=0.1))
    """

    top: Top
    penalty: Penalty = NoPenalty()
    groups: Groups | None = field(default=None, compare=False)

    @staticmethod
    def of(plan: Plan, loss: Loss, penalty: Penalty | None = None, offsets: int = 0) -> Objective:
        """Return the objective of a loss on the outputs of a plan; without a penalty R = 0.

        Offsets are the last columns of Y: none, one that is added to the signal of each output, or one an output.
        """
        groups = Groups.of(plan, penalty) if isinstance(penalty, Elements) and penalty.strength > 0 else None
        return Objective(top(loss, plan.layers[-1].G, offsets), penalty or NoPenalty(), groups)

    @property
    def is_proximal(self) -> bool:
        """Whether a part of R is left to a proximal step."""
        return self.groups is not None or self.penalty.shrinkage > 0

    @property
    def loss(self) -> Loss:
        """L."""
        return self.top.loss

    @property
    def heads(self) -> int:
        """Into how many blocks the loss divides the outputs."""
        return self.loss.heads
