"""The name of a relay: an element that only hands a value on."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True)
class Relay:
    """The relay of an element at a rank above its own.

    A relay has one cover below with weight 1, bias 0 and the identity as activation: x⁽ʳ⁾ of the relay is the value
    of its source. It has no parameters.

    Parameters
    ----------
    source : Hashable
        The element whose value is handed on.
    rank : int
        The rank at which this relay stands.

    Examples
    --------
    >>> print(Relay("BRCA2", 2))
    BRCA2 ↑2
    """

    source: Hashable
    rank: int

    def __str__(self) -> str:
        return f"{self.source} ↑{self.rank}"
