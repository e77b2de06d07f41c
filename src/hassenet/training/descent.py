"""Mini-batch gradient descent: epochs of steps, cut into slices that Ctrl-C can end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from time import perf_counter
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.ahead import Ahead
from hassenet.data.examples import Examples
from hassenet.data.stream import is_stream
from hassenet.data.targets_elsewhere import TargetsElsewhere
from hassenet.engines import Objective, WithFallback, formulas, normalisation
from hassenet.engines.dropout import Dropout
from hassenet.engines.fallback import Put
from hassenet.engines.given import Given
from hassenet.engines.normalisation import Normalisation
from hassenet.engines.plan import Plan
from hassenet.engines.steps import Steps
from hassenet.errors import DataError, DivergedError, ParameterError
from hassenet.optimizers import Optimizer, State
from hassenet.schedules import Run, Seen
from hassenet.training.checkpoints import Checkpoints
from hassenet.training.history import Fit, Stopped, TrainingState
from hassenet.training.interrupt import Interrupt
from hassenet.training.journal import Journal
from hassenet.training.kept import Kept
from hassenet.training.order import shuffled
from hassenet.training.portions import Portion, of_stream, windows_of
from hassenet.training.unreadable import unreadable

Array = NDArray[Any]
Flag = NDArray[np.bool_]

# The engine is asked for as many steps at once as take about this long, so that Ctrl-C is heard at once.
_SLICE_SECONDS = 0.05


@final
@dataclass(frozen=True)
class Job:
    """All that does not change while training runs; ``epochs`` counts those of earlier trainings too."""

    plan: Plan
    objective: Objective
    engine: WithFallback
    optimizer: Optimizer
    data: Examples
    batch_size: int
    epochs: int
    seed: int
    shuffle: bool
    dropout: Dropout | None = None
    normalisation: Normalisation | None = None
    before: Seen = field(default_factory=Seen)

    @property
    def reads(self) -> bool:
        """Whether the examples are a stream, which is read in each epoch."""
        return is_stream(self.data.X)

    @cached_property
    def _put(self) -> Put:
        """Examples in memory, handed over to the engine once."""
        return self.engine.put(*self.data.parts)

    def put(self, portion: Portion) -> Put:
        """Return a portion's examples as handed over to the engine."""
        return self._put if portion.data is self.data else self.engine.put(*portion.data.parts)

    @contextmanager
    def portions(self, epoch: int, step: int) -> Iterator[Ahead[Portion]]:
        """Open the portions of an epoch from a step on: one of all examples, or those of a stream, read ahead."""
        with Ahead(*self._portions(epoch, step)) as portions:
            yield portions

    def _portions(self, epoch: int, step: int) -> tuple[Iterator[Portion], int]:
        if not self.reads:
            return iter([Portion(0, self.data, self.order(epoch))]), 0
        windows = windows_of(self.data.X, self.seed, epoch, shuffle=self.shuffle)
        read = of_stream(self.data, windows, self.batch_size, step, and_first=self.has_one_left)
        return read, self.data.X.ahead

    @property
    def m(self) -> int:
        """The number of examples."""
        return int(self.data.X.shape[0])

    @property
    def steps_per_epoch(self) -> int:
        """The number of batches, a smaller last one included."""
        return -(-self.m // self.batch_size)

    def mean_cost(self, costs: Sequence[float]) -> float:
        """Return the mean of an epoch's costs, each weighted by its batch's size."""
        sizes = np.full(self.steps_per_epoch, self.batch_size)
        sizes[-1] = self.m - self.batch_size * (self.steps_per_epoch - 1)
        return float(np.array(costs) @ sizes / self.m)

    @property
    def has_one_left(self) -> bool:
        """Whether the last batch would be one example, over which nothing can be standardised."""
        return self.normalisation is not None and self.m % self.batch_size == 1

    def order(self, epoch: int) -> Any:
        """Return the order of the examples: a function of seed and epoch, so that an epoch can be run again."""
        if isinstance(self.data.Y, TargetsElsewhere):
            return self.data.Y.order(self.seed, epoch) if self.shuffle else self.data.Y.in_turn
        order = shuffled(self.data.X, self.seed, epoch) if self.shuffle else np.arange(self.m)
        return np.append(order, order[0]) if self.has_one_left else order

    def signals(self, theta: Array, portion: Portion, rows: NDArray[np.int64]) -> tuple[Array, ...]:
        """Return the signals that a step on these rows has."""
        if self.normalisation is None:
            return formulas.signals(self.plan, theta, portion.data.X[np.asarray(rows)])
        return normalisation.signals(
            self.normalisation, self.plan, theta, Given(*portion.data.parts).rows(rows)
        )

    def run(self, monitored: Sequence[float]) -> Run:
        """Return what a schedule may know."""
        return Run(self.steps_per_epoch, self.epochs, self.m, monitored, self.before)

    def seen(self, epoch: int) -> Seen:
        """Return what was seen before an epoch, in earlier trainings too."""
        n = epoch - self.before.epochs
        steps, examples = n * self.steps_per_epoch, n * self.m
        return Seen(epoch, self.before.steps + steps, self.before.examples + examples)

    def rates(self, epoch: int, monitored: Sequence[float]) -> Array:
        """Return α of each of the epoch's steps."""
        steps = np.arange(self.steps_per_epoch) + self.seen(epoch).steps
        return self.optimizer.schedule.rates(steps, self.run(monitored))


class _Point(NamedTuple):
    """θ and moments before step ``step`` of an epoch, with the epoch's rates."""

    epoch: int
    step: int
    theta: Array
    moments: State
    rates: Array

    def copy(self) -> _Point:
        return self._replace(theta=self.theta.copy(), moments=tuple(a.copy() for a in self.moments))

    def take(
        self, job: Job, portion: Portion, put: Put, start: int, end: int, stop: Flag | None = None
    ) -> Array:
        """Take steps ``start`` to ``end`` of the epoch, changing θ and moments in place; return the costs."""
        B = job.batch_size
        here, rates = slice((start - portion.start) * B, (end - portion.start) * B), self.rates[start:end]
        ids = None if portion.ids is None else portion.ids[here]
        dropout = job.dropout and job.dropout.at(job.seen(self.epoch).steps + start)
        steps = Steps(job.optimizer, portion.order[here], rates, B, dropout, job.normalisation, stop, ids)
        return job.engine.train(job.plan, job.objective, self.theta, self.moments, put, steps)

    def go_on(self, job: Job, end: int) -> None:
        """Take the steps of the epoch up to another one."""
        with job.portions(self.epoch, self.step) as portions:
            for portion in portions:
                last = min(portion.end(job.batch_size), end)
                if (first := max(portion.start, self.step)) < last:
                    self.take(job, portion, job.put(portion), first, last)
                if last == end:
                    return


@final
class Descent:
    """A training under way: θ, the optimiser's moments, and the costs so far."""

    def __init__(self, job: Job, journal: Journal, before: TrainingState, checkpoints: Checkpoints) -> None:
        self.job, self.journal, self.checkpoints = job, journal, checkpoints
        self.theta = before.start(journal.net.theta)
        self.moments = _moments(job.optimizer, before, self.theta)
        self.part = list(before.part)  # the costs of the epoch under way
        self.costs: list[float] = []
        self.waiting = np.zeros(2)  # seconds for which examples were waited for, of how many
        # How many steps the engine is asked for at once: found by trying, and kept from epoch to epoch.
        self.at_once = 1
        # The beginnings of two epochs: from there the way to the last finite cost can be gone again.
        self.starts: deque[_Point] = deque(maxlen=2)
        self.stopped: Stopped | None = None
        self._go_on(checkpoints.found())

    def _go_on(self, kept: Kept | None) -> None:
        """Go on where a run of this training was killed, if one was."""
        if kept is not None:
            self.theta, self.moments, self.part = kept.theta, kept.moments, list(kept.part)
            self.costs, self.stopped = kept.costs.tolist(), kept.stopped
            self.journal.go_on(kept.books)

    def _kept(self, stopped: Stopped | None = None) -> Kept:
        """Return what this moment is made of; θ and moments are changed in place, so they are copied."""
        moments = tuple(moment.copy() for moment in self.moments)
        costs = np.array(self.costs, np.float64)
        return Kept(self.theta.copy(), moments, tuple(self.part), costs, self.journal.books(), stopped)

    @property
    def step(self) -> int:
        """Steps taken of the epoch under way."""
        return len(self.part)

    @property
    def _share_of_waiting(self) -> float:
        waited, of = self.waiting
        return float(waited / of) if self.job.reads and of else 0.0

    def run(self, *, progress: bool) -> Fit:
        """Run the epochs that are left."""
        stopped, is_whole = self.stopped, True
        left = (self.job.epochs - self.journal.epoch) * self.job.steps_per_epoch - self.step
        with Interrupt() as interrupt, progress_bar(left, "step", shown=progress) as bar:
            try:
                while stopped is None and self.journal.epoch < self.job.epochs and not interrupt.requested:
                    stopped = self._epoch(interrupt, bar)
            except KeyboardInterrupt:
                # Pressed twice, or from another's handler: the steps of this slice go uncounted.
                interrupt.request()
                is_whole = False
            except DataError as error:
                if not self.job.reads:
                    raise
                self._keep(None)
                raise unreadable(error, lambda: self._finished("interrupted")) from error
        reason: Stopped = "interrupted" if interrupt.requested else stopped or "epochs"
        if is_whole and self.stopped is None:
            # Ctrl-C may come when it is over anyhow: then there is nothing to go on with.
            ended: Stopped | None = "epochs" if self.journal.epoch == self.job.epochs else None
            self._keep(stopped or ended)
        return self._finished(reason)

    def _keep(self, ended: Stopped | None) -> None:
        """Keep how far the training is, and why it has ended if it has."""
        if self.checkpoints.end_is_kept:
            self.checkpoints.keep_the_end(self._kept(ended))

    def _finished(self, reason: Stopped) -> Fit:
        rule = type(self.job.optimizer).__name__
        state = TrainingState(
            self.journal.epoch,
            tuple(self.part),
            self.theta,
            self.moments,
            rule,
            seen=self.job.seen(self.journal.epoch),
            size=(self.job.m, self.job.batch_size),
        )
        return self.journal.finish(state, self.costs, reason, self._share_of_waiting)

    def _epoch(self, interrupt: Interrupt, bar: Any) -> Stopped | None:
        """Run an epoch slice by slice, to its end or until Ctrl-C; return why training is to stop, if it is."""
        job, e = self.job, self.journal.epoch
        point = _Point(e, self.step, self.theta, self.moments, job.rates(e, self.journal.monitored))
        self.starts.append(point.copy())
        began = perf_counter()
        with job.portions(e, self.step) as portions:
            for portion in portions:
                self._portion(point, portion, interrupt, bar)
                if interrupt.requested:
                    break
            self.waiting += np.array([portions.waited, perf_counter() - began])
        return self._recorded(point) if self.step == job.steps_per_epoch else None

    def _portion(self, point: _Point, portion: Portion, interrupt: Interrupt, bar: Any) -> None:
        """Take the steps of a portion slice by slice, to its end or until Ctrl-C."""
        put, end = self.job.put(portion), portion.end(self.job.batch_size)
        while self.step < end and not interrupt.requested:
            # What came before a slice is kept once the slice's costs are finite: from there a later divergence, and the
            # network before it, are found again.
            due = self.checkpoints.record(self._kept()) if self.checkpoints.are_due else None
            began = perf_counter()
            new = self._slice(point, portion, put, min(self.step + self.at_once, end), interrupt.flag)
            took = perf_counter() - began
            self.checkpoints.keep(due)
            bar.update(len(new))
            if not bar.disable:
                bar.set_postfix(cost=f"{self.costs[-1]:.4g}", refresh=False)
            fitting = int(len(new) * _SLICE_SECONDS / took)
            self.at_once = max(1, min(2 * self.at_once, fitting))
        if not np.isfinite(self.theta).all():
            raise self._diverged(point, portion, self.step - 1, again=self.step - 1)

    def _slice(self, point: _Point, portion: Portion, put: Put, end: int, stop: Flag) -> Array:
        start = self.step
        new = point.take(self.job, portion, put, start, end, stop)
        self.costs.extend(new.tolist())
        if not np.isfinite(new[-1:]).all():
            bad = start + len(new) - 1
            raise self._diverged(point, portion, bad, again=bad - 1)
        self.part.extend(new.tolist())
        return new

    def _recorded(self, point: _Point) -> Stopped | None:
        """Write the epoch down; return why training is to stop, if it is."""
        cost, self.part = self.job.mean_cost(self.part), []
        stopped = self.journal.record(self.theta, cost, float(point.rates[-1]))
        is_over = self.job.optimizer.schedule.is_over(self.job.run(self.journal.monitored))
        return stopped or ("rate" if is_over else None)

    def _diverged(self, point: _Point, portion: Portion, step: int, *, again: int) -> DivergedError:
        """Return the error for a step at which the cost, or after which θ, is not finite.

        The last network whose cost was finite stood before step ``again``; the way there from the epoch's beginning, or
        from that of the epoch before, is gone once more.
        """
        layer = self._first_bad_layer(point, portion, step)
        last = self.starts[-1]
        if again < last.step and len(self.starts) > 1:
            last, again = self.starts[0], self.job.steps_per_epoch - 1
        last.go_on(self.job, max(again, last.step))
        return DivergedError(
            f"a cost must be finite: at epoch {point.epoch}, step {step}, the signal of layer {layer} or the loss on "
            "it is not; lower the rate, scale the data, or penalise the weights (the network before: .network)",
            epoch=point.epoch,
            step=step,
            layer=layer,
            network=self.journal.seen(last.theta),
        )

    def _first_bad_layer(self, point: _Point, portion: Portion, step: int) -> int:
        """Return the first layer whose signal is not finite on the step's batch, else the last layer."""
        start = (step - portion.start) * self.job.batch_size
        batch = portion.order[start : start + self.job.batch_size]
        signals = self.job.signals(point.theta, portion, batch)
        bad = (i for i, s in enumerate(signals) if not np.isfinite(s).all())
        return next(bad, len(signals) - 1)


def _moments(optimizer: Optimizer, before: TrainingState, theta: Array) -> State:
    fresh = optimizer.init(theta)
    if before.moments is None:
        return fresh
    before.check_rule(type(optimizer).__name__)
    if [a.shape for a in before.moments] != [a.shape for a in fresh]:
        raise ParameterError("state is that of a network of another size; go on with the same network")
    return tuple(np.array(a, b.dtype) for a, b in zip(before.moments, fresh, strict=True))


def progress_bar(total: int, unit: str, *, shown: bool) -> Any:
    """Return tqdm's bar on standard error."""
    from tqdm import tqdm

    return tqdm(total=total, unit=unit, disable=not shown, dynamic_ncols=True)
