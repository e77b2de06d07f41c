"""How many outputs an exposure may move: those of an estimator's loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from hassenet.data.stream import is_stream
from hassenet.estimators.outputs import n_outputs
from hassenet.likelihoods import Joint, Loss


def outputs_for(loss: Loss, X: Any, y: Any) -> int:
    """Return how many outputs a loss has for the targets y, or those of a stream.

    >>> outputs_for(Joint({"kind": "cross_entropy", "visits": "poisson"}, sizes=(3, 1)), None, [[0, 5.0]])
    4
    """
    if isinstance(loss, Joint):
        return loss.n_outputs
    shape = np.shape(X.Y if y is None and is_stream(X) else y)
    return n_outputs(loss, shape[1] if len(shape) > 1 else 1)
