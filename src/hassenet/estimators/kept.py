"""The folder in which a fit is kept while it runs, and the random numbers of one that goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from hassenet._checks import require_whole_number_between
from hassenet.checkpoints import CheckpointFolder, Codec, Identity, Interval, Record, opened
from hassenet.training.checkpoints import check_every

_OF_CONVERGENCE = ("tol", "n_iter_no_change")
_SEEDS = 2**31 - 1
_SEED: Codec[int] = Codec(
    Record, lambda record: require_whole_number_between("a seed", record.value, 0, _SEEDS - 1)
)


@contextmanager
def folder_of(estimator: Any) -> Iterator[CheckpointFolder | None]:
    """Open the folder of an estimator's fit, if it has one.

    Raises
    ------
    CheckpointError
        If it is that of another fit, in use, or holds anything else.
    ParameterError
        If the estimator has an interval, and no folder.
    """
    check_every(estimator.checkpoint, estimator.every)
    if estimator.checkpoint is None:
        yield None
    else:
        with opened(estimator.checkpoint, _identity(estimator)) as folder:
            yield replace(folder, interval=Interval.of(estimator.every))


def _identity(estimator: Any) -> Identity:
    """Return what a fit is, beside the training in it: by what it is seen to have converged, too."""
    own = {name: str(float(getattr(estimator, name))) for name in _OF_CONVERGENCE if hasattr(estimator, name)}
    return Identity({"estimator": type(estimator).__name__, **own})


def random_of(estimator: Any, folder: CheckpointFolder | None) -> np.random.RandomState:
    """Return the source of an estimator's random numbers; without a random_state the folder keeps a seed for it."""
    given = check_random_state(estimator.random_state)
    if folder is None or estimator.random_state is not None:
        return given
    return np.random.RandomState(folder.kept("seed", lambda: int(given.randint(_SEEDS)), _SEED))
