"""Schedules: the rate α of each step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import ABOVE_ONE, FINITE, POSITIVE, SHARE, UP_TO_INFINITY, require_number

__all__ = [
    "Adaptive",
    "Constant",
    "Cosine",
    "InverseScaling",
    "OneCycle",
    "Run",
    "Schedule",
    "Seen",
]

Rates = NDArray[np.float64]


class Seen(NamedTuple):
    """What a training has behind it.

    Attributes
    ----------
    epochs, steps, examples : int
        Epochs finished, steps taken, and examples seen, one as often as it was.
    """

    epochs: int = 0
    steps: int = 0
    examples: int = 0


class Run(NamedTuple):
    """What a schedule may know of the training it serves.

    Attributes
    ----------
    steps_per_epoch, epochs, examples : int
        Steps in an epoch, epochs asked for (those of earlier trainings too), examples in an epoch.
    monitored : sequence of float
        One number a finished epoch, lower is better: the training cost, or what early stopping watches.
    before : Seen
        What was seen before epochs of this size: in earlier trainings, whose epochs and batches may have had others.

    Examples
    --------
    >>> run = Run(5, 4, 100, before=Seen(epochs=2, steps=60, examples=240))
    >>> run.examples_before(np.array([60, 64, 65])), run.progress(np.array([60, 65, 70]), 4)
    (array([240, 240, 340]), array([0.5 , 0.75, 1.  ]))
    """

    steps_per_epoch: int
    epochs: int
    examples: int
    monitored: Sequence[float] = ()
    before: Seen = Seen()

    def examples_before(self, steps: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many examples were seen before the epoch of each step."""
        finished = (steps - self.before.steps) // self.steps_per_epoch
        return np.asarray(self.before.examples + finished * self.examples)

    def progress(self, steps: NDArray[np.int64], epochs: int) -> Rates:
        """Return how far each step is on the way through so many epochs: 0 at the first, 1 at the end of the last."""
        n = self.steps_per_epoch
        passed = self.before.epochs * n + (steps - self.before.steps)
        return np.minimum(passed / max(n * epochs, 1), 1.0)


class Schedule(ABC):
    """A pure function from a step's number to its rate."""

    @abstractmethod
    def rates(self, steps: NDArray[np.int64], run: Run) -> Rates:
        """Return α of each of the steps, counted from 0 through all trainings."""

    def is_over(self, run: Run) -> bool:
        """Whether the schedule asks to end the training."""
        return False


@final
@dataclass(frozen=True)
class Constant(Schedule):
    """α_t = α.

    Examples
    --------
    >>> Constant(0.1).rates(np.arange(2), Run(10, 1, 320))
    array([0.1, 0.1])
    """

    rate: float

    def __post_init__(self) -> None:
        """Check α."""
        _check_rate(self.rate)

    def rates(self, steps: NDArray[np.int64], run: Run) -> Rates:
        return np.full(len(steps), self.rate)


@final
@dataclass(frozen=True)
class InverseScaling(Schedule):
    """α_t = α / (1 + examples seen before this epoch)^power, as scikit-learn's "invscaling" has it.

    Examples are counted as they are seen, also where epochs have different sizes.

    Examples
    --------
    >>> InverseScaling(0.1, power=0.5).rates(np.array([0, 9, 10]), Run(10, 2, 99))
    array([0.1 , 0.1 , 0.01])
    """

    rate: float
    power: float = 0.5

    def __post_init__(self) -> None:
        """Check α and the power."""
        _check_rate(self.rate)
        require_number("power", self.power, FINITE)

    def rates(self, steps: NDArray[np.int64], run: Run) -> Rates:
        return np.asarray(self.rate / (1.0 + run.examples_before(steps)) ** self.power)


@final
@dataclass(frozen=True)
class Adaptive(Schedule):
    """α, divided by ``factor`` at every plateau.

    A plateau is met when the monitored number has not fallen by ``tol`` for more than ``patience`` epochs. The
    training is over when that happens at a rate of ``minimum`` or less.

    Examples
    --------
    >>> flat = Run(1, 9, 32, monitored=(1.0, 1.0, 1.0))
    >>> Adaptive(0.1, patience=1).rates(np.array([3]), flat)
    array([0.02])
    """

    rate: float
    patience: float = 10
    tol: float = 1e-4
    factor: float = 5.0
    minimum: float = 1e-6

    def __post_init__(self) -> None:
        """Check α and the factor."""
        _check_rate(self.rate)
        require_number("factor", self.factor, ABOVE_ONE)
        require_number("patience", self.patience, UP_TO_INFINITY)
        require_number("tol", self.tol, FINITE)
        require_number("minimum", self.minimum, UP_TO_INFINITY)

    def rates(self, steps: NDArray[np.int64], run: Run) -> Rates:
        return np.full(len(steps), self._after(len(plateaus(run.monitored, self.patience, self.tol))))

    def is_over(self, run: Run) -> bool:
        met = len(plateaus(run.monitored, self.patience, self.tol))
        return met > 0 and self._after(met - 1) <= self.minimum

    def _after(self, met: int) -> float:
        return self.rate / self.factor**met


@final
@dataclass(frozen=True)
class Cosine(Schedule):
    """α_t = final + (α − final) (1 + cos(π t/T)) / 2 over the T steps of the training, after a linear warm-up.

    Parameters
    ----------
    rate, final : float
        The highest and the last rate.
    warmup : float in [0, 1)
        The share of the steps in which α rises from 0.
    epochs : int, optional
        The epochs that the T steps are counted over; by default those of the training.

    Examples
    --------
    >>> Cosine(0.1).rates(np.array([0, 5, 10]), Run(10, 1, 320)).round(3)
    array([0.1 , 0.05, 0.  ])
    """

    rate: float
    final: float = 0.0
    warmup: float = 0.0
    epochs: int | None = None

    def __post_init__(self) -> None:
        """Check the rates and the warm-up."""
        _check_rate(self.rate)
        require_number("warmup", self.warmup, SHARE)
        require_number("final / rate", self.final / self.rate, SHARE)

    def rates(self, steps: NDArray[np.int64], run: Run) -> Rates:
        t = run.progress(steps, self.epochs or run.epochs)
        down = _cosine(self.rate, self.final, (t - self.warmup) / (1 - self.warmup))
        return np.where(t < self.warmup, self.rate * t / max(self.warmup, 1e-300), down)


@final
@dataclass(frozen=True)
class OneCycle(Schedule):
    """A cosine from start up to the peak, then a cosine down to the end (Smith and Topin, 2017).

    Parameters
    ----------
    rate : float
        The peak.
    warmup : float in [0, 1)
        The share of the steps that go up.
    start, final : float
        The first and last rate, as shares of the peak.
    epochs : int, optional
        The epochs that the cycle is counted over; by default those of the training.

    Examples
    --------
    >>> OneCycle(1.0).rates(np.array([0, 30, 100]), Run(100, 1, 3200)).round(4)
    array([4.e-02, 1.e+00, 1.e-04])
    """

    rate: float
    warmup: float = 0.3
    start: float = 1 / 25
    final: float = 1e-4
    epochs: int | None = None

    def __post_init__(self) -> None:
        """Check the peak and the shares."""
        _check_rate(self.rate)
        for name in ("warmup", "start", "final"):
            require_number(name, getattr(self, name), SHARE)

    def rates(self, steps: NDArray[np.int64], run: Run) -> Rates:
        t = run.progress(steps, self.epochs or run.epochs)
        up = _cosine(self.rate * self.start, self.rate, t / max(self.warmup, 1e-300))
        down = _cosine(self.rate, self.rate * self.final, (t - self.warmup) / (1 - self.warmup))
        return np.where(t < self.warmup, up, down)


def plateaus(values: Sequence[float], patience: float, tol: float) -> NDArray[np.int64]:
    """Return the epochs at which the values had not fallen by ``tol`` for more than ``patience`` epochs.

    The count starts anew after each.

    >>> plateaus([3.0, 2.0, 2.0, 2.0, 2.0], patience=1, tol=0.1)
    array([3])
    """
    v = np.asarray(values, float)
    epochs = np.arange(len(v))
    best_before = np.minimum.accumulate(np.concatenate([[np.inf], v]))[:-1]
    better = np.isfinite(v) & (v <= best_before - tol)
    waited = epochs - np.maximum.accumulate(np.where(better, epochs, -1))
    if not len(v) or not np.isfinite(patience):
        return epochs[:0]
    return epochs[(waited > 0) & (waited % (min(int(patience), len(v)) + 1) == 0)]


def as_schedule(rate: Any) -> Schedule:
    """Return the schedule itself, or the constant one of a number."""
    return rate if isinstance(rate, Schedule) else Constant(rate)


def _check_rate(rate: Any) -> None:
    require_number("a rate", rate, POSITIVE, ", or a schedule")


def _cosine(start: float, end: float, t: Rates) -> Rates:
    within = np.minimum(np.maximum(t, 0), 1)  # np.clip takes longer than all else here
    return end + (start - end) * (1 + np.cos(np.pi * within)) / 2
