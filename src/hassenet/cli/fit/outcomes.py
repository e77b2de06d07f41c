"""How good a model of outcomes is, beside a linear model of the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.scores import Scores, of_classes, of_numbers, prepared_for_baselines
from hassenet.data.stream import is_stream
from hassenet.errors import DataError
from hassenet.hierarchy.constants import with_constants_among
from hassenet.model import Model
from hassenet.network import Ensemble, Network
from hassenet.optimizers import LBFGS
from hassenet.outcomes import (
    Amount,
    Classes,
    Count,
    HazardRatio,
    IntervalHazards,
    OrderedClasses,
    Outcome,
    Outcomes,
    Quantiles,
)
from hassenet.outcomes.outcome import known
from hassenet.outcomes.target import OutcomeTarget
from hassenet.penalties import L2
from hassenet.survival import concordance, concordance_ipcw, integrated_brier
from hassenet.task.architecture import dense
from hassenet.task.names import distinct, numbered
from hassenet.training import TrainingOptions, fit_with

Array = NDArray[Any]
_ITERATIONS = 200
_RIDGE = 1.0  # the penalty of a linear model, over the number of rows, as that of ridge regression


def outputs_at(net: Network | Ensemble, X: Any, target: OutcomeTarget, rows: Array) -> Array:
    """Return the outputs of some rows of prepared features."""
    offset = target.take(rows).offset
    return np.asarray(net(X[rows], offset=offset, check_finite=False), np.float64)


def settled(model: Model, target: OutcomeTarget, X: Any, rows: Array) -> Outcomes:
    """Return the outcomes of a model with what the outputs of the rows learned from say, as baselines of hazards."""
    offset = target.take(rows).offset
    net, Z = model.network, model.prepare(X[rows])
    return target.settled(rows, np.asarray(net(Z, offset=offset), np.float64))


def scores_of_outcomes(
    model: Model, X: Any, target: OutcomeTarget, train: Array, test: Array, name: str
) -> Iterator[tuple[str, Scores]]:
    """Yield the scores of a model, and those of a linear model of the same outcomes."""
    assert model.outcomes is not None
    Z = model.prepare(X)
    own = outputs_at(model.network, Z, target, test)
    yield from scored_by(name, model.outcomes, target, test, own, train)
    if model.stopped != "interrupted" and not is_stream(X):  # then there is no wait for another model
        yield from linear_scores(prepared_for_baselines(model, X), target, train, test)


def linear_name(target: OutcomeTarget) -> str:
    """Return what the linear model is called."""
    one = target.outcomes.parts[0] if len(target.outcomes.parts) == 1 else None
    return "linear Cox" if isinstance(one, HazardRatio) else "linear model"


def linear_scores(
    Z: Any, target: OutcomeTarget, train: Array, test: Array, name: str | None = None
) -> Iterator[tuple[str, Scores]]:
    """Yield the scores of a model without hidden elements, on some rows, that learned from others."""
    net = linear(Z, target, train)
    outcomes = target.settled(train, outputs_at(net, Z, target, train))
    called = linear_name(target) if name is None else name
    yield from scored_by(called, outcomes, target, test, outputs_at(net, Z, target, test), train)


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


def guessed_scores(target: OutcomeTarget, train: Array, test: Array) -> Iterator[tuple[str, Scores]]:
    """Yield the scores of what is best where nothing is known of an example."""
    return linear_scores(np.zeros((len(target), 1)), target, train, test, "guessing")


# ---------------------------------------------------------------- scores


def scored_by(
    name: str,
    outcomes: Outcomes,
    target: OutcomeTarget,
    rows: Array,
    outputs: Array,
    train: Array | None = None,
) -> Iterator[tuple[str, Scores]]:
    """Yield the scores of each outcome on the rows that have it, of several with the target behind the name.

    ``train`` are the rows from which it is known how times were censored; by default the same.
    """
    of_train = target.values if train is None else target.take(train).values
    parts = zip(outcomes.parts, target.take(rows).values, outcomes.split(outputs), of_train, strict=True)
    for one, values, own, censored in parts:
        there = known(values)
        found = _scores(one, values[there], own[there], censored[known(censored)]) if there.any() else {}
        called = f"{name}, {one.name}" if len(outcomes.parts) > 1 else name
        yield called, {score: float(value) for score, value in found.items() if np.isfinite(value)}


@singledispatch
def _scores(one: Outcome, values: Array, outputs: Array, train: Array) -> Scores:
    raise NotImplementedError(f"{type(one).__name__} has no scores")


@_scores.register
def _(one: Amount, values: Array, outputs: Array, train: Array) -> Scores:
    return of_numbers(values, one.answer(outputs))


@_scores.register
def _(one: Classes, values: Array, outputs: Array, train: Array) -> Scores:
    return of_classes(values[:, 0].astype(int), one.probabilities(outputs))


@_scores.register
def _(one: OrderedClasses, values: Array, outputs: Array, train: Array) -> Scores:
    p, true = one.probabilities(outputs), values[:, 0].astype(int)
    of_order = {"steps off": float(np.mean(np.abs(p.argmax(axis=1) - true)))}
    return of_classes(true, p) | of_order


@_scores.register
def _(one: Count, values: Array, outputs: Array, train: Array) -> Scores:
    log_p = one.loss.likelihood.log_prob(outputs, values)
    return of_numbers(values, one.answer(outputs)) | {"log p": float(log_p.mean())}


@_scores.register
def _(one: Quantiles, values: Array, outputs: Array, train: Array) -> Scores:
    found = one.answer(outputs)
    q = np.array(one.shares)
    loss = np.where(values > found, q * (values - found), (1 - q) * (found - values))
    below = {
        f"below {share:g}": v for share, v in zip(one.shares, (values <= found).mean(axis=0), strict=True)
    }
    return {"quantile loss": float(loss.mean()), **below}


@_scores.register
def _(one: HazardRatio, values: Array, outputs: Array, train: Array) -> Scores:
    stratum = np.array(one.labels)[values[:, 2].astype(int)] if values.shape[1] > 2 else None
    return _of_times(values, one.answer(outputs), one.curves(outputs, stratum), train)


@_scores.register
def _(one: IntervalHazards, values: Array, outputs: Array, train: Array) -> Scores:
    return _of_times(values, one.answer(outputs), one.curves(outputs), train)


def _of_times(values: Array, risk: Array, curves: Any, train: Array) -> Scores:
    """Return Harrell's and Uno's concordance within strata, and the integrated Brier score, as far as there are any."""
    Y, censored = values[:, :2], train[:, :2]
    times = _grid(Y, censored)
    measures: dict[str, Callable[[], float]] = {
        "Harrell's C": lambda: concordance(values, risk),
        "Uno's C": lambda: concordance_ipcw(values, risk, tau=times[-1], train=censored),
        "integrated Brier": lambda: integrated_brier(Y, curves, times, train=censored),
    }
    found: Scores = {}
    for name, measure in measures.items():
        with suppress(DataError, IndexError):  # too few events
            found[name] = float(measure())
    return found


def _grid(Y: Array, censored: Array) -> Array:
    """Return times from the first events to where nine of ten have had theirs, while rows are observed still."""
    events = Y[Y[:, 1] == 1, 0]
    last = min(np.quantile(events, 0.9), np.max(Y[:, 0]), np.max(censored[:, 0])) if len(events) else 0
    inside = np.unique(events[events < max(Y[:, 0].max(), 0)])
    return inside[inside <= last]
