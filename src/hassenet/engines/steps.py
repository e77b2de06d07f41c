"""What a training is asked to do between two looks at it: some steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.engines.dropout import Dropout, Masks
from hassenet.engines.normalisation import Normalisation
from hassenet.optimizers import Optimizer

Array = NDArray[Any]
Rows = NDArray[np.int64]


@final
@dataclass(frozen=True, eq=False)
class Steps:
    """Some steps of an optimiser, a batch each.

    Attributes
    ----------
    optimizer : Optimizer
    order : (r,) array of int
        Rows of the data, batch after batch; the last batch may be smaller.
    rates : array
        α of each step.
    batch_size : int
    dropout : Dropout, optional
        J_B is then that of the network without the neurons that are dropped.
    normalisation : Normalisation, optional
        J_B is then that of the network whose hidden signals are standardised over the batch.
    stop : (1,) array of bool, optional
        Where it becomes true meanwhile, the steps not taken yet are left out, as is one under way.
    ids : (r,) array of int, optional
        The numbers of the examples, by which neurons are dropped, where the data are a part of all: else their rows.
    """

    optimizer: Optimizer
    order: Rows
    rates: Array
    batch_size: int
    dropout: Dropout | None = None
    normalisation: Normalisation | None = None
    stop: NDArray[np.bool_] | None = None
    ids: Rows | None = None

    def __len__(self) -> int:
        return len(self.rates)

    def batch(self, k: int) -> Rows:
        """Return the rows of the k-th step."""
        return self.order[k * self.batch_size : (k + 1) * self.batch_size]

    def masks(self, k: int) -> Masks | None:
        """Return the masks of the k-th step."""
        at = slice(k * self.batch_size, (k + 1) * self.batch_size)
        return self.dropout and Masks(self.dropout.at(self.dropout.step + k), self.examples[at])

    @property
    def examples(self) -> Rows:
        """The numbers of the examples, batch after batch."""
        return self.order if self.ids is None else self.ids

    @property
    def is_stopped(self) -> bool:
        """Whether no more steps are to be taken."""
        return self.stop is not None and bool(self.stop[0])


def take(
    steps: Steps,
    gradient: Callable[[Rows, Masks | None], tuple[float, Array]],
    step: Callable[[Array, float], None],
) -> Array:
    """Take steps one by one, for an engine without a loop of its own; return the costs J_B.

    Parameters
    ----------
    steps : Steps
    gradient : callable
        From the rows of a batch and its masks to J_B and its gradient.
    step : callable
        Takes the step against a gradient at a rate, in place.

    Examples
    --------
    >>> from hassenet import SGD
    >>> theta = np.array([4.0])
    >>> def halve(g, rate):
    ...     theta[:] -= rate * g
    >>> take(
    ...     Steps(SGD(), np.arange(2), [0.25, 0.25], 1),
    ...     lambda rows, masks: (theta[0] ** 2, 2 * theta),
    ...     halve,
    ... )
    array([16.,  4.])
    """
    costs: list[float] = []
    for k, rate in enumerate(steps.rates):
        if steps.is_stopped:
            break
        cost, g = gradient(steps.batch(k), steps.masks(k))
        costs.append(cost)
        if not np.isfinite(cost):
            break
        step(g, float(rate))
    return np.array(costs)
