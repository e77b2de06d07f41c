"""The power of the elements that a page shows."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import ParameterError, UnknownElementError, listing


def powers(power: Mapping[Hashable, float], names: Sequence[str]) -> NDArray[np.float64]:
    """Return the power of each element by its name, NaN where it has none.

    Raises
    ------
    UnknownElementError, ParameterError
        If what is not an element has a power, or one is infinite.

    Examples
    --------
    >>> powers({"lipids": 0.25}, ["gene", "lipids"])
    array([ nan, 0.25])
    """
    spelled = {str(element): value for element, value in power.items()}
    unknown = sorted(spelled.keys() - set(names))
    if unknown:
        raise UnknownElementError(
            f"power belongs to elements of the model; {listing(unknown, 3)} is not an element; leave it out, or give "
            "the power of a hierarchy with these elements"
        )
    found = np.array([spelled.get(name, np.nan) for name in names], np.float64)
    if np.isinf(found).any():
        raise ParameterError("power is finite, or NaN where an element has none; got infinity; leave it out")
    return found
