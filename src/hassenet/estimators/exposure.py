"""The offset of an estimator, or that of an exposure, which only counts have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.offsets import numbers_given, offset_of
from hassenet.errors import ParameterError
from hassenet.likelihoods import Joint, Loss

Truths = NDArray[np.bool_]


def of_counts(loss: Loss) -> Truths:
    """Return which outputs grow with an exposure, (k,) of a joint loss, and one for all of another.

    Of a block with several parameters it is all of them: which has the exposure is told a column an output.

    Examples
    --------
    >>> of_counts(Joint({"age": "squared_error", "visits": "poisson"}))
    array([False,  True])
    """
    if not isinstance(loss, Joint):
        return np.array([loss.canonical == "exp"])
    return np.repeat([one.canonical == "exp" or one.has_parameters for one in loss.losses], loss.sizes)


def known_offset(offset: Any, exposure: Any, counts: Truths) -> Any:
    """Return the offset, or the logarithm of an exposure, of outputs of which some are of counts.

    Raises
    ------
    ParameterError, DataError
        If an exposure is other than 1 where an output is not exp, is not above 0, or there is an offset too.
    """
    exposure = None if exposure is None else numbers_given("exposure", exposure)
    if exposure is not None and _moves(exposure, ~counts):
        raise ParameterError(
            "an exposure is of counts, whose output is exp; here it would be that of another output; give offset=… "
            "for what is added to a signal, or a column an output, 1 for those that are not counts"
        )
    return offset_of(offset, exposure)


def _moves(e: NDArray[Any], others: Truths) -> bool:
    """Return whether an exposure is that of other outputs too."""
    is_by_output = e.ndim == 2 and e.shape[1] == len(others) > 1
    return bool((others & (e != 1).any(axis=0)).any() if is_by_output else others.any())
