"""Training: the only loop over epochs."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet._interrupt import Interrupt
from hassenet._journal import Callback, Journal, Score, Watch
from hassenet._whole import minimise
from hassenet.early_stopping import EarlyStopping
from hassenet.engines import Engine, get_engine, reference
from hassenet.engines.plan import Plan
from hassenet.errors import DivergedError, ParameterError, ShapeError
from hassenet.history import Epoch, Fit, Stopped, TrainingState
from hassenet.likelihoods import Loss
from hassenet.network import Network
from hassenet.objective import AnyLoss, Examples, chosen_loss, examples
from hassenet.optimizers import LBFGS, SGD, Optimizer, State
from hassenet.penalties import Penalty
from hassenet.schedules import Run, check_share

__all__ = ["EarlyStopping", "Epoch", "Fit", "TrainingState", "fit"]

Array = NDArray[Any]

# The engine is asked for as many steps at once as take about this long, so that Ctrl-C is heard at once.
_SLICE_SECONDS = 0.05


def fit(
    net: Network,
    X: Any,
    Y: Any,
    loss: AnyLoss = None,
    *,
    penalty: Penalty | None = None,
    optimizer: Optimizer | LBFGS = SGD(0.1),
    batch_size: int = 64,
    epochs: int = 10,
    seed: int = 0,
    shuffle: bool = True,
    sample_weight: Any = None,
    validation_data: Sequence[Any] | None = None,
    validation_fraction: float = 0.0,
    score: Score | None = None,
    early_stopping: EarlyStopping | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool = False,
    engine: str | None = None,
    state: TrainingState | None = None,
) -> Fit:
    """Train a network by mini-batch gradient descent (or L-BFGS on the whole of J).

    Each step picks a batch B, appends J_B = (1/|B|) Σ_{i∈B} L(Nxᵢ, yᵢ) + R(θ) to the list of costs, and moves θ against
    its gradient.

    Parameters
    ----------
    net : Network
        The network to start from; it stays as it is.
    X : (m, n₀) array, sparse array or table
    Y : (m, k) array, (m,) for one output; class numbers (m,) for cross-entropy
    loss : str, Loss or Likelihood, optional
        By default the loss for which the output activation is canonical.
    penalty : Penalty, optional
    optimizer : Optimizer or LBFGS
    batch_size : int
        |B|; the last batch of an epoch may be smaller.
    epochs : int
        Passes over the examples; for L-BFGS, iterations unless it has its own number.
    seed : int
        For the order of the examples and the validation split; the same seed gives the same bits.
    shuffle : bool
        Whether each epoch takes the examples in a new random order.
    sample_weight : (m,) array, optional
        wᵢ ≥ 0; weight k is the same as k copies.
    validation_data : (X, Y) or (X, Y, weights), optional
    validation_fraction : float in [0, 1)
        Instead: the share of the examples, taken at random, that is held out.
    score : callable, optional
        (Y, prediction) ↦ number, higher is better, on the validation data after each epoch.
    early_stopping : EarlyStopping, optional
    callbacks : sequence of callables
        Called with (Epoch, Network) after each epoch; one that returns something true ends the training.
    progress : bool
        Whether to show a progress bar on standard error.
    engine : str, optional
    state : TrainingState, optional
        ``fit.state`` of an earlier training of this network, to go on as if it had not stopped.

    Returns
    -------
    Fit
        Also after Ctrl-C, with what was learned until then and ``stopped == "interrupted"``.

    Raises
    ------
    DivergedError
        If a cost is not finite; the last network whose cost was finite is on it.
    DataError, ParameterError
        If the data do not fit, or an option is outside its domain.

    Examples
    --------
    >>> from hassenet import Hierarchy
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> y = np.array([0, 1, 1, 0])  # exclusive or
    >>> net = Network(Hierarchy.complete(2, 8, 1), hidden="tanh", output="sigmoid", seed=1)
    >>> result = fit(net, X, y, optimizer=SGD(1.0), batch_size=4, epochs=300)
    >>> result.network(X).round().ravel()
    array([0., 1., 1., 0.], dtype=float32)
    """
    _check_options(optimizer, penalty, batch_size, epochs, seed)
    chosen = chosen_loss(net, loss)
    data = examples(net, X, Y, sample_weight, chosen)
    if data.X.shape[0] == 0:
        raise ShapeError("training needs at least one example; X has no rows; give some")
    data, held = _held_out(net, data, validation_data, validation_fraction, seed, chosen)
    plan = net.plan.with_objective(chosen, penalty)
    watch = Watch(held, score, early_stopping, callbacks)
    before = state or TrainingState()
    journal = Journal(net, plan, get_engine(engine), watch, before.epoch, list(before.monitored))
    if isinstance(optimizer, LBFGS):
        return minimise(journal, data, optimizer, epochs)
    last = before.epoch + epochs
    job = _Job(plan, journal.engine, optimizer, data, min(batch_size, data.X.shape[0]), last, seed, shuffle)
    return _descend(job, journal, before, progress)


@final
@dataclass(frozen=True)
class _Job:
    """All that does not change while training runs; ``epochs`` counts those of earlier trainings too."""

    plan: Plan
    engine: Engine
    optimizer: Optimizer
    data: Examples
    batch_size: int
    epochs: int
    seed: int
    shuffle: bool

    @property
    def m(self) -> int:
        return int(self.data.X.shape[0])

    @property
    def steps_per_epoch(self) -> int:
        return -(-self.m // self.batch_size)

    def order(self, epoch: int) -> NDArray[np.int64]:
        """Return the order of the examples: a function of seed and epoch, so that an epoch can be run again."""
        return (
            np.random.default_rng([self.seed, epoch]).permutation(self.m)
            if self.shuffle
            else np.arange(self.m)
        )

    def run(self, monitored: Sequence[float]) -> Run:
        return Run(self.steps_per_epoch, self.epochs, self.m, monitored)

    def rates(self, epoch: int, monitored: Sequence[float]) -> Array:
        steps = np.arange(self.steps_per_epoch) + epoch * self.steps_per_epoch
        return self.optimizer.schedule.rates(steps, self.run(monitored))


@final
class _Point(NamedTuple):
    """Parameters and the optimiser's state at the start of an epoch, with the epoch's order and rates."""

    epoch: int
    theta: Array
    moments: State
    order: NDArray[np.int64]
    rates: Array

    def copy(self) -> _Point:
        return self._replace(theta=self.theta.copy(), moments=tuple(a.copy() for a in self.moments))


def _take_steps(job: _Job, point: _Point, start: int, stop: int) -> Array:
    """Take steps ``start`` to ``stop`` of an epoch, changing its θ and moments in place; return the costs."""
    B = job.batch_size
    return job.engine.train(
        job.plan,
        point.theta,
        point.moments,
        *job.data,
        point.order[start * B : stop * B],
        optimizer=job.optimizer,
        rates=point.rates[start:stop],
        batch_size=B,
    )


def _descend(job: _Job, journal: Journal, before: TrainingState, progress: bool) -> Fit:
    """Run the epochs."""
    theta = journal.net.theta.copy()
    moments = _moments(job.optimizer, before, theta)
    starts: deque[_Point] = deque(maxlen=2)
    costs: list[Array] = []
    stopped: Stopped | None = None
    with Interrupt() as interrupt, _bar(progress, (job.epochs - journal.epoch) * job.steps_per_epoch) as bar:
        try:
            while stopped is None and journal.epoch < job.epochs and not interrupt.requested:
                e = journal.epoch
                point = _Point(e, theta, moments, job.order(e), job.rates(e, journal.monitored))
                starts.append(point.copy())
                costs.append(_epoch(job, point, starts, journal.net, interrupt, bar))
                if len(costs[-1]) == job.steps_per_epoch:
                    stopped = _recorded(job, journal, point, costs[-1])
        except KeyboardInterrupt:  # from a handler that is not ours, or pressed twice
            interrupt.requested = True
    reason = "interrupted" if interrupt.requested else stopped or "epochs"
    return journal.finish(theta, moments, np.concatenate([np.zeros(0), *costs]), reason)


def _epoch(
    job: _Job, point: _Point, starts: deque[_Point], net: Network, interrupt: Interrupt, bar: Any
) -> Array:
    """Run one epoch slice by slice, to its end or until Ctrl-C; return its costs."""
    costs: list[float] = []
    at_once = 1
    while len(costs) < job.steps_per_epoch and not interrupt.requested:
        began = perf_counter()
        new = _take_steps(job, point, len(costs), len(costs) + at_once)
        costs.extend(new)
        if not np.isfinite(costs[-1]):
            raise _diverged(job, point, starts, net, len(costs) - 1)
        bar.update(len(new))
        bar.set_postfix(cost=f"{costs[-1]:.4g}", refresh=False)
        per_step = (perf_counter() - began) / len(new)
        at_once = max(1, min(2 * at_once, int(_SLICE_SECONDS / per_step)))
    return np.array(costs)


def _recorded(job: _Job, journal: Journal, point: _Point, costs: Array) -> Stopped | None:
    """Write the epoch down; return why training is to stop, if it is."""
    sizes = np.full(len(costs), job.batch_size)
    sizes[-1] = job.m - job.batch_size * (len(costs) - 1)
    stopped = journal.record(point.theta, float(costs @ sizes / job.m), float(point.rates[-1]))
    is_over = job.optimizer.schedule.is_over(job.run(journal.monitored))
    return stopped or ("rate" if is_over else None)


def _diverged(job: _Job, point: _Point, starts: deque[_Point], net: Network, step: int) -> DivergedError:
    """Return the error for a step of the epoch that begins at ``starts[-1]``.

    The last network whose cost was finite is that of the step before: the beginnings of two epochs are kept, and the
    steps from there are taken again.
    """
    layer = _first_bad_layer(job, point, step)
    last, again = (
        (starts[-1], step - 1) if step > 0 else (starts[0], (len(starts) - 1) * (job.steps_per_epoch - 1))
    )
    _take_steps(job, last, 0, again)
    return DivergedError(
        f"a cost must be finite: at epoch {point.epoch}, step {step}, the signal of layer {layer} or the loss on it is "
        "not; lower the rate, scale the data, or penalise the weights (the last network with a finite cost: .network)",
        epoch=point.epoch,
        step=step,
        layer=layer,
        network=net.with_theta(last.theta),
    )


def _first_bad_layer(job: _Job, point: _Point, step: int) -> int:
    """Return the first layer whose signal is not finite on a step's batch, else the last layer."""
    batch = point.order[step * job.batch_size : (step + 1) * job.batch_size]
    signals = reference.signals(job.plan, point.theta, job.data.X[batch])
    bad = (i for i, s in enumerate(signals) if not np.isfinite(s).all())
    return next(bad, len(signals) - 1)


def _moments(optimizer: Optimizer, before: TrainingState, theta: Array) -> State:
    fresh = optimizer.init(theta)
    if before.moments is None:
        return fresh
    if [a.shape for a in before.moments] != [a.shape for a in fresh]:
        raise ParameterError(
            f"state belongs to another optimiser or network than {optimizer!r}; go on with the same ones"
        )
    return tuple(a.copy() for a in before.moments)


def _bar(progress: bool, steps: int) -> Any:
    from tqdm import tqdm

    return tqdm(total=steps, unit="step", disable=not progress, dynamic_ncols=True)


def _check_options(optimizer: Any, penalty: Any, batch_size: Any, epochs: Any, seed: Any) -> None:
    if not isinstance(optimizer, Optimizer | LBFGS):
        raise ParameterError(f"optimizer is one of hassenet's, as SGD(0.1) or LBFGS(); got {optimizer!r}")
    if penalty is not None and not isinstance(penalty, Penalty):
        raise ParameterError(f"penalty is L2(…), L1(…), ElasticNet(…) or None; got {penalty!r}")
    for name, value, least in (("batch_size", batch_size, 1), ("epochs", epochs, 0), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise ParameterError(f"{name} is a whole number ≥ {least}; got {value!r}")


def _held_out(
    net: Network,
    data: Examples,
    validation_data: Sequence[Any] | None,
    fraction: float,
    seed: int,
    loss: Loss,
) -> tuple[Examples, Examples | None]:
    """Return the training and the validation examples, given or split off."""
    check_share("validation_fraction", fraction)
    if validation_data is not None and fraction > 0:
        raise ParameterError("give validation_data or validation_fraction, not both")
    if validation_data is not None:
        X, Y, weight = (*validation_data, None)[:3]
        return data, examples(net, X, Y, weight, loss)
    return _split(data, fraction, seed) if fraction > 0 else (data, None)


def _split(data: Examples, fraction: float, seed: int) -> tuple[Examples, Examples]:
    m = data.X.shape[0]
    rows = np.random.default_rng([seed, m]).permutation(m)
    n = round(fraction * m)
    if not 0 < n < m:
        raise ParameterError(
            f"a validation_fraction of {fraction} holds out {n} of {m} examples; both parts need one at least"
        )
    return _rows(data, np.sort(rows[n:])), _rows(data, np.sort(rows[:n]))


def _rows(data: Examples, rows: NDArray[np.int64]) -> Examples:
    weight = None if data.weight is None else data.weight[rows]
    return Examples(data.X[rows], data.Y[rows], weight)
