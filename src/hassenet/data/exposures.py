"""Exposures: what targets are counted in, as a time or a library size, whose logarithms are offsets."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.data.offsets import offset_of
from hassenet.errors import ParameterError

Array = NDArray[Any]


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


def offset_of_exposure(exposure: Any, exposed: NDArray[np.bool_]) -> Array:
    """Return log e as an offset: as it is given where it moves all outputs, else a column an output, 0 for the others.

    Parameters
    ----------
    exposure : (m,) or (m, k) array
        e > 0: one of each example, or of each output, or of each output that it moves.
    exposed : (k,) array of bool
        Which outputs it moves, as ``Loss.exposed`` says.

    Raises
    ------
    ParameterError, NotFiniteError, DataError
        If it moves no output, is other than 1 in the column of one that it does not move, or is not above 0.

    Examples
    --------
    >>> offset_of_exposure([1.0, 2.0], np.array([False, True])).round(3)
    array([[0.   , 0.   ],
           [0.   , 0.693]])
    """
    added = np.asarray(offset_of(None, exposure))
    if added.ndim == 2 and 1 < added.shape[1] == exposed.sum() < len(exposed):
        return _at_exposed(added, exposed)
    by_output = added.ndim == 2 and added.shape[1] == len(exposed) > 1
    if not exposed.any() or (by_output and added[:, ~exposed].any()):
        raise ParameterError(
            "an exposure is of counts; here it would be that of another output; give offset=… for what is added to a "
            "signal, or a column an output, 1 for those that are not counts"
        )
    is_one = added.ndim == 1 or added.shape[1:] == (1,)
    return added.reshape(-1, 1) * exposed if is_one and not exposed.all() else added


def _at_exposed(added: Array, exposed: NDArray[np.bool_]) -> Array:
    found = np.zeros((len(added), len(exposed)))
    found[:, exposed] = added
    return found
