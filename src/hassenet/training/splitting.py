"""The examples to train on and those to validate with, split off at random."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.class_numbers import ClassNumbers
from hassenet.data.examples import Examples
from hassenet.errors import ParameterError
from hassenet.likelihoods import BinaryCrossEntropy, CoxLoss, Joint, Loss
from hassenet.likelihoods.heads import of_a_head
from hassenet.task.heads import OutputHeads
from hassenet.task.splitting import Rows, of_classes, of_labels, of_observed, set_aside

Array = NDArray[Any]


def split(data: Examples, fraction: float, seed: int, loss: Loss, outputs: int) -> tuple[Examples, Examples]:
    """Return the examples to train on and the fraction that is held out, of each class where the targets are classes.

    Raises
    ------
    ParameterError
        If one part would be empty, or survival times of it without an event.
    """
    m = len(data)
    n = round(fraction * m)
    if not 0 < n < m:
        raise ParameterError(
            f"a validation_fraction of {fraction} holds out {n} of {m} examples; both parts need one at least"
        )
    strata = _strata(data.Y, OutputHeads.of_loss(loss, outputs), of_a_head(loss))
    held = set_aside(strata, m, fraction, np.random.default_rng([seed, m]))
    if isinstance(loss, CoxLoss):
        _check_events(loss.events(np.asarray(data.Y)), held)
    return data.by_number(np.flatnonzero(~held)), data.take(np.flatnonzero(held))


def _check_events(event: Array, held: NDArray[np.bool_]) -> None:
    """Refuse a part without an event, whose cost is 0 whatever the network is."""
    if not (event & held).any() or not (event & ~held).any():
        raise ParameterError(
            f"both parts have an event, which survival is learned from and judged by; there is {event.sum()}; give "
            "validation_data, or no validation_fraction"
        )


def _strata(targets: Array | ClassNumbers, heads: OutputHeads, loss: Loss) -> list[Rows]:
    """Return the rows of each class or label; where targets are amounts or shares, those that have each target."""
    if isinstance(targets, ClassNumbers):
        return of_classes(targets.numbers)
    return strata_of(heads.main(targets), loss)


def strata_of(Y: Array, loss: Loss) -> list[Rows]:
    """Return the rows of each class, label or end of a survival time, and else those that have each target.

    >>> from hassenet.likelihoods import SquaredError
    >>> joint = Joint((CoxLoss(), SquaredError()))
    >>> [rows.tolist() for rows in strata_of(np.array([[-1.0, 2.0], [3.0, 4.0], [-5.0, 6.0]]), joint)]
    [[0, 2], [1], [0, 1, 2]]
    """
    if isinstance(loss, CoxLoss):
        return of_classes(loss.events(Y))
    if isinstance(loss, Joint):
        return [rows for block in loss.blocks for rows in strata_of(Y[:, block.place], block.loss)]
    if loss.takes_class_numbers and _are_labels(Y):
        return of_classes(np.where(np.isnan(Y[:, 0]), -1, Y.argmax(axis=1)))
    if isinstance(loss, BinaryCrossEntropy) and _are_labels(Y):
        return of_labels(Y == 1, ~np.isnan(Y))
    return of_observed(~np.isnan(Y))


def _are_labels(Y: Array) -> bool:
    return bool(((Y == 0) | (Y == 1) | np.isnan(Y)).all())
