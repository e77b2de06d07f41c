"""Weights that keep the signs of their covers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hassenet.engines.plan import Plan
from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy


def check_signs(H: Hierarchy, plan: Plan, theta: NDArray[Any]) -> None:
    """Refuse a weight with another sign than its cover's, by the names of both elements; 0 is of either.

    Raises
    ------
    ParameterError
        With the first of them.

    Examples
    --------
    >>> from hassenet import Network
    >>> H = Hierarchy.from_covers([("a", "b")], signs=["inhibits"])
    >>> Network(H, theta=[0.5, 0.0])
    Traceback (most recent call last):
    hassenet.errors.ParameterError: a weight keeps the sign of its cover: 'a' inhibits 'b', and the weight is 0.5; give
        one ≤ 0, or free the cover by with_signs({('a', 'b'): 0})
    """
    if plan.signs is None or not (wrong := plan.signs * theta < 0).any():
        return
    place = int(np.argmax(wrong))
    i = next(i for i, w in enumerate(plan.weights) if w.start <= place < w.stop)
    upper, lower = (ends[place - plan.weights[i].start] for ends in plan.layers[i].pairs)
    low, up = H.ranks[i][lower], H.ranks[i + 1][upper]
    does, right = ("activates", "≥") if plan.signs[place] > 0 else ("inhibits", "≤")
    raise ParameterError(
        f"a weight keeps the sign of its cover: {low!r} {does} {up!r}, and the weight is {theta[place]:g}; give one "
        f"{right} 0, or free the cover by with_signs({{({low!r}, {up!r}): 0}})"
    )
