"""Seeds from a seed."""

from __future__ import annotations

import numpy as np

from hassenet._checks import require_seed


def seeds(purpose: str, seed: int, n: int) -> list[int]:
    """Return n seeds that have nothing to do with each other, nor with those for another purpose.

    The first of many are those of few.

    >>> seeds("weights", 0, 3)[:2] == seeds("weights", 0, 2)
    True
    """
    require_seed(seed)
    tag = int.from_bytes(purpose.encode(), "big")
    return [int(s) for s in np.random.SeedSequence([seed, tag]).generate_state(n)]
