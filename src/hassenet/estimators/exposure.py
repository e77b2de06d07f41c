"""The offset of an estimator, or that of an exposure, which only counts have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.exposures import offset_of_exposure
from hassenet.data.offsets import offset_of
from hassenet.data.stream import is_stream
from hassenet.estimators.outputs import n_outputs
from hassenet.likelihoods import Joint, Loss


def known_offset(offset: Any, exposure: Any, exposed: NDArray[np.bool_]) -> Any:
    """Return the offset, or that of an exposure, which moves some of the outputs.

    Raises
    ------
    ParameterError, DataError
        If an exposure is that of outputs that do not grow with it, is not above 0, or there is an offset too.

    Examples
    --------
    >>> known_offset(None, [1.0, 2.0], np.array([True])).round(3)
    array([0.   , 0.693])
    """
    if exposure is None or offset is not None:
        return offset_of(offset, exposure)
    return offset_of_exposure(exposure, exposed)


def outputs_for(loss: Loss, X: Any, y: Any) -> int:
    """Return how many outputs a loss has for the targets y, or those of a stream.

    >>> outputs_for(Joint({"kind": "cross_entropy", "visits": "poisson"}, sizes=(3, 1)), None, [[0, 5.0]])
    4
    """
    if isinstance(loss, Joint):
        return loss.n_outputs
    shape = np.shape(X.Y if y is None and is_stream(X) else y)
    return n_outputs(loss, shape[1] if len(shape) > 1 else 1)
