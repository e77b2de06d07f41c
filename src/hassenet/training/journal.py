"""The keeping of a training's books: the epoch table, what is monitored, the best parameters."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf, isnan, nan
from time import perf_counter
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.examples import Examples
from hassenet.engines import Objective, WithFallback
from hassenet.errors import HassenetWarning, ParameterError
from hassenet.network import Network
from hassenet.task.heads import OutputHeads
from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.fingerprints import Fingerprints
from hassenet.training.history import Best, Epoch, Fit, Stopped, TrainingState
from hassenet.training.kept import Books
from hassenet.training.normalising import Folding
from hassenet.training.parts import Parts
from hassenet.training.progress import Progress

Array = NDArray[Any]
Score = Callable[[Array, Array], float]
Callback = Callable[[Epoch, Network], Any]


@final
@dataclass(frozen=True)
class Watch:
    """What is looked at after each epoch, and what may end the training; a score is that of the main head."""

    held: Examples | None
    heads: OutputHeads
    score: Score | None
    early_stopping: EarlyStopping | None
    callbacks: Sequence[Callback]

    @property
    def monitor(self) -> str:
        """What is monitored."""
        return self.early_stopping.monitor if self.early_stopping else "training_cost"

    @property
    def looks(self) -> bool:
        """Whether anything looks at the network after each epoch."""
        restores = self.early_stopping is not None and self.early_stopping.restores
        return self.held is not None or bool(self.callbacks) or restores

    def __post_init__(self) -> None:
        """Refuse to monitor what is not there."""
        if self.monitor != "training_cost" and self.held is None:
            raise ParameterError(
                f"early stopping on the validation {self.monitor} needs validation data; "
                "give validation_data=(X, Y) or validation_fraction=0.1"
            )
        if self.monitor == "score" and self.score is None:
            raise ParameterError("early stopping on the score needs one; give score=function(Y, prediction)")


@final
@dataclass
class Journal:
    """Epochs written down one after the other."""

    net: Network
    objective: Objective
    engine: WithFallback
    watch: Watch
    folding: Folding | None
    epoch: int
    monitored: list[float]
    best: Best | None
    progress: Progress
    data: Fingerprints
    history: list[Epoch] = field(default_factory=list)
    started: float = field(default_factory=perf_counter)

    @staticmethod
    def after(
        before: TrainingState,
        net: Network,
        objective: Objective,
        engine: WithFallback,
        watch: Watch,
        folding: Folding | None,
        data: Fingerprints,
    ) -> Journal:
        """Return the journal that goes on where an earlier one ended."""
        monitored, stopping = list(before.monitored), watch.early_stopping
        progress = stopping.progress(monitored) if stopping else Progress()
        last = (before.epoch, monitored, before.best, progress)
        return Journal(net, objective, engine, watch, folding, *last, data)

    def books(self) -> Books:
        """Return what was written down until now."""
        seconds = perf_counter() - self.started
        return Books(self.epoch, tuple(self.history), tuple(self.monitored), self.best, seconds)

    def go_on(self, books: Books) -> None:
        """Go on where a run of this training was killed."""
        self.epoch, self.history = books.epoch, list(books.history)
        self.monitored, self.best = list(books.monitored), books.best
        stopping = self.watch.early_stopping
        self.progress = stopping.progress(self.monitored) if stopping else Progress()
        self.started = perf_counter() - books.seconds

    def seen(self, theta: Any) -> Network:
        """Return the network that comes back for θ: what was normalised while training is folded into it."""
        net = self.net.with_theta(theta)
        return net if self.folding is None else self.folding(net)

    def record(self, theta: Array, cost: float, rate: float) -> Stopped | None:
        """Write down an epoch that ends at θ; return why training is to stop, if it is."""
        seen = self.seen(theta) if self.watch.looks else self.net
        now = perf_counter()
        row = Epoch(self.epoch, cost, *self._validation(seen.theta), rate, now - self.started)
        self.history.append(row)
        self.started, self.epoch = now, self.epoch + 1
        self._keep_best(row, seen.theta)
        called = self._called(row, seen)
        if self._is_over():
            return "early"
        return "callback" if called else None

    def _validation(self, theta: Array) -> tuple[float, float]:
        held = self.watch.held
        if held is None:
            return nan, nan
        plan, data = self.net.plan, self._held
        cost = data.cost(plan, self.objective, theta)
        if self.watch.score is None:
            return cost, nan
        main = self.watch.heads.main
        prediction = (
            data.forward(plan, theta)
            if held.offset is None
            else self.net.with_theta(theta)(held.X, offset=held.offset, check_finite=False)
        )
        return cost, float(self.watch.score(main(np.asarray(held.Y)), main(prediction)))

    @cached_property
    def _held(self) -> Parts:
        """The validation examples as the engine takes them, handed over once."""
        return Parts(self.engine, self.watch.held)  # type: ignore[arg-type]  # is asked for where they are

    def _keep_best(self, row: Epoch, theta: Array) -> None:
        stopping = self.watch.early_stopping
        value = -row.validation_score if stopping and stopping.monitor == "score" else row.cost
        value = row.validation_cost if stopping and stopping.monitor == "cost" else value
        self.monitored.append(inf if isnan(value) else value)
        best = self.best.value if self.best else inf
        if stopping and stopping.restores and self.monitored[-1] < best:
            self.best = Best(self.monitored[-1], row.epoch, theta.copy())

    def _is_over(self) -> bool:
        stopping = self.watch.early_stopping
        if stopping is None:
            return False
        self.progress, is_over = stopping.after(self.progress, self.monitored[-1])
        return is_over

    def _called(self, row: Epoch, net: Network) -> bool:
        answers = [callback(row, net) for callback in self.watch.callbacks]
        return any(answers)

    def _warn_of_no_score(self) -> None:
        """Say that nothing could be watched: of one example, or of targets all alike, some scores do not exist."""
        stopping = self.watch.early_stopping
        if self.history and stopping and stopping.monitor == "score" and self.best is None:
            warnings.warn(
                "early stopping watches a score that is a number; in every epoch it was not finite, and the last "
                "parameters stay; validate with more examples, whose targets differ, or watch the cost, by "
                "EarlyStopping('cost')",
                HassenetWarning,
                stacklevel=2,
            )

    def finish(
        self, state: TrainingState, costs: Sequence[float], stopped: Stopped, waiting: float = 0.0
    ) -> Fit:
        """Return the Fit: the best parameters where they were kept, else the last ones."""
        self._warn_of_no_score()
        kept = self.best if self.watch.early_stopping and self.watch.early_stopping.restores else None
        network = self.seen(state.theta) if kept is None else self.net.with_theta(kept.theta)
        folded = None if self.folding is None else network.theta
        return Fit(
            network=network,
            costs=np.array(costs),
            history=tuple(self.history),
            stopped=stopped,
            best_epoch=None if kept is None else kept.epoch,
            state=replace(
                state, monitored=tuple(self.monitored), best=self.best, folded=folded, data=self.data
            ),
            waiting=waiting,
        )
