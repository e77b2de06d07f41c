"""What is made of a plan once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, final
from weakref import WeakKeyDictionary

from hassenet.engines.plan import Plan

Made = TypeVar("Made")


@final
class OncePerPlan(Generic[Made]):
    """A function of a plan that is computed once for each, and forgotten together with the plan.

    What it returns must not hold the plan: neither would be forgotten.

    Examples
    --------
    >>> from hassenet import Hierarchy, Network
    >>> plan = Network(Hierarchy.complete(3, 2)).plan
    >>> sizes = OncePerPlan(lambda plan: [plan.n_inputs, plan.n_outputs])
    >>> sizes(plan), sizes(plan) is sizes(plan)
    ([3, 2], True)
    """

    def __init__(self, make: Callable[[Plan], Made]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[Plan, Made] = WeakKeyDictionary()

    def __call__(self, plan: Plan) -> Made:
        """Return what is made of the plan."""
        if plan not in self._made:
            self._made[plan] = self._make(plan)
        return self._made[plan]
