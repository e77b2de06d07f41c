"""What each training of a study learns of its rows before it begins, as ``hassenet fit`` does of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.cli.fit.run import scaling_of
from hassenet.data.compact import is_compact
from hassenet.data.preparation import Preparation
from hassenet.outcomes import IntervalHazards, Outcomes
from hassenet.outcomes.target import OutcomeTarget
from hassenet.task.target import Target

Array = NDArray[Any]
Encode = Callable[[Array], Array]
Learn = Callable[[Array], Encode]
"""Targets of the rows learned from ↦ what makes of any what the loss takes."""


@final
@dataclass(frozen=True)
class AsFitted:
    """(X, Y) of some rows ↦ (X, Y) as a fit of these rows takes them.

    Parameters
    ----------
    preparation : Preparation
        Before the scaling; what fills gaps is learned anew.
    is_scaled : bool
        Whether features are taken in deviations.
    targets : callable
        Y of these rows ↦ (Y ↦ what the loss takes).
    """

    preparation: Preparation
    is_scaled: bool
    targets: Learn

    def __call__(self, X: Any, Y: Any) -> FromRows:
        """Return what makes features and targets of any rows."""
        preparation = self._filled(X)
        if self.is_scaled:
            scaling = scaling_of(preparation(X), preparation.features)
            preparation = replace(preparation, steps=(*preparation.steps, scaling))
        return FromRows(preparation, self.targets(np.asarray(Y)))

    def _filled(self, X: Any) -> Preparation:
        encoding = self.preparation.encoding
        if encoding is None or (is_compact(X) and isinstance(X, np.ndarray)):
            return self.preparation
        return replace(self.preparation, encoding=encoding.filled_from(X))


@final
@dataclass(frozen=True)
class FromRows:
    """(X, Y) ↦ features and targets as a training takes them."""

    preparation: Preparation
    encode: Encode

    def __call__(self, X: Any, Y: Any) -> tuple[Any, Array]:
        """Return features and targets."""
        return self.preparation(X), self.encode(np.asarray(Y))


def targets_of(target: Target | OutcomeTarget) -> tuple[Array, Learn]:
    """Return the targets of all rows as they are, and what is learned of some before a training."""
    if isinstance(target, OutcomeTarget):
        return np.hstack(target.values).astype(float), Encoded(target.outcomes)
    return target.values, as_they_are if target.classes is not None else Scaled(target.names)


def as_they_are(Y: Array) -> Encode:
    """Return what leaves class numbers as they are."""
    return _same


def _same(Y: Array) -> Array:
    return Y


@final
@dataclass(frozen=True)
class Scaled:
    """Amounts in deviations from their mean, both of the rows learned from."""

    names: tuple[str, ...]

    def __call__(self, Y: Array) -> Encode:
        """Return their scaling."""
        return scaling_of(Y, self.names)


def added_of(target: Target | OutcomeTarget) -> Array | None:
    """Return the offset of each row, (m, k): as the table has it, for each output to which it is added."""
    if not isinstance(target, OutcomeTarget) or target.added is None:
        return None
    return target.added[:, None] * _shifted(target.outcomes)


def _shifted(outcomes: Outcomes) -> NDArray[np.bool_]:
    """Return to which outputs an offset is added, (k,); by what it is divided first, the rows learned from say."""
    return np.asarray(outcomes.offsets([1.0])[0] != 0)


def divided(outcomes: Outcomes, Y: Array) -> tuple[tuple[Array, ...], Array | None]:
    """Return the values of each target, and the offset of each row that stands behind them, where there is one."""
    if outcomes.offset is None:
        return outcomes.apart(Y), None
    k = len(outcomes.outputs)
    return outcomes.apart(Y[:, :-k]), Y[:, -k:][:, int(_shifted(outcomes).argmax())]


@final
@dataclass(frozen=True)
class Encoded:
    """Outcomes as their loss takes them, with what they know of the values of the rows learned from.

    Into which intervals times are cut says what the outputs are: it is the same for all trainings.
    """

    outcomes: Outcomes

    def __call__(self, Y: Array) -> EncodedBy:
        """Return what encodes the values of any rows."""
        pairs = zip(self.outcomes.parts, divided(self.outcomes, Y)[0], strict=True)
        parts = tuple(part if isinstance(part, IntervalHazards) else part.begun(v) for part, v in pairs)
        return EncodedBy(replace(self.outcomes, parts=parts))


@final
@dataclass(frozen=True)
class EncodedBy:
    """Values side by side ↦ targets as a loss takes them."""

    outcomes: Outcomes

    def __call__(self, Y: Array) -> Array:
        """Return the targets, and behind them what is added to the signal of each output."""
        values, added = divided(self.outcomes, Y)
        encoded = self.outcomes.encoded(values)
        return encoded if added is None else np.hstack([encoded, self.outcomes.offsets(added)])
