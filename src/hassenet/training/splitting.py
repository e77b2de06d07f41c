"""The examples to train on and those to validate with, split off at random."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.class_numbers import ClassNumbers
from hassenet.data.examples import Examples
from hassenet.errors import ParameterError
from hassenet.likelihoods import BinaryCrossEntropy, CoxLoss, Loss
from hassenet.likelihoods.heads import of_a_head
from hassenet.task.heads import OutputHeads
from hassenet.task.splitting import Rows, of_classes, of_labels, set_aside

Array = NDArray[Any]


def split(data: Examples, fraction: float, seed: int, loss: Loss, outputs: int) -> tuple[Examples, Examples]:
    """Return the examples to train on and the fraction that is held out, of each class where the targets are classes.

    Raises
    ------
    ParameterError
        If one part would be empty.
    """
    m = len(data)
    n = round(fraction * m)
    if not 0 < n < m:
        raise ParameterError(
            f"a validation_fraction of {fraction} holds out {n} of {m} examples; both parts need one at least"
        )
    strata = _strata(data.Y, OutputHeads.of_loss(loss, outputs), of_a_head(loss))
    held = set_aside(strata, m, fraction, np.random.default_rng([seed, m]))
    return data.take(np.flatnonzero(~held)), data.take(np.flatnonzero(held))


def _strata(targets: Array | ClassNumbers, heads: OutputHeads, loss: Loss) -> list[Rows]:
    """Return the rows of each class or label, or with and without an event; all together where targets are amounts."""
    if isinstance(targets, ClassNumbers):
        return of_classes(targets.numbers)
    if isinstance(loss, CoxLoss):
        return of_classes(targets[:, 1])
    Y = heads.main(targets)
    if loss.takes_class_numbers and _are_labels(Y):
        return of_classes(Y.argmax(axis=1))
    if isinstance(loss, BinaryCrossEntropy) and _are_labels(Y):
        return of_labels(Y == 1)
    return [np.arange(len(Y))]


def _are_labels(Y: Array) -> bool:
    return bool(((Y == 0) | (Y == 1)).all())
