"""One training run in scikit-learn's terms: what it passes to ``hassenet.fit``, when it ends, of what it warns."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from hassenet.checkpoints import CheckpointFolder
from hassenet.data.class_numbers import ClassNumbers
from hassenet.data.examples import Examples
from hassenet.data.targets_elsewhere import TargetsElsewhere
from hassenet.errors import DivergedError
from hassenet.estimators.record import Record
from hassenet.estimators.solvers import is_adaptive, optimizer, penalty
from hassenet.likelihoods import Heads, Loss
from hassenet.likelihoods.gaps import summed
from hassenet.likelihoods.heads import of_a_head
from hassenet.network import Network
from hassenet.task.task import Task
from hassenet.training import TrainingOptions, fit_with
from hassenet.training.callback_states import Resumable, state_of
from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.history import Epoch, Fit, TrainingState
from hassenet.training.objective import cost

Array = NDArray[Any]
Score = Callable[[Array, Array], float]

# fmt: off
_NOT_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values "
    "and need to be preprocessed."
)
# fmt: on


@final
@dataclass(frozen=True)
class Problem:
    """A network to start from, what it is to predict, the examples, how a prediction is scored, where it is kept."""

    network: Network
    task: Task
    train: Examples
    validation: Examples | None
    score: Score | None
    seed: int
    checkpoint: CheckpointFolder | None = None

    @property
    def loss(self) -> Loss:
        """The loss of all heads."""
        return self.task.loss_on(self.network.hierarchy)

    @property
    def offset(self) -> float:
        """What scikit-learn's loss has beside ours, which no parameter moves: it states some as half a deviance."""
        if isinstance(self.train.Y, ClassNumbers):
            return 0.0
        heads = sum(self.loss.weights) if isinstance(self.loss, Heads) else 1.0
        own = _DevianceOffset(of_a_head(self.loss))
        if isinstance(self.train.Y, TargetsElsewhere):
            return heads * self.train.Y.mean(own)
        return heads * float(np.average(own(self.train.Y), weights=self.train.training_weight))

    @property
    def validation_data(self) -> tuple[Any, ...] | None:
        """The validation examples as ``fit`` takes them."""
        if self.validation is None:
            return None
        held = self.validation
        return held.X, held.Y, held.weight, self.offset_of(held)

    def offset_of(self, examples: Examples) -> Array | None:
        """The offsets of examples for the outputs of all heads."""
        return self.task.heads(self.network.hierarchy).for_all(examples.offset)

    def learned(self, options: TrainingOptions, state: TrainingState | None = None) -> Fit:
        """Return the fit with these options; an error of a cost that is not finite has scikit-learn's words too."""
        try:
            return fit_with(
                options,
                self.network,
                self.train.X,
                self.train.Y,
                sample_weight=self.train.training_weight,
                offset=self.offset_of(self.train),
                validation_data=self.validation_data,
                state=state,
                checkpoint=self.checkpoint,
            )
        except DivergedError as error:
            where = {name: getattr(error, name) for name in ("epoch", "step", "layer", "network")}
            raise DivergedError(f"{error}. {_NOT_FINITE}", **where) from None


@final
@dataclass(frozen=True)
class _DevianceOffset:
    """Targets ↦ what a loss has less than half a deviance, an example each; none of class numbers."""

    loss: Loss

    def __call__(self, targets: Any) -> Array:
        if isinstance(targets, ClassNumbers):
            return np.zeros(len(targets))
        Y = np.asarray(targets).T
        return np.asarray(summed(lambda L: lambda _, y: L.deviance_offset(y), self.loss, Y, Y))


@final
class Learned(NamedTuple):
    """What an estimator keeps of a training in batches: one that diverged has no state to go on from."""

    network: Network
    state: TrainingState | None
    history: tuple[Epoch, ...]
    epochs: int


@final
class _AfterEachEpoch:
    """The callback of a fit that keeps the record, prints, and ends a training that has converged."""

    def __init__(self, estimator: Any, problem: Problem, record: Record, *, once: bool) -> None:
        self._e, self._record, self._once, self._start = estimator, record, once, problem.network
        self._offset, self._scored = problem.offset, problem.validation is not None
        self._before = len(record.losses)
        self.epochs: list[Epoch] = []

    def __call__(self, epoch: Epoch, network: Network) -> bool:
        self.epochs.append(epoch)
        score = float(epoch.validation_score) if self._scored else None
        self._record.add(epoch.cost + self._offset, score, network)
        self._say(
            f"Iteration {len(self._record.losses) - self._before}, loss = {self._record.losses[-1]:.8f}"
        )
        if self._record.by_score:
            self._say(f"Validation score: {score:f}")
        asked = [bool(callback(epoch, network)) for callback in self._e.callbacks]
        return self._is_over() or self._once or any(asked)

    def state_dict(self) -> dict[str, Any]:
        """Return the record, the epochs, and the states of the estimator's own callbacks."""
        own = {f"own {k} {name}": x for k, one in self._own() for name, x in state_of(one).items()}
        return {
            **self._record.state_dict(),
            "epochs": np.array(self.epochs).reshape(-1, len(Epoch._fields)),
            **own,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self._record.load_state_dict(state, self._start)
        self.epochs = [Epoch(int(row[0]), *row[1:]) for row in state["epochs"].tolist()]
        for k, one in self._own():
            start = f"own {k} "
            one.load_state_dict({n.removeprefix(start): x for n, x in state.items() if n.startswith(start)})

    def _own(self) -> list[tuple[int, Resumable]]:
        return [(k, one) for k, one in enumerate(self._e.callbacks) if isinstance(one, Resumable)]

    def _is_over(self) -> bool:
        if not self._record.has_converged(self._e.n_iter_no_change):
            return False
        what = "Validation score" if self._record.by_score else "Training loss"
        epochs = self._e.n_iter_no_change
        gone = f"{what} did not improve more than tol={self._e.tol:f} for {epochs} consecutive epochs."
        if is_adaptive(self._e):  # the schedule has seen it too: it lowers the rate, or ends the training
            self._record.count_anew()
            self._say(f"{gone} Lowering the learning rate.")
            return False
        self._say(f"{gone} Stopping.")
        return True

    def _say(self, line: str) -> None:
        if self._e.verbose:
            print(line)  # noqa: T201 - what verbose=True asks for


def stepwise(estimator: Any, problem: Problem, record: Record, *, once: bool, state: Any) -> Learned:
    """Train in batches, for one epoch or until the record says that it has converged.

    Where the cost is no longer finite, and there is a score to tell networks by, the best one is kept.
    """
    after = _AfterEachEpoch(estimator, problem, record, once=once)
    size = batch_size(estimator.batch_size, len(problem.train))
    options = replace(
        _options(estimator, problem, examples=size),
        batch_size=size,
        epochs=estimator.max_iter,  # also for one epoch: schedules count on the whole of them
        seed=problem.seed,
        shuffle=estimator.shuffle,
        # the schedule of an adaptive rate looks at what early stopping monitors; the end is the record's to decide
        early_stopping=EarlyStopping("score", patience=np.inf) if record.by_score else None,
        callbacks=[after],
    )
    try:
        result = problem.learned(options, state)
    except DivergedError as error:
        if not record.by_score:
            raise
        return _until_it_diverged(problem, record, tuple(after.epochs), error)
    _warn(result, estimator.max_iter, once=once)
    return Learned(result.network, result.state, result.history, len(result.history))


def _until_it_diverged(
    problem: Problem, record: Record, history: tuple[Epoch, ...], error: DivergedError
) -> Learned:
    kept = (
        "with the best validation score"
        if record.best
        else "that training started from, as no epoch was over,"
    )
    warnings.warn(
        f"Training has diverged at epoch {error.epoch}, step {error.step}: the signal of layer {error.layer} or the "
        f"loss on it is not finite. The network {kept} is kept; lower the rate, scale the data, or penalise weights",
        ConvergenceWarning,
        stacklevel=2,
    )
    record.add(np.nan, np.nan)
    return Learned(record.best or problem.network, None, history, len(history) + 1)


def of_a_stream(estimator: Any, state: TrainingState | None) -> TrainingState | None:
    """Return the state for the next part of a stream, whose parts are measured as one.

    A rule that was changed meanwhile begins with moments of its own.
    """
    if state is None:
        return None
    same = state.rule == type(optimizer(estimator)).__name__
    return replace(state, data=None) if same else replace(state, data=None, moments=None, rule="")


def by_lbfgs(estimator: Any, problem: Problem) -> tuple[Fit, float]:
    """Minimise the cost of all examples together by L-BFGS; return the fit and the cost at its end."""
    train, options = problem.train, _options(estimator, problem, examples=len(problem.train))
    result = problem.learned(replace(options, callbacks=list(estimator.callbacks)))
    _warn_of_lbfgs(result, estimator.max_iter)
    parts = (train.X, train.Y, options.loss, options.penalty, train.training_weight)
    reached = cost(result.network, *parts, offset=problem.offset_of(train))
    return result, reached + problem.offset


def _options(estimator: Any, problem: Problem, *, examples: int) -> TrainingOptions:
    """Return what trainings in batches of so many examples and by L-BFGS have in common."""
    return TrainingOptions(
        loss=problem.loss,
        penalty=penalty(estimator, examples * problem.train.mean_weight),
        optimizer=optimizer(estimator),
        dropout=estimator.dropout,
        input_dropout=estimator.input_dropout,
        score=problem.score,
        progress=estimator.progress,
        engine=estimator.engine,
        n_threads=estimator.n_threads,
    )


def batch_size(wished: Any, examples: int) -> int:
    """Return the size of a batch: the one wished for, or at most 200, and never more than there are examples."""
    if wished == "auto":
        return min(200, examples)
    if wished > examples:
        warnings.warn(
            "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped", stacklevel=2
        )
    return min(int(wished), examples)


def _warn(result: Fit, max_iter: int, *, once: bool) -> None:
    _warn_of_interrupt(result)
    if result.stopped == "epochs" and not once:
        warnings.warn(
            f"Stochastic Optimizer: Maximum iterations ({max_iter}) reached and the optimization hasn't converged yet.",
            ConvergenceWarning,
            stacklevel=2,
        )


def _warn_of_lbfgs(result: Fit, max_iter: int) -> None:
    _warn_of_interrupt(result)
    if result.stopped not in ("epochs", "stalled"):
        return
    n = len(result.history)
    remedies = {
        "epochs": f"raise max_iter={max_iter}" if n >= max_iter else "raise max_fun",
        "stalled": "start from other weights",
    }
    warnings.warn(
        f"lbfgs failed to converge after {n} iteration(s); {remedies[result.stopped]}, raise tol, or scale the data",
        ConvergenceWarning,
        stacklevel=2,
    )


def _warn_of_interrupt(result: Fit) -> None:
    if result.stopped == "interrupted":
        warnings.warn("Training interrupted by user.", stacklevel=2)
