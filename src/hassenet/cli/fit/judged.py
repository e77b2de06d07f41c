"""What a model is judged on."""

from __future__ import annotations

from typing import Any, NamedTuple, final

from numpy.typing import NDArray

from hassenet.outcomes.target import OutcomeTarget
from hassenet.task.target import Target
from hassenet.training.history import Fit

Array = NDArray[Any]


@final
class Split(NamedTuple):
    """The rows to learn from and the rows held out."""

    train: Array
    test: Array


@final
class Judged(NamedTuple):
    """What a model is judged on: its name in the table, the raw features, the target, the rows, and how training went.

    Attributes
    ----------
    usual : array
        The rows that usual models learn from, which hold them all.
    fit : Fit, optional
        Of one network.
    """

    name: str
    X: Array
    target: Target | OutcomeTarget
    split: Split
    usual: Array
    fit: Fit | None = None
