"""One training run in scikit-learn's terms: what it passes to ``hassenet.fit``, when it ends, of what it warns."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from hassenet.data.examples import Examples
from hassenet.estimators.record import Record
from hassenet.estimators.solvers import is_adaptive, optimizer, penalty
from hassenet.likelihoods import Heads, Loss
from hassenet.likelihoods.heads import of_a_head
from hassenet.network import Network
from hassenet.training import fit
from hassenet.training.early_stopping import EarlyStopping
from hassenet.training.history import Epoch, Fit
from hassenet.training.objective import cost

Array = NDArray[Any]
Score = Callable[[Array, Array, Array | None], float]


@final
@dataclass(frozen=True)
class Task:
    """What to learn: a network to start from, the loss, the examples, and how a prediction is scored."""

    network: Network
    loss: Loss
    train: Examples
    validation: Examples | None
    score: Score
    seed: int

    @property
    def offset(self) -> float:
        """What scikit-learn's loss has beside ours, which no parameter moves: it states some as half a deviance."""
        heads = sum(self.loss.weights) if isinstance(self.loss, Heads) else 1.0
        offsets = of_a_head(self.loss).deviance_offset(self.train.Y.T)
        return heads * float(np.average(offsets, weights=self.train.training_weight))

    @property
    def options(self) -> dict[str, Any]:
        """What ``fit`` is told of the data."""
        return {"sample_weight": self.train.training_weight, **self._validation_options()}

    def _validation_options(self) -> dict[str, Any]:
        if self.validation is None:
            return {}
        X, Y, weight = self.validation.X, self.validation.Y, self.validation.weight
        data = (X, Y) if weight is None else (X, Y, weight)
        return {"validation_data": data, "score": lambda Y, prediction: self.score(Y, prediction, weight)}


@final
class _Watch:
    """The callback of ``fit`` that keeps the record, prints, and ends a training that has converged."""

    def __init__(self, estimator: Any, task: Task, record: Record, *, once: bool) -> None:
        self._e, self._record, self._once = estimator, record, once
        self._offset, self._scored = task.offset, task.validation is not None
        self._before = len(record.losses)

    def __call__(self, epoch: Epoch, network: Network) -> bool:
        score = float(epoch.validation_score) if self._scored else None
        self._record.add(epoch.cost + self._offset, score, network)
        self._say(
            f"Iteration {len(self._record.losses) - self._before}, loss = {self._record.losses[-1]:.8f}"
        )
        if self._record.by_score:
            self._say(f"Validation score: {score:f}")
        asked = [bool(callback(epoch, network)) for callback in self._e.callbacks]
        return self._has_converged() or self._once or any(asked)

    def _has_converged(self) -> bool:
        if self._record.idle <= self._e.n_iter_no_change:
            return False
        what = "Validation score" if self._record.by_score else "Training loss"
        epochs = self._e.n_iter_no_change
        gone = f"{what} did not improve more than tol={self._e.tol:f} for {epochs} consecutive epochs."
        if is_adaptive(self._e):  # the schedule has seen it too: it lowers the rate, or ends the training
            self._record.idle = 0
            self._say(f"{gone} Lowering the learning rate.")
            return False
        self._say(f"{gone} Stopping.")
        return True

    def _say(self, line: str) -> None:
        if self._e.verbose:
            print(line)  # noqa: T201 - what verbose=True asks for


def stepwise(estimator: Any, task: Task, record: Record, *, once: bool, state: Any) -> Fit:
    """Train in batches, for one epoch or until the record says that it has converged."""
    size = batch_size(estimator.batch_size, len(task.train))
    result = fit(
        task.network,
        task.train.X,
        task.train.Y,
        task.loss,
        penalty=penalty(estimator, size * task.train.mean_weight),
        optimizer=optimizer(estimator),
        batch_size=size,
        epochs=estimator.max_iter,  # also for one epoch: schedules count on the whole of them
        dropout=estimator.dropout,
        input_dropout=estimator.input_dropout,
        seed=task.seed,
        shuffle=estimator.shuffle,
        # the schedule of an adaptive rate looks at what early stopping monitors; the end is the record's to decide
        early_stopping=EarlyStopping("score", patience=np.inf) if record.by_score else None,
        callbacks=[_Watch(estimator, task, record, once=once)],
        progress=estimator.progress,
        engine=estimator.engine,
        n_threads=estimator.n_threads,
        state=state,
        **task.options,
    )
    _warn(result, estimator.max_iter, once=once)
    return result


def whole(estimator: Any, task: Task) -> tuple[Fit, float]:
    """Minimise the cost of all examples together by L-BFGS; return the fit and the cost at its end."""
    train, R = task.train, penalty(estimator, len(task.train) * task.train.mean_weight)
    result = fit(
        task.network,
        train.X,
        train.Y,
        task.loss,
        penalty=R,
        optimizer=optimizer(estimator),
        callbacks=list(estimator.callbacks),
        progress=estimator.progress,
        dropout=estimator.dropout,
        input_dropout=estimator.input_dropout,
        engine=estimator.engine,
        n_threads=estimator.n_threads,
        **task.options,
    )
    _warn_of_lbfgs(result, estimator.max_iter)
    return result, cost(result.network, train.X, train.Y, task.loss, R, train.training_weight) + task.offset


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
