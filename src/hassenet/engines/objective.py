"""What θ is trained for: a loss on an output activation, and a penalty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import final

from hassenet.engines.apart import Apart, Places
from hassenet.engines.groups import Groups
from hassenet.engines.plan import Plan
from hassenet.likelihoods import Loss
from hassenet.likelihoods.top import Top, top
from hassenet.penalties import Elements, NoPenalty, Penalty, Separate


@final
@dataclass(frozen=True)
class Objective:
    """J(θ) = Σᵢ wᵢ L(Nxᵢ, yᵢ) / Σw + R(θ), all of it but the data.

    Attributes
    ----------
    top : Top
        L and the output activation together, as functions of the last signal.
    penalty : Penalty
        R, but for what ``groups`` and ``apart`` are.
    groups : Groups, optional
        The part of R that lets weights vanish together.
    apart : Apart, optional
        The weights of covariates, where these have a penalty of their own.

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
    apart: Apart | None = field(default=None, compare=False)

    @staticmethod
    def of(plan: Plan, loss: Loss, penalty: Penalty | None = None) -> Objective:
        """Return the objective of a loss on the outputs of a plan; without a penalty R = 0."""
        rest = NoPenalty() if penalty is None else penalty.of_features
        apart = None
        if isinstance(penalty, Separate) and len(plan.covariates):
            apart = Apart.of(plan, penalty.covariates)
        return Objective(top(loss, plan.layers[-1].G), rest, _groups(plan, rest, apart), apart)

    def parts(self, weights: Sequence[Places]) -> Iterator[tuple[Places, Penalty]]:
        """Yield places of weights and the penalty on these, of all weights but for what the groups are."""
        for w in self.apart.rest if self.apart else weights:
            yield w, self.penalty
        if self.apart:
            yield self.apart.places, self.apart.penalty

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


def _groups(plan: Plan, penalty: Penalty, apart: Apart | None) -> Groups | None:
    """Return the weights that vanish together, but for those that stand apart."""
    if not isinstance(penalty, Elements) or penalty.strength == 0:
        return None
    return Groups.of(plan, penalty) if apart is None else Groups.of(plan, penalty, apart.places)
