"""Which outputs grow with an exposure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hassenet.likelihoods import Heads, Joint, Loss
from hassenet.likelihoods.heads import of_a_head
from hassenet.stability.response import COUNTS


def exposed(loss: Loss, k: int) -> NDArray[np.bool_]:
    """Return which of k outputs grow with an exposure: the means of counts, or their logarithms.

    >>> from hassenet.likelihoods import LearnedDispersionLoss
    >>> exposed(Joint({"age": "squared_error", "visits": LearnedDispersionLoss()}, sizes=(1, 2)), 3)
    array([False,  True, False])
    """
    if isinstance(loss, Heads):
        return np.tile(exposed(of_a_head(loss), k // loss.heads), loss.heads)
    if isinstance(loss, Joint):
        return np.concatenate([exposed(block.loss, block.size) for block in loss.blocks])
    return (np.arange(k) < k // loss.heads) & isinstance(loss, COUNTS)
