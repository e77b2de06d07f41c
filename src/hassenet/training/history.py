"""What training leaves behind: the epochs, the costs, the network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf
from typing import Any, Literal, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import is_real
from hassenet.errors import ParameterError
from hassenet.network import Network
from hassenet.optimizers import State
from hassenet.schedules import Seen
from hassenet.training.fingerprints import Fingerprints

Stopped = Literal["epochs", "early", "callback", "interrupted", "rate", "converged", "stalled"]


@final
class Epoch(NamedTuple):
    """One pass over the examples; numbers that were not asked for are NaN.

    Attributes
    ----------
    epoch : int
        From 0; goes on counting where training is continued.
    cost : float
        The mean of J_B over the epoch's steps, each weighted by its batch's size.
    validation_cost : float
        J on the validation data, at the end of the epoch.
    validation_score : float
        The score on the validation data, higher is better.
    rate : float
        α of the last step.
    seconds : float
        Wall time.
    """

    epoch: int
    cost: float
    validation_cost: float
    validation_score: float
    rate: float
    seconds: float


def checked_history(epochs: Iterable[Any]) -> tuple[Epoch, ...]:
    """Return the course of training, checked.

    Raises
    ------
    ParameterError
        If an entry is not an Epoch of numbers, the epochs do not rise, a cost is not finite, another number is
        infinite, or a rate or a time is below 0.
    """
    found = tuple(epochs) if isinstance(epochs, Iterable) else (epochs,)
    if not all(isinstance(epoch, Epoch) and _is_numbers(epoch) for epoch in found):
        raise ParameterError("a history holds epochs, each an Epoch of numbers; give fit.history")
    columns = np.array(found, np.float64).reshape(-1, len(Epoch._fields))
    numbers, costs, rest, positive = columns[:, 0], columns[:, 1], columns[:, 2:], columns[:, 4:]
    if (numbers != np.round(numbers)).any() or (numbers < 0).any() or (np.diff(numbers) <= 0).any():
        raise ParameterError("the epochs of a history are whole numbers from 0 that rise; give fit.history")
    if not np.isfinite(costs).all() or np.isinf(rest).any() or (positive < 0).any():
        raise ParameterError(
            "a history holds epochs with finite costs, nothing infinite, and rates and times of 0 or more; "
            "give fit.history, or NaN where a number is missing"
        )
    return found


def _is_numbers(epoch: Epoch) -> bool:
    return all(is_real(x) for x in epoch)


@final
class Best(NamedTuple):
    """The best epoch so far by what early stopping watched, and its parameters."""

    value: float
    epoch: int
    theta: NDArray[Any]


@final
@dataclass(frozen=True, eq=False)
class TrainingState:
    """What a later ``fit(…, state=…)`` needs to go on as if training had not stopped.

    Attributes
    ----------
    epoch : int
        Epochs finished.
    part : tuple of float
        The costs of the steps taken of the next epoch.
    theta : array or None
        The last parameters.
    moments : tuple of arrays or None
        The optimiser's state.
    rule : str
        The optimiser that the moments belong to.
    monitored : tuple of float
        What schedules and early stopping watched, one number an epoch, lower is better.
    best : Best or None
        The best epoch so far, where early stopping watched validation data.
    folded : array or None
        The parameters of the network that came back, where signals were normalised while training.
    seen : Seen or None
        What was seen before the next epoch; None, as in states of earlier versions, where all epochs had one size.
    size : tuple of int or None
        How many examples an epoch and a batch had.
    data : Fingerprints or None
        By which other examples are told from those that ``monitored``, ``best`` and ``part`` speak of; None says that
        any are theirs, as the parts of a stream are.
    """

    epoch: int = 0
    part: tuple[float, ...] = ()
    theta: NDArray[Any] | None = None
    moments: State | None = None
    rule: str = ""
    monitored: tuple[float, ...] = ()
    best: Best | None = None
    folded: NDArray[Any] | None = None
    seen: Seen | None = None
    size: tuple[int, int] | None = None
    data: Fingerprints | None = None

    @property
    def step(self) -> int:
        """Steps taken of the next epoch."""
        return len(self.part)

    def start(self, theta: NDArray[Any]) -> NDArray[Any]:
        """Return a copy of the parameters to go on from: those given, unless they came back in place of the last."""
        others = (self.folded, None if self.best is None else self.best.theta)
        came_back = any(other is not None and np.array_equal(theta, other) for other in others)
        return np.array(self.theta if came_back and self.theta is not None else theta)

    def seen_before(self, examples: int, steps: int) -> Seen:
        """Return what was seen before the next epoch, which has so many examples and steps."""
        return self.seen or Seen(self.epoch, self.epoch * steps, self.epoch * examples)

    def in_batches(self, examples: int, batch_size: int) -> TrainingState:
        """Return the state for epochs of that size: one under way with batches of another size is begun anew."""
        same = self.size in (None, (examples, batch_size))
        return self if same and self.step < -(-examples // batch_size) else self._begun_anew()

    def on(self, data: Fingerprints) -> TrainingState:
        """Return the state without what belongs to other examples than these."""
        if self.data is None:
            return self
        begun = self if self.data.trained == data.trained else self._begun_anew()
        return begun if self.data.monitored == data.monitored else begun._measured_anew()

    def _measured_anew(self) -> TrainingState:
        """Return the state without what was monitored; the best network stays known, and any is better."""
        return replace(self, monitored=(), best=self.best and self.best._replace(value=inf))

    def _begun_anew(self) -> TrainingState:
        """Return the state at the beginning of the epoch under way, its steps counted among those taken."""
        if self.seen is None or self.size is None:
            return replace(self, part=())
        steps, examples = self.seen.steps + self.step, self.seen.examples + self.step * self.size[1]
        return replace(self, part=(), seen=self.seen._replace(steps=steps, examples=examples))

    def check_rule(self, rule: str) -> None:
        """Raise ParameterError where the state is that of another optimiser."""
        if self.moments is not None and self.rule != rule:
            raise ParameterError(
                f"state is that of {self.rule}, not of {rule}; go on with the same optimiser"
            )

    def check_normalised(self, normalise: bool) -> None:
        """Raise ParameterError where signals were normalised and shall no longer be, or the other way round."""
        if self.theta is not None and normalise != (self.folded is not None):
            raise ParameterError(
                f"state is that of a training with normalise={not normalise}; go on with the same"
            )

    def __repr__(self) -> str:
        return f"TrainingState({self.rule}, {self.epoch} epochs and {self.step} steps)"


@final
@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """The result of training.

    Attributes
    ----------
    network : Network
        The trained network: of the last step, or of the best epoch where early stopping watched validation data.
    costs : (steps,) array
        The list of costs, J_B before each step; for L-BFGS, J after each iteration.
    history : tuple of Epoch
    stopped : str
        Why training ended: "epochs" (all done), "early" (early stopping), "callback", "interrupted" (Ctrl-C), "rate"
        (an adaptive rate reached its minimum), "converged" or "stalled" (L-BFGS: tolerance met, or no way down found).
    best_epoch : int or None
        The epoch whose parameters were kept, where early stopping watched validation data.
    state : TrainingState
        For ``fit(fit.network, …, state=fit.state)``.
    waiting : float
        The share of the time for which training waited for examples, where they are a stream.
    """

    network: Network
    costs: NDArray[np.float64]
    history: tuple[Epoch, ...]
    stopped: Stopped
    best_epoch: int | None
    state: TrainingState
    waiting: float = 0.0

    def column(self, name: str) -> NDArray[Any]:
        """Return one column of the history, as "validation_cost"."""
        return np.array([getattr(epoch, name) for epoch in self.history])

    def __repr__(self) -> str:
        last = f", cost {self.history[-1].cost:.4g}" if self.history else ""
        return f"Fit({len(self.history)} epochs, {len(self.costs):,} steps{last}, stopped: {self.stopped})"
