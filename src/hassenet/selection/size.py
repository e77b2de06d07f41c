"""How large the networks on a hierarchy would be, and how long their training would take, before any is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

import numpy as np

from hassenet.hierarchy import Hierarchy
from hassenet.hierarchy.order import Order
from hassenet.selection.setting import Setting

# Seconds of one core, measured on the compiled engine: of a step, of a parameter and an element in one example of it,
# and of a feature in one example where dropout decides about each. Rough: they choose between efforts, no more.
_STEP, _PARAMETER, _ELEMENT, _DROPPED = 5e-5, 1.5e-9, 5e-9, 1.2e-8
# And of a feature in one example of an evaluation by L-BFGS, of which there are about so many.
_LINEAR, _EVALUATIONS = 2e-9, 40
# Of a step whose loss NumPy computes, about a millisecond, times six: it holds the interpreter's lock, so that
# trainings side by side wait for one another, and a minute should do. With dropout the whole step is NumPy's.
IN_PYTHON, _DROPPED_IN_PYTHON = 6e-3, 2.0


@final
@dataclass(frozen=True)
class Size:
    """The numbers of a hierarchy without outputs that the cost of a network depends on.

    Attributes
    ----------
    features, elements, outputs : int
        Elements are those above rank 0 that are not relays.
    from_features, between : int
        Pairs of a feature and an element that looks at it, and of two elements.
    step : float
        Seconds of a step beside those of its examples.

    Examples
    --------
    >>> size = Size.of(Hierarchy.subsets(3), outputs=1)
    >>> size
    Size(features=3, elements=4, outputs=1, from_features=6, between=3)
    >>> size.parameters(1), size.parameters(4)
    (18, 105)
    """

    features: int
    elements: int
    outputs: int
    from_features: int
    between: int
    step: float = field(default=_STEP, repr=False)

    @staticmethod
    def of(H: Hierarchy, outputs: int, step: float = _STEP) -> Size:
        """Count what a hierarchy without outputs holds."""
        order = Order.of(H)
        low = int(np.count_nonzero(order.is_feature[order.lower]))
        features = int(np.count_nonzero(order.is_feature))
        return Size(features, order.n - features, outputs, low, len(order.lower) - low, step)

    def parameters(self, neurons: int) -> int:
        """Return the length of θ with so many neurons an element and outputs that look at every one of them."""
        k = neurons
        bias = k * self.elements + self.outputs
        return self.from_features * k + self.between * k * k + self.elements * k * self.outputs + bias

    def seconds(self, setting: Setting, batch_size: int, steps: int) -> float:
        """Return about how long one core trains a network of a setting, not a linear one."""
        units = self.elements * setting.neurons + self.features
        an_example = _PARAMETER * self.parameters(setting.neurons) + _ELEMENT * units
        dropped = _DROPPED * self.features if setting.input_dropout else 0.0
        by_hand = _DROPPED_IN_PYTHON if setting.input_dropout and self.step > _STEP else 1.0
        return steps * (self.step * by_hand + batch_size * (an_example + dropped))

    def linear_seconds(self, rows: int) -> float:
        """Return about how long one core takes for a linear model of so many rows."""
        return _LINEAR * _EVALUATIONS * rows * min(rows, self.features) * self.outputs
