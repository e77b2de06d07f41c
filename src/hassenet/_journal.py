"""The keeping of a training's books: the epoch table, what is monitored, the best parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import nan
from time import perf_counter
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.early_stopping import EarlyStopping
from hassenet.engines import Engine
from hassenet.engines.plan import Plan
from hassenet.errors import ParameterError
from hassenet.history import Epoch, Fit, Stopped, TrainingState
from hassenet.network import Network
from hassenet.objective import Examples, plan_cost
from hassenet.optimizers import State
from hassenet.schedules import plateaus

Array = NDArray[Any]
Score = Callable[[Array, Array], float]
Callback = Callable[[Epoch, Network], Any]


@final
@dataclass(frozen=True)
class Watch:
    """What is looked at after each epoch, and what may end the training."""

    held: Examples | None
    score: Score | None
    early_stopping: EarlyStopping | None
    callbacks: Sequence[Callback]

    def __post_init__(self) -> None:
        """Refuse to monitor what is not there."""
        monitor = self.early_stopping.monitor if self.early_stopping else "training_cost"
        if monitor != "training_cost" and self.held is None:
            raise ParameterError(
                f"early stopping on the validation {monitor} needs validation data; give validation_data=(X, Y) or "
                "validation_fraction=0.1"
            )
        if monitor == "score" and self.score is None:
            raise ParameterError("early stopping on the score needs one; give score=function(Y, prediction)")


@final
@dataclass
class Journal:
    """Epochs written down one after the other."""

    net: Network
    plan: Plan
    engine: Engine
    watch: Watch
    epoch: int
    monitored: list[float]
    history: list[Epoch] = field(default_factory=list)
    best: tuple[float, int, Array] | None = None
    started: float = field(default_factory=perf_counter)

    def record(self, theta: Array, cost: float, rate: float) -> Stopped | None:
        """Write down an epoch that ends at θ; return why training is to stop, if it is."""
        now = perf_counter()
        row = Epoch(self.epoch, cost, *self._validation(theta), rate, now - self.started)
        self.history.append(row)
        self.started, self.epoch = now, self.epoch + 1
        self._keep_best(row, theta)
        called = self._called(row, theta)
        if self._is_plateau():
            return "early"
        return "callback" if called else None

    def _validation(self, theta: Array) -> tuple[float, float]:
        held = self.watch.held
        if held is None:
            return nan, nan
        cost = plan_cost(self.plan, theta, held)
        if self.watch.score is None:
            return cost, nan
        return cost, float(self.watch.score(held.Y, self.engine.forward(self.plan, theta, held.X)))

    def _keep_best(self, row: Epoch, theta: Array) -> None:
        stopping = self.watch.early_stopping
        monitor = stopping.monitor if stopping else "training_cost"
        value = {"cost": row.validation_cost, "score": -row.validation_score, "training_cost": row.cost}[
            monitor
        ]
        self.monitored.append(value)
        if stopping and stopping.restores and (self.best is None or value < self.best[0]):
            self.best = value, row.epoch, theta.copy()

    def _is_plateau(self) -> bool:
        stopping = self.watch.early_stopping
        return stopping is not None and bool(plateaus(self.monitored, stopping.patience, stopping.tol))

    def _called(self, row: Epoch, theta: Array) -> bool:
        if not self.watch.callbacks:
            return False
        net = self.net.with_theta(theta)
        return bool(np.any([bool(callback(row, net)) for callback in self.watch.callbacks]))

    def finish(self, theta: Array, moments: State, costs: Array, stopped: Stopped) -> Fit:
        """Return the Fit: the best parameters where they were kept, else the last ones."""
        state = TrainingState(self.epoch, moments, tuple(self.monitored))
        _, best_epoch, best = self.best or (nan, None, theta)
        return Fit(self.net.with_theta(best), costs, tuple(self.history), stopped, best_epoch, state)
