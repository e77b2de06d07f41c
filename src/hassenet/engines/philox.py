"""Random numbers from a counter: the generator Philox4x32-10.

Source: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_ROUNDS = 10
_LOW = np.uint64(0xFFFFFFFF)
_MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_STEPS = 0x9E3779B9, 0xBB67AE85  # what the two halves of the key grow by from round to round


def philox(counter: tuple[Any, Any, Any, Any], key: int) -> tuple[Words, Words, Words, Words]:
    """Return four arrays of 32-bit words, a function of a counter of four 32-bit words and a 64-bit key.

    The parts of the counter are broadcast against each other.

    Examples
    --------
    >>> [f"{word:08x}" for word in philox((0, 0, 0, 0), key=0)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    a, b, c, d = np.broadcast_arrays(*(np.asarray(part, np.uint64) & _LOW for part in counter))
    keys = key & 0xFFFFFFFF, key >> 32
    for _ in range(_ROUNDS):
        p, q = a * _MULTIPLIERS[0], c * _MULTIPLIERS[1]
        a, b = (q >> np.uint64(32)) ^ b ^ np.uint64(keys[0]), q & _LOW
        c, d = (p >> np.uint64(32)) ^ d ^ np.uint64(keys[1]), p & _LOW
        keys = (keys[0] + _STEPS[0]) & 0xFFFFFFFF, (keys[1] + _STEPS[1]) & 0xFFFFFFFF
    return a, b, c, d
