"""What the steps ask of their numbers."""

from __future__ import annotations

import numpy as np

from hassenet.errors import ParameterError


def whole(what: str, value: object, least: int) -> int:
    """Return a whole number that is not below the least one, or say that it is none."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ParameterError(f"{what} is a whole number ≥ {least}; got {value!r}")
    return int(value)
