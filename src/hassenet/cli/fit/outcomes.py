"""How good a model of outcomes is, beside a linear model of the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.judged import Judged
from hassenet.cli.fit.scores import predicted, prepared_for_baselines, rows_at, scores
from hassenet.hierarchy.constants import with_constants_among
from hassenet.model import Model
from hassenet.network import Ensemble, Network
from hassenet.optimizers import LBFGS
from hassenet.outcomes import HazardRatio, Outcomes
from hassenet.outcomes.outcome import known
from hassenet.outcomes.target import OutcomeTarget
from hassenet.penalties import L2
from hassenet.tallies.of_target import OfTarget
from hassenet.tallies.tally import Scores
from hassenet.task.architecture import dense
from hassenet.task.names import distinct, numbered
from hassenet.training import TrainingOptions, fit_with

Array = NDArray[Any]
_ITERATIONS = 200
_RIDGE = 1.0  # the penalty of a linear model, over the number of rows, as that of ridge regression


def outputs_of(net: Network | Ensemble, Z: Any, of: OutcomeTarget) -> Array:
    """Return the outputs of rows of prepared features."""
    return np.asarray(net(Z, offset=of.offset, check_finite=False), np.float64)


def settled(model: Model, target: OutcomeTarget, X: Any, rows: Array) -> Outcomes:
    """Return the outcomes of a model with what the outputs of the rows learned from say, as baselines of hazards."""
    offset = target.take(rows).offset
    net, Z = model.network, model.prepare(X[rows])
    return target.settled(rows, np.asarray(net(Z, offset=offset), np.float64))


def scores_of_outcomes(model: Model, judged: Judged) -> Iterator[tuple[str, Scores]]:
    """Yield the scores of a model, and those of a linear model of the same outcomes."""
    target = judged.target
    assert model.outcomes is not None
    assert isinstance(target, OutcomeTarget)
    yield from _scored(model, judged, judged.name, model.outcomes, partial(_own_outputs, model))
    if model.stopped == "interrupted":  # then there is no wait for another model
        return
    prepare = partial(prepared_for_baselines, model)
    learned = Linear.of(prepare(rows_at(model, judged.X, judged.usual)), target.take(judged.usual))
    yield from _scored(
        model, judged, linear_name(target), learned.outcomes, partial(learned.outputs, prepare)
    )


def linear_name(target: OutcomeTarget) -> str:
    """Return what the linear model is called."""
    one = target.outcomes.parts[0] if len(target.outcomes.parts) == 1 else None
    return "linear Cox" if isinstance(one, HazardRatio) else "linear model"


@final
class Linear(NamedTuple):
    """A linear model that has learned: its outcomes, with what was learned of its outputs, and the network."""

    outcomes: Outcomes
    network: Network

    @staticmethod
    def of(Z: Any, target: OutcomeTarget) -> Linear:
        """Return the model without hidden elements that has learned from rows."""
        rows = np.arange(len(target))
        net = linear(Z, target, rows)
        return Linear(target.settled(rows, outputs_of(net, Z, target)), net)

    def outputs(self, prepare: Callable[[Any], Any], X: Any, of: OutcomeTarget) -> Array:
        """Return the outputs of rows, of which features are to be prepared."""
        return outputs_of(self.network, prepare(X), of)


def guessed_scores(target: OutcomeTarget, test: OutcomeTarget) -> Iterator[tuple[str, Scores]]:
    """Yield the scores, on some rows, of what is best where nothing is known of an example but what others have."""
    outcomes, net = Linear.of(np.zeros((len(target), 1)), target)
    parts = [(test, outputs_of(net, np.zeros((len(test), 1)), test))]
    yield from scored_by("guessing", outcomes, scores(parts, outcomes), target)


def linear(Z: Any, target: OutcomeTarget, rows: Array) -> Network:
    """Return the linear model of outcomes, by L-BFGS: a network without hidden ranks."""
    outputs = target.outputs
    H = dense(numbered("x", Z.shape[1]), (), distinct(map(str, outputs)))
    net = target.predicted(0).network(with_constants_among(H, outputs), (), dtype="float64")
    penalty = L2(_RIDGE / len(rows)) if Z.shape[1] else None
    options = TrainingOptions(
        loss=target.outcomes.loss, penalty=penalty, optimizer=LBFGS(_ITERATIONS), epochs=_ITERATIONS
    )
    rows = rows[target.take(rows).is_learnable]
    of_rows = target.take(rows)
    return fit_with(options, net, Z[rows], of_rows.encoded, offset=of_rows.offset).network


# ---------------------------------------------------------------- scores


def _scored(
    model: Model,
    judged: Judged,
    name: str,
    outcomes: Outcomes,
    outputs: Callable[[Any, OutcomeTarget], Array],
) -> Iterator[tuple[str, Scores]]:
    """Yield the scores, on the rows held out, of what has these outputs of features."""
    target, (train, test) = judged.target, judged.split
    assert isinstance(target, OutcomeTarget)
    found = scores(predicted(model, judged.X, target, test, outputs), outcomes)
    yield from scored_by(name, outcomes, found, target.take(train))


def _own_outputs(model: Model, X: Any, of: OutcomeTarget) -> Array:
    return outputs_of(model.network, model.prepare(X), of)


def scored_by(
    name: str, outcomes: Outcomes, of: OfTarget, train: OutcomeTarget
) -> Iterator[tuple[str, Scores]]:
    """Yield the scores of each outcome on the rows that have it, of several with the target behind the name.

    ``train`` are the rows from which it is known how times were censored.
    """
    for one, tally, censored in zip(outcomes.parts, of.each, train.values, strict=True):
        called = f"{name}, {one.name}" if len(outcomes.parts) > 1 else name
        yield called, {} if tally is None else tally.scores(censored[known(censored)])
