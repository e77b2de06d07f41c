"""How good predictions are, and how good those of a linear model and of gradient boosting."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from scipy.stats import t as student
from threadpoolctl import threadpool_limits

from hassenet.cli.fit.options import FOLDS
from hassenet.cli.terminal import note
from hassenet.data.compact import is_compact
from hassenet.data.genotypes import counted_alike
from hassenet.data.in_memory import in_memory
from hassenet.data.soft_clip import SoftClip
from hassenet.data.stream import is_stream
from hassenet.model import Model
from hassenet.outcomes import Outcomes
from hassenet.outcomes.target import OutcomeTarget
from hassenet.selection.of_outcomes import fold_strata
from hassenet.selection.some_rows import rows_to_choose_on
from hassenet.tallies.of_classes import minus_log
from hassenet.tallies.of_target import OfTarget
from hassenet.tallies.tally import Scores, in_pairs
from hassenet.task.target import Target

Array = NDArray[Any]
T = TypeVar("T", Target, OutcomeTarget)
AnyTarget = Target | OutcomeTarget
Predict = Callable[[Any], Array]
"""Features of some rows ↦ their prediction: outputs of outcomes, else probabilities or numbers."""
Predicted = Iterable[tuple[AnyTarget, Array]]
"""The target of some rows and their prediction, a part of all rows after the other."""

_FEWEST = 2
_BOOSTING, _MOST_NUMBERS = "gradient boosting", 20_000_000


# ---------------------------------------------------------------- rows


def predicted(
    model: Model, X: Any, target: T, rows: Array, predict: Callable[[Any, T], Array]
) -> Iterator[tuple[T, Array]]:
    """Yield the target and the prediction of rows: of a stream those of a block after the other, rising."""
    if not is_stream(X):
        of = target.take(rows)
        yield of, predict(X[rows], of)
        return
    start = 0

    def of_block(block: Any) -> tuple[T, Array]:
        nonlocal start
        of = target.take(rows[start : start + len(block)])
        start += len(block)
        return of, predict(block, of)

    yield from counted_as(model, X[rows]).each(of_block)


def counted_as(model: Model, stream: Any) -> Any:
    """Return a stream whose genotypes count the alleles that a model counts."""
    return stream if model.encoding is None else counted_alike(stream, model.encoding)


def rows_at(model: Model, X: Any, rows: Array) -> Any:
    """Return rows in memory."""
    return in_memory(counted_as(model, X[rows])) if is_stream(X) else X[rows]


def rows_for_usual_models(X: Any, target: AnyTarget, rows: Array, seed: int) -> Array:
    """Return the rows that usual models learn from, which hold them: of a stream as many as settings are chosen on."""
    if not is_stream(X):
        return rows
    return rows[rows_to_choose_on(_strata(target.take(rows)), len(X.features), FOLDS, seed)]


def _strata(target: AnyTarget) -> Array:
    if isinstance(target, OutcomeTarget):
        return fold_strata(target)
    return np.zeros(len(target.values), np.int64) if target.strata is None else target.strata


# ---------------------------------------------------------------- scores


def scores(parts: Predicted, outcomes: Outcomes | None = None) -> OfTarget:
    """Return what the scores of predictions are made of, a part of the rows after the other."""
    found = in_pairs(OfTarget.of(target, prediction, outcomes) for target, prediction in parts)
    assert found is not None, "some part has rows"
    return found


def scores_of_one(parts: Predicted) -> Scores:
    """Return the scores of predictions of one class, or of plain numbers."""
    (tally,) = scores(parts).each
    return {} if tally is None else tally.scores()


def scores_and_losses(parts: Iterable[tuple[Target, Array]], variance: Any = 1.0) -> tuple[Scores, Array]:
    """Return the scores of predictions, and the loss of each row, (m,), as :func:`difference` compares it.

    It is −log p of the class of the row, or its squared error, of several targets the mean in units of their variances.
    """
    losses = []

    def noted() -> Iterator[tuple[Target, Array]]:
        for target, prediction in parts:
            losses.append(_losses(target, prediction, variance))
            yield target, prediction

    return scores_of_one(noted()), np.concatenate(losses)


def variance_of(target: Target) -> Any:
    """Return the variances of several numbers, in units of which their errors are; 1 of one."""
    several = target.classes is None and target.values.shape[1] > 1
    return np.nanvar(target.values, axis=0) if several else 1.0


def _losses(target: Target, prediction: Array, variance: Any) -> Array:
    true = target.values
    if target.classes is None:
        with np.errstate(over="ignore"):  # a prediction may be that large, its squared error is infinite
            return np.asarray(np.nanmean((prediction.reshape(true.shape) - true) ** 2 / variance, axis=1))
    return minus_log(prediction, true)


def difference(target: Target, one: Array, other: Array) -> Scores:
    """Return the mean loss of one prediction minus that of another, row by row, and its 95 % interval.

    Below 0 the first one is better. The interval is Student's, of a mean of independent rows; of one row there is none,
    nor where a loss is not finite.
    """
    if len(one) < _FEWEST or not (np.isfinite(one).all() and np.isfinite(other).all()):
        return {}
    D = one - other
    name = "squared error" if target.classes is None else "log loss"
    mean, reach = float(D.mean()), float(student.ppf(0.975, len(D) - 1) * D.std(ddof=1) / np.sqrt(len(D)))
    return {name: mean, "low": mean - reach, "high": mean + reach}


# ---------------------------------------------------------------- usual models


def prepared_for_baselines(model: Model, X: Any) -> Any:
    """Return features as usual models take them: prepared as for the network, without the soft clip, its own."""
    if model.steps is None:
        return model.prepare(X)
    others = tuple(step for step in model.steps if not isinstance(step, SoftClip))
    return replace(model, steps=others).prepare(X)


def baselines(target: Target, X: Any) -> Iterator[tuple[str, Predict]]:
    """Yield a linear model of the same task, and gradient boosting: the name, and what predicts once it has learned.

    Parameters
    ----------
    target : Target
        Of the rows to learn from.
    X : (m, n) array or sparse array
        Their features, as they are prepared for such models.
    """
    # On a busy machine the threads of a small task wait for one another longer than they compute.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a baseline may stop before it has converged to the last digit
        for name, model in _models(target):
            if not _is_too_large(X, name):
                model.fit(_as_learned(X, name), target.values)
                yield name, partial(_prediction, target, model, name)


def _is_too_large(X: Any, name: str) -> bool:
    """Return whether the memory would be filled with zeros, which a note says."""
    if not _is_widened(X, name) or X.shape[0] * X.shape[1] <= _MOST_NUMBERS:
        return False
    note(f"{name} is left out: it takes numbers of eight bytes, {X.shape[0] * X.shape[1]:,} of them")
    return True


def _is_widened(X: Any, name: str) -> bool:
    """Return whether a usual model takes features as numbers of eight bytes which are held in fewer."""
    return is_compact(X) and not (issparse(X) and name != _BOOSTING)


def _as_learned(X: Any, name: str) -> Any:
    if not _is_widened(X, name):
        return X
    return X.toarray() if issparse(X) else np.asarray(X)


def _models(target: Target) -> Iterator[tuple[str, Any]]:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, Ridge

    from hassenet.cli.fit.target_by_target import TargetByTarget

    if target.classes is None:
        yield "ridge regression", TargetByTarget(Ridge())
        yield _BOOSTING, TargetByTarget(HistGradientBoostingRegressor(random_state=0))
    else:
        yield "logistic regression", LogisticRegression(max_iter=1000)
        yield _BOOSTING, HistGradientBoostingClassifier(random_state=0)


def _prediction(target: Target, model: Any, name: str, X: Any) -> Array:
    Z = _as_learned(X, name)
    found: Array = model.predict(Z) if target.classes is None else model.predict_proba(Z)
    return found
