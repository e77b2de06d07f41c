"""What a checkpoint holds of a training, and how it is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final, get_args

import numpy as np
from numpy.typing import NDArray

from hassenet.checkpoints import Codec, Record
from hassenet.optimizers import State
from hassenet.training.history import Best, Epoch, Stopped

Array = NDArray[Any]


@final
@dataclass(frozen=True, eq=False)
class Books:
    """What a journal has written down.

    Attributes
    ----------
    epoch : int
        Epochs finished.
    history : tuple of Epoch
        Those of this training.
    monitored : tuple of float
    best : Best or None
    seconds : float
        Since the last epoch ended.
    """

    epoch: int
    history: tuple[Epoch, ...]
    monitored: tuple[float, ...]
    best: Best | None
    seconds: float


@final
@dataclass(frozen=True, eq=False)
class Kept:
    """A training at one moment.

    Attributes
    ----------
    theta : array
    moments : tuple of arrays
        The optimiser's state.
    part : tuple of float
        The costs of the steps taken of the epoch under way.
    costs : (steps,) array
        All costs.
    books : Books
    stopped : str, optional
        Why training has ended, if it has.
    """

    theta: Array
    moments: State
    part: tuple[float, ...]
    costs: NDArray[np.float64]
    books: Books
    stopped: Stopped | None = None


def codec_for(theta: Array, init: Callable[[Array], State], steps: int) -> Codec[Kept]:
    """Return the codec of trainings whose parameters are like these; what is not of such a one is not understood.

    Parameters
    ----------
    theta : array
    init : callable
        The optimiser's state at θ; those that are kept are like it.
    steps : int
        Of an epoch.

    Examples
    --------
    >>> books = Books(1, (Epoch(0, 2.0, np.nan, np.nan, 0.1, 1.0),), (2.0,), None, 0.5)
    >>> codec = codec_for(np.zeros(2), lambda theta: (), 1)
    >>> found = codec.decode(codec.encode(Kept(np.ones(2), (), (), np.array([2.0]), books)))
    >>> found.theta, found.books.history[0].cost, found.stopped
    (array([1., 1.]), 2.0, None)
    """
    return Codec(_encoded, lambda record: _checked(_decoded(record, theta, init(theta)), steps))


def _encoded(kept: Kept) -> Record:
    books = kept.books
    arrays = {f"moment {k}": moment for k, moment in enumerate(kept.moments)}
    arrays |= {"theta": kept.theta, "part": np.array(kept.part, np.float64), "costs": kept.costs}
    arrays |= {
        "history": np.array(books.history, np.float64).reshape(-1, len(Epoch._fields)),
        "monitored": np.array(books.monitored, np.float64),
    }
    if books.best is not None:
        arrays["best"] = books.best.theta
    best = books.best and [books.best.value, books.best.epoch]
    value = {"epoch": books.epoch, "seconds": books.seconds, "best": best, "stopped": kept.stopped}
    return Record(value, arrays)


def _decoded(record: Record, theta: Array, state: State) -> Kept:
    value, arrays = record.value, record.arrays
    moments = tuple(_like(known, arrays[f"moment {k}"]) for k, known in enumerate(state))
    best = value["best"] and _best(value["best"], _like(theta, arrays["best"]))
    history = tuple(_epoch(row) for row in _numbers(arrays["history"], 2).tolist())
    monitored, seconds = tuple(_numbers(arrays["monitored"]).tolist()), float(value["seconds"])
    books = Books(int(value["epoch"]), history, monitored, best, seconds)
    part, costs = tuple(_numbers(arrays["part"]).tolist()), _numbers(arrays["costs"])
    return Kept(_like(theta, arrays["theta"]), moments, part, costs, books, _reason(value["stopped"]))


def _checked(kept: Kept, steps: int) -> Kept:
    """Return a training that can go on: θ is finite, and the epoch under way is one, with steps that are left."""
    if not np.isfinite(kept.theta).all():
        raise ValueError("θ is not finite")
    if kept.books.epoch < 0 or len(kept.part) >= steps:
        raise ValueError(
            f"epoch {kept.books.epoch} cannot be under way after {len(kept.part)} of {steps} steps"
        )
    return kept


def _best(found: Sequence[Any], theta: Array) -> Best:
    value, epoch = found
    return Best(float(value), int(epoch), theta)


def _epoch(row: Sequence[float]) -> Epoch:
    return Epoch(int(row[0]), *row[1:])


def _numbers(found: Array, dimensions: int = 1) -> NDArray[np.float64]:
    if (found.dtype, found.ndim) != (np.dtype(float), dimensions):
        raise ValueError(
            f"numbers of {dimensions} dimensions are kept; these are {found.shape} of {found.dtype}"
        )
    return np.array(found)


def _like(known: Array, found: Array) -> Array:
    if (found.shape, found.dtype) != (known.shape, known.dtype):
        raise ValueError(
            f"{known.shape} numbers of {known.dtype} are kept; these are {found.shape} of {found.dtype}"
        )
    return np.array(found)


def _reason(found: Any) -> Stopped | None:
    if found is not None and (
        found == "interrupted" or found not in get_args(Stopped)
    ):  # which ends no training
        raise ValueError(f"{found!r} is not a reason to stop")
    reason: Stopped | None = found
    return reason
